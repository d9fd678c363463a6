package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver that answers without reading what it was sent: nothing more can be written to it, not even a good-bye. */
class UnreadRequestTest {
    private static final int SMALL = 4096;
    /** More than any step takes; what waits for the receiver waits for ever. */
    private static final int PATIENCE_SECONDS = 30;

    private static final EgressPolicy POLICY = EgressPolicy.development();

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });
    private final List<SmallSocket> sockets = new CopyOnWriteArrayList<>();
    private final List<OkHttpTransport> transports = new ArrayList<>();

    /** The sockets first: a transport may wait for them. */
    @AfterEach
    void end() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        transports.forEach(OkHttpTransport::close);
        threads.shutdownNow();
    }

    /** Reads the heads of requests only, and answers each at once. */
    private final class Receiver implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket();
        private final List<Socket> accepted = new CopyOnWriteArrayList<>();
        private final SSLSocketFactory tls;
        private final byte[] answer;

        Receiver(SSLSocketFactory tls, String answer) throws IOException {
            this.tls = tls;
            this.answer = answer.getBytes(US_ASCII);
            listener.setReceiveBufferSize(SMALL);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            threads.execute(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    accepted.add(socket);
                    threads.execute(() -> answer(socket));
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        private void answer(Socket socket) {
            try {
                SSLSocket secure = (SSLSocket) tls.createSocket(socket, null, false);
                secure.setUseClientMode(false);
                InputStream in = secure.getInputStream();
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) in.read());
                }
                secure.getOutputStream().write(answer);
            } catch (IOException e) {
                // The other side has closed.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }

    /** Ours, with a small buffer. */
    private static final class SmallSocket extends GuardedSocket {
        private final CountDownLatch closed = new CountDownLatch(1);

        SmallSocket() {
            super(POLICY);
        }

        @Override
        void dial(InetSocketAddress target, int timeout) throws IOException {
            setSendBufferSize(4 * SMALL);
            super.dial(target, timeout);
        }

        @Override
        public synchronized void close() throws IOException {
            super.close();
            closed.countDown();
        }
    }

    private final class SmallSockets extends UnconnectedSockets {
        @Override
        public Socket createSocket() {
            SmallSocket socket = new SmallSocket();
            sockets.add(socket);
            return socket;
        }
    }

    private final HeldCertificate certificate =
            new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();

    private Receiver receiver(String headers) throws IOException {
        HandshakeCertificates keys =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        return new Receiver(keys.sslSocketFactory(), "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: 0\r\n\r\n");
    }

    /** Its buffers are full by the time that an answer has come. */
    private OkHttpTransport transport() {
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpTransport transport = ((TransportSettings)
                        OkHttpTransport.builder().tls(trust.sslSocketFactory(), trust.trustManager()))
                .more(builder -> builder.socketFactory(new SmallSockets()))
                .eventListeners(call -> new EventListener() {
                    @Override
                    public void responseHeadersEnd(Call each, Response response) {
                        fill(sockets.get(sockets.size() - 1));
                    }
                })
                .build();
        transport.open(POLICY);
        transports.add(transport);
        return transport;
    }

    /** Writes until nothing has gone out for a while. */
    private void fill(GuardedSocket socket) {
        Semaphore written = new Semaphore(0);
        threads.execute(() -> {
            CallLimits.begin(System.nanoTime() + SECONDS.toNanos(10 * PATIENCE_SECONDS), ReadBudget.ofTheHeap());
            try {
                while (true) {
                    socket.getOutputStream().write(new byte[SMALL]);
                    written.release();
                }
            } catch (IOException e) {
                // Closed.
            } finally {
                CallLimits.end();
            }
        });
        try {
            while (written.tryAcquire(500, MILLISECONDS)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletableFuture<Answer> send(OkHttpTransport transport, Receiver receiver, int bytes) {
        String url = "https://localhost:" + receiver.port() + "/";
        return CompletableFuture.supplyAsync(
                () -> transport.send(Requests.postWith(url, Map.of(), new byte[bytes])), threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4000, 8000})
    void callEndsThoughItsConnectionIsToBeClosed(int bytes) throws Exception {
        try (Receiver receiver = receiver("Connection: close\r\n")) {
            assertThat(send(transport(), receiver, bytes)
                            .get(PATIENCE_SECONDS, SECONDS)
                            .status())
                    .hasValue(200);
            assertThat(sockets).hasSize(1).allMatch(Socket::isClosed);
        }
    }

    @Test
    void transportClosesThoughItHasKeptTheConnection() throws Exception {
        try (Receiver receiver = receiver("")) {
            OkHttpTransport transport = transport();
            assertThat(send(transport, receiver, 10)
                            .get(PATIENCE_SECONDS, SECONDS)
                            .status())
                    .hasValue(200);
            assertThat(sockets).hasSize(1).noneMatch(Socket::isClosed);

            CompletableFuture.runAsync(transport::close, threads).get(PATIENCE_SECONDS, SECONDS);
            assertThat(sockets).allMatch(Socket::isClosed);
        }
    }

    @Test
    void keptConnectionsAreClosedOnceTheyAreOld() throws Exception {
        try (Receiver one = receiver("");
                Receiver two = receiver("")) {
            OkHttpTransport transport = transport();
            send(transport, one, 10).get(PATIENCE_SECONDS, SECONDS);
            send(transport, two, 10).get(PATIENCE_SECONDS, SECONDS);

            assertThat(sockets).hasSize(2);
            for (SmallSocket socket : sockets) {
                assertThat(socket.closed.await(PATIENCE_SECONDS, SECONDS)).isTrue();
            }
        }
    }

    /** Also where OkHttp would not end it. */
    @Test
    void writingEndsWithTheTimeOfTheCall() throws Exception {
        Duration time = Duration.ofMillis(300);
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GuardedSocket socket = new GuardedSocket(POLICY)) {
            socket.connect(listener.getLocalSocketAddress(), 0);
            long start = System.nanoTime();
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> writeWithin(time, socket), threads);

            assertThatThrownBy(() -> written.get(PATIENCE_SECONDS, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(IOException.class);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(time.toNanos());
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private static void writeWithin(Duration time, GuardedSocket socket) {
        CallLimits.begin(System.nanoTime() + time.toNanos(), ReadBudget.ofTheHeap());
        try {
            socket.getOutputStream().write(new byte[16 * 1024 * 1024]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            CallLimits.end();
        }
    }
}
