package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a receiver sends beyond its answer is no answer to the next request, which may be another customer's. */
class KeptConnectionTest {
    private static final String FORGED = "HTTP/1.1 410 Gone\\r\\nContent-Length: 0\\r\\n\\r\\n";
    private static final String NEXT = "S HTTP/1.1 202 A\\r\\nContent-Length: 2\\r\\n\\r\\nme";

    private final ConnectionPool pool = new ConnectionPool(5, 1, java.util.concurrent.TimeUnit.HOURS);
    private final HeldCertificate certificate =
            new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();

    /** That of the connection that a call has got last. */
    private volatile Socket socket = new Socket();

    private volatile Waiting onAcquired = connection -> {};
    private volatile Runnable onReleased = () -> {};
    private final OkHttpTransport transport = transport();

    private interface Waiting {
        void until(Connection connection) throws IOException;
    }

    private OkHttpTransport transport() {
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpTransport made = ((TransportSettings)
                        OkHttpTransport.builder().tls(trust.sslSocketFactory(), trust.trustManager()))
                .more(builder -> builder.connectionPool(pool))
                .eventListeners(call -> new EventListener() {
                    @Override
                    public void connectionAcquired(Call each, Connection connection) {
                        socket = connection.socket();
                        try {
                            onAcquired.until(connection);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }

                    @Override
                    public void connectionReleased(Call each, Connection connection) {
                        onReleased.run();
                    }
                })
                .build();
        made.open(EgressPolicy.development());
        return made;
    }

    private ServerSocketFactory listeners(boolean secure) {
        return secure
                ? new HandshakeCertificates.Builder()
                        .heldCertificate(certificate)
                        .build()
                        .sslContext()
                        .getServerSocketFactory()
                : ServerSocketFactory.getDefault();
    }

    private static String url(boolean secure, int port) {
        return (secure ? "https" : "http") + "://localhost:" + port + "/";
    }

    @AfterEach
    void close() {
        transport.close();
    }

    /** Waits until what follows the last answer has arrived, all the way to this process. */
    private void awaitSurplus() {
        while (!((AnsweringSocket) socket).answers().hasCome()) {
            LockSupport.parkNanos(20_000);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A complete answer, of which each way to frame a body has one.
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok" + FORGED,
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n" + FORGED,
                "500 S HTTP/1.1 500 X\\nContent-Length: 2\\n\\nok" + FORGED,
                "204 S HTTP/1.1 204 N\\r\\n\\r\\n" + FORGED,
                "304 S HTTP/1.1 304 X\\r\\n\\r\\n" + FORGED,
                "200 S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n"
                        + FORGED,
                "200 S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\no\\n\\r\\n0;x=y\\r\\nX-T: 1\\r\\n\\r\\n"
                        + FORGED,
                "200 S HTTP/1.1 200 OK\\nTransfer-Encoding: chunked\\n\\n2\\nok\\n000\\n\\n" + FORGED,
                "200 S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2;x=\\u00fc\\r\\n\\n\\n\\r\\n0\\r\\n\\r\\n"
                        + FORGED,
                "200 S HTTP/1.1 100 C\\r\\n\\r\\nHTTP/1.1 103 E\\r\\nX: y\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok"
                        + FORGED,
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n"
                        + FORGED,
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\nContent-Length: 2\\r\\n\\r\\nok" + FORGED,
                "200 S HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok" + FORGED,
                // No answer.
                "200 S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\njunk",
                "200 S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n\\r\\n",
                "200 S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n0\\r\\n\\r\\n",
                "200 S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n\\u0000",
                "204 S HTTP/1.1 204 N\\r\\n\\r\\nhello",
                "204 S HTTP/1.1 204 N\\r\\nContent-Length: 0\\r\\n\\r\\n{}",
                "205 S HTTP/1.1 205 R\\r\\nContent-Length: 0\\r\\n\\r\\nhello",
                "304 S HTTP/1.1 304 X\\r\\n\\r\\n<html>",
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok\\n",
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok\\r\\n\\r\\n",
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nokay",
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nokHTTP/1.1 4",
                "200 S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok | L 5000 " + FORGED,
            })
    void nextRequestGoesOutOnceAndHasAnAnswerOfItsOwn(String line) throws IOException {
        int status = Integer.parseInt(line.substring(0, 3));
        for (boolean secure : new boolean[] {false, true}) {
            try (ScriptedServer server =
                    ScriptedServer.answeringEach(List.of(line.substring(4), NEXT), listeners(secure))) {
                String url = url(secure, server.port());
                assertThat(transport.send(Requests.post(url)).status()).hasValue(status);
                awaitSurplus();
                Answer next = transport.send(Requests.post(url));

                assertThat(next.status()).as("%s", next).hasValue(202);
                assertThat(next.body()).asString().isEqualTo("me");
                assertThat(server.requests()).hasSize(2);
                assertThat(server.connections()).isEqualTo(2);
            }
        }
    }

    /** As a rule the kernel has it long before. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatComesJustBeforeTheRequestIsNoAnswerToIt(boolean secure) throws IOException {
        Talker talker = new Talker();
        talker.next = new Script(200, List.of(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), false);
        try (talker;
                ServerSocket listener = talker.listen(listeners(secure))) {
            String url = url(secure, listener.getLocalPort());
            assertThat(transport.send(Requests.post(url)).status()).hasValue(200);
            onAcquired = connection -> {
                onAcquired = next -> {};
                talker.next = new Script(202, List.of(bytes("HTTP/1.1 202 A\r\nContent-Length: 0\r\n\r\n")), false);
                talker.say("HTTP/1.1 299 Forged\r\nContent-Length: 0\r\n\r\n");
                awaitBytes(connection);
            };
            Answer answer = transport.send(Requests.post(url));

            assertThat(answer.status()).hasValue(202);
            assertThat(talker.requests).hasValue(2);
            assertThat(talker.connections).hasValue(2);
        }
    }

    /** Those of TLS are not seen by looking at the plaintext. */
    private static void awaitBytes(Connection connection) throws IOException {
        AnswerInput answers = ((AnsweringSocket) connection.socket()).answers();
        do {
            answers.taken();
            try {
                answers.writing();
            } catch (IOException e) {
                answers.taken();
                return;
            }
        } while (true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answerCountsAlthoughAnotherCallFindsItsConnectionSpoiledMeanwhile(boolean secure) throws IOException {
        String first = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n" + FORGED;
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(first, NEXT), listeners(secure))) {
            String url = url(secure, server.port());
            CompletableFuture<Answer> other = new CompletableFuture<>();
            onReleased = () -> {
                onReleased = () -> {};
                awaitSurplus();
                CompletableFuture.runAsync(() -> other.complete(transport.send(Requests.post(url))))
                        .join();
            };

            Answer answer = transport.send(Requests.post(url));

            assertThat(answer.status()).hasValue(200);
            assertThat(other.join().status()).hasValue(202);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void receiverThatSpeaksFirstHasNotAnswered() throws Exception {
        onAcquired = KeptConnectionTest::awaitBytes;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread speaker = new Thread(() -> {
                try (Socket accepted = listener.accept()) {
                    accepted.getOutputStream().write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
                    assertThat(accepted.getInputStream().read()).isEqualTo(-1);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            speaker.start();

            assertThat(transport
                            .send(Requests.post(url(false, listener.getLocalPort())))
                            .failure())
                    .hasValue(Failure.PROTOCOL);
            speaker.join();
        }
    }

    /** The server waits for the end of the connection before it takes another one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "101 | HTTP/1.1 101 X\\r\\nUpgrade: h2c\\r\\nConnection: Upgrade\\r\\n\\r\\n",
                "101 | HTTP/1.1 101 X\\r\\n\\r\\n",
                "101 | HTTP/1.1 101 X\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "101 | HTTP/1.1 101 X\\r\\nContent-Length: 5\\r\\n\\r\\nhello",
                "101 | HTTP/1.1 101 X\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
                "101 | HTTP/1.1 100 C\\r\\n\\r\\nHTTP/1.1 101 X\\r\\nUpgrade: websocket\\r\\n\\r\\n",
                "200 | HTTP/1.1 200 OK\\r\\nContent-Length: -2\\r\\n\\r\\n",
                "200 | HTTP/1.1 200 OK\\r\\nContent-Length: -2\\r\\n\\r\\nok",
                "200 | HTTP/1.1 200 OK\\r\\nContent-Length: -9223372036854775808\\r\\n\\r\\n",
                "200 | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: -3\\r\\n\\r\\nok",
                "204 | HTTP/1.1 204 N\\r\\nContent-Length: -2\\r\\n\\r\\n",
                "410 | HTTP/1.1 410 G\\r\\nContent-Length: -2147483649\\r\\n\\r\\n",
            })
    void connectionOfWhichNoAnswerCanFollowIsClosedAndNotLeaked(int status, String script) throws IOException {
        for (boolean secure : new boolean[] {false, true}) {
            try (ScriptedServer server =
                    ScriptedServer.answeringEach(List.of("S " + script, NEXT), listeners(secure))) {
                String url = url(secure, server.port());
                assertThat(transport.send(Requests.post(url)).status()).hasValue(status);
                assertThat(socket.isClosed()).isTrue();
                assertThat(pool.connectionCount() - pool.idleConnectionCount()).isZero();
                assertThat(transport.send(Requests.post(url)).status()).hasValue(202);
                assertThat(server.requests()).hasSize(2);
                assertThat(server.connections()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 \u0662\u0660\u0660 OK",
                "HTTP/1.1 2\u0660\u0660 OK",
                "HTTP/1.1 \uff12\uff10\uff10 OK",
                "HTTP/1.0 \u0968\u0966\u0966",
                "ICY \u0662\u0660\u0660 OK",
                "SOURCETABLE \u0662\u0660\u0660 OK",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 \u0662\u0660\u0660 OK",
                "HTTP/1.1 103 E\r\nX: y\r\n\r\nHTTP/1.1 2\u0660\u0660 OK",
                "HTTP/1.1 +20 OK",
                "HTTP/1.1 -20 OK",
            })
    void statusIsWrittenInAscii(String statusLine) throws IOException {
        try (ScriptedServer server =
                ScriptedServer.answering(utf8(statusLine) + "\\r\\nContent-Length: 0\\r\\n\\r\\n")) {
            assertThat(transport.send(Requests.post(server.url())).failure()).hasValue(Failure.PROTOCOL);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 \u00dc",
                "HTTP/1.1 200 OK\r\nX-Name: \u0662\u0660",
                "HTTP/1.1 103 \u0662\r\n\r\nHTTP/1.1 200 \u0662"
            })
    void reasonsAndHeadersNeedNotBe(String head) throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(utf8(head) + "\\r\\nContent-Length: 0\\r\\n\\r\\n")) {
            assertThat(transport.send(Requests.post(server.url())).status()).hasValue(200);
        }
    }

    /** A step of a script, with one character for each byte. */
    private static String utf8(String text) {
        return "S " + new String(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    /** One answer: what is sent, in these pieces, and whether there is more than the answer. */
    private record Script(int status, List<byte[]> pieces, boolean surplus) {}

    /** Answers each request with the script that is set, and says what else it is told to. */
    private static final class Talker implements AutoCloseable {
        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicInteger connections = new AtomicInteger();
        private final List<String> urls = new CopyOnWriteArrayList<>();
        private final List<Socket> accepted = new CopyOnWriteArrayList<>();
        private volatile Script next = new Script(0, List.of(), false);
        private volatile Socket last = new Socket();

        ServerSocket listen(ServerSocketFactory listeners) throws IOException {
            ServerSocket listener = listeners.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(() -> accept(listener));
            thread.setDaemon(true);
            thread.start();
            return listener;
        }

        private void accept(ServerSocket listener) {
            try {
                while (true) {
                    Socket client = listener.accept();
                    client.setTcpNoDelay(true);
                    connections.incrementAndGet();
                    accepted.add(client);
                    Thread thread = new Thread(() -> serve(client));
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        private void serve(Socket client) {
            try (client) {
                InputStream in = client.getInputStream();
                while (true) {
                    ByteArrayOutputStream request = new ByteArrayOutputStream();
                    while (!request.toString(ISO_8859_1).endsWith("\r\n\r\n{\"a\":1}")) {
                        int one = in.read();
                        if (one < 0) {
                            return;
                        }
                        request.write(one);
                    }
                    urls.add(request.toString(ISO_8859_1).split(" ", 3)[1]);
                    requests.incrementAndGet();
                    last = client;
                    for (byte[] piece : next.pieces) {
                        client.getOutputStream().write(piece);
                    }
                }
            } catch (IOException e) {
                // The other side has closed.
            }
        }

        void say(String text) throws IOException {
            OutputStream out = last.getOutputStream();
            out.write(bytes(text));
        }

        @Override
        public void close() throws IOException {
            for (Socket each : accepted) {
                each.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2"})
    void twoTenantsOfOneReceiverGetTheirOwnAnswersWhateverItSends(boolean secure, int seed) throws IOException {
        Random random = new Random(seed);
        Talker talker = new Talker();
        try (talker;
                ServerSocket listener = talker.listen(listeners(secure))) {
            int connections = 1;
            List<String> urls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Script script = script(random);
                talker.next = script;
                String path = (i % 2 == 0 ? "one/" : "two/") + i;
                urls.add("/" + path);
                Answer answer = transport.send(Requests.post(url(secure, listener.getLocalPort()) + path));

                assertThat(answer.status())
                        .as("answer %s of seed %s is %s", i, seed, answer)
                        .hasValue(script.status);
                if (script.surplus) {
                    awaitSurplus();
                    connections++;
                }
            }
            assertThat(talker.urls).as("each was sent once").isEqualTo(urls);
            assertThat(talker.connections.get()).as("others are kept").isBetween(connections - 1, connections);
        }
    }

    private static Script script(Random random) {
        int status = pick(random, 200, 201, 400, 404, 410, 429, 500, 503);
        String end = random.nextInt(4) == 0 ? "\n" : "\r\n";
        StringBuilder answer = new StringBuilder();
        for (int i = random.nextInt(8); i > 5; i--) {
            answer.append("HTTP/1.1 103 E" + end + "Link: x" + end + end);
        }
        String surplus = random.nextBoolean() ? surplus(random) : "";
        if (random.nextInt(8) == 0) {
            status = 204;
            answer.append("HTTP/1.1 204 N" + end + end);
        } else {
            answer.append("HTTP/1.1 " + status + " X" + end);
            answer.append(random.nextBoolean() ? "X-Y: z" + end : "");
            answer.append(random.nextBoolean() ? withLength(random, end) : inChunks(random, end));
        }
        return new Script(status, pieces(random, bytes(answer + surplus)), !surplus.isEmpty());
    }

    private static int pick(Random random, int... from) {
        return from[random.nextInt(from.length)];
    }

    private static String body(Random random) {
        int length =
                random.nextInt(20) == 0 ? 16_384 : pick(random, 0, 1, 2, 40, 1023, 1024, 1025, 3000, 8191, 8192, 8193);
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = (byte) "\r\n0HTTP/1.1 299 aaaa".charAt(random.nextInt(20));
        }
        return new String(body, US_ASCII);
    }

    private static String withLength(Random random, String end) {
        String body = body(random);
        return "Content-Length: " + body.length() + end + end + body;
    }

    private static String inChunks(Random random, String end) {
        String body = body(random);
        StringBuilder chunks = new StringBuilder("Transfer-Encoding: chunked" + end + end);
        while (!body.isEmpty()) {
            int size = Math.min(body.length(), 1 + random.nextInt(2000));
            chunks.append(Integer.toHexString(size)).append(random.nextBoolean() ? ";x=y" : "");
            chunks.append(end).append(body, 0, size).append(end);
            body = body.substring(size);
        }
        return chunks + "00".substring(random.nextInt(2)) + end + (random.nextBoolean() ? "X-T: 1" + end : "") + end;
    }

    private static String surplus(Random random) {
        String forged = "HTTP/1.1 299 Forged\r\nContent-Length: 0\r\n\r\n";
        return switch (random.nextInt(8)) {
            case 0 -> "\n";
            case 1 -> "\r\n";
            case 2 -> "0\r\n\r\n";
            case 3 -> "H";
            case 4 -> "\r\n" + forged;
            case 5 -> forged.substring(0, 1 + random.nextInt(forged.length()));
            case 6 -> forged.repeat(1 + random.nextInt(60));
            default -> forged;
        };
    }

    /** As a whole, cut at some places, or each byte alone. */
    private static List<byte[]> pieces(Random random, byte[] all) {
        int longest =
                all.length < 300 && random.nextInt(4) == 0 ? 1 : random.nextBoolean() ? all.length : all.length / 3;
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < all.length; ) {
            int to = Math.min(all.length, from + 1 + random.nextInt(Math.max(longest, 1)));
            pieces.add(Arrays.copyOfRange(all, from, to));
            from = to;
        }
        return Objects.requireNonNull(pieces);
    }
}
