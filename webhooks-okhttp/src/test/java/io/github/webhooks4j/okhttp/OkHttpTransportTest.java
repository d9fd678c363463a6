package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.Logged;
import io.github.webhooks4j.Pauses;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Dns;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OkHttpTransportTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok";

    private static final Duration GRACE = Duration.ofMillis(500);
    /** More time than any test takes: what ends sooner was ended by something else. */
    private static final Duration AMPLE = Duration.ofSeconds(40);

    private final OkHttpTransport transport = Requests.keepingConnections();

    @AfterEach
    void close() {
        transport.close();
    }

    @Test
    void requestIsSentAsGivenAndTheAnswerReturned() throws IOException {
        byte[] body = new byte[256];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        Map<String, String> headers = Map.of("Content-Type", "application/json", "X-Own", "a  b", "User-Agent", "us/1");
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            Answer answer = transport.send(Requests.postWith(server.url() + "?a=b%20c", headers, body));

            assertThat(answer.status()).hasValue(200);
            assertThat(answer.body()).isEqualTo("ok".getBytes(UTF_8));
            String[] request = server.requests().get(0).split("\r\n\r\n", 2);
            assertThat(request[1].getBytes(ISO_8859_1)).isEqualTo(body);
            List<String> head = Arrays.asList(request[0].split("\r\n"));
            assertThat(head).first().isEqualTo("POST /hook?a=b%20c HTTP/1.1");
            assertThat(head.subList(1, head.size()))
                    .containsExactlyInAnyOrder(
                            "Content-Type: application/json",
                            "X-Own: a  b",
                            "User-Agent: us/1",
                            "Accept-Encoding: identity",
                            "Content-Length: 256",
                            "Host: 127.0.0.1:" + server.port(),
                            "Connection: Keep-Alive");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/../b/%2e/c?q='x'", "/it's//a;b=(c)?+%20~&&=", "?a", "", "/%2f%41~%7e", "/a?[b]'"})
    void canonicalUrlIsOnTheWireAsItIs(String rest) throws IOException {
        EgressPolicy policy = EgressPolicy.development();
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            String origin = "http://127.0.0.1:" + server.port();
            String canonical = policy.canonical(origin + rest);
            transport.send(Requests.post(canonical));

            assertThat(server.requests().get(0))
                    .startsWith("POST " + canonical.substring(origin.length()) + " HTTP/1.1\r\n");
        }
    }

    @Test
    void noUserAgentIsInvented() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            transport.send(Requests.post(server.url()));

            assertThat(server.requests().get(0)).doesNotContainIgnoringCase("user-agent");
        }
    }

    @Test
    void connectionIsKeptForTheNextRequest() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            for (int i = 0; i < 5; i++) {
                assertThat(transport.send(Requests.post(server.url())).status()).hasValue(200);
            }

            assertThat(server.requests()).hasSize(5);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void byteLimitIsThatOfOneAnswerAndNotOfTheConnection() throws IOException {
        String script = "S HTTP/1.1 200 OK\\r\\nX: | L 60000 a | S \\r\\nContent-Length: 0\\r\\n\\r\\n";
        try (ScriptedServer server = ScriptedServer.answering(script)) {
            for (int i = 0; i < 12; i++) {
                assertThat(transport.send(Requests.post(server.url())).status()).hasValue(200);
            }

            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void headersOfMoreThan64KiBAreNoAnswer() throws IOException {
        String script = "S HTTP/1.1 200 OK\\r\\n | L 33000 x\\n | S \\r\\n";
        try (ScriptedServer server = ScriptedServer.answering(script)) {
            assertThat(transport.send(Requests.post(server.url())).failure()).hasValue(Failure.PROTOCOL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "99999999999999999999", "-1", "Fri, 31 Dec 9999 23:59:59 GMT", "soon"})
    void retryAfterIsReturnedRaw(String value) throws IOException {
        String script = "S HTTP/1.1 503 X\\r\\nRetry-After: " + value + "\\r\\nContent-Length: 0\\r\\n\\r\\n";
        try (ScriptedServer server = ScriptedServer.answering(script)) {
            Answer answer = transport.send(Requests.post(server.url()));

            assertThat(answer.status()).hasValue(503);
            assertThat(answer.retryAfter()).hasValue(value);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectIsNotFollowed(int status) throws IOException {
        try (ScriptedServer target = ScriptedServer.answering(OK);
                ScriptedServer server = ScriptedServer.answering("S HTTP/1.1 " + status + " X\\r\\nLocation: "
                        + target.url() + "\\r\\nContent-Length: 0\\r\\n\\r\\n")) {
            assertThat(transport.send(Requests.post(server.url())).status()).hasValue(status);
            assertThat(target.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 300_000})
    void bodyIsCutAt16KiB(int length) throws IOException {
        String script = "S HTTP/1.1 200 OK\\r\\nContent-Length: " + length + "\\r\\n\\r\\n | L " + length + " x";
        try (ScriptedServer server = ScriptedServer.answering(script)) {
            Answer answer = transport.send(Requests.post(server.url()));

            assertThat(answer.status()).hasValue(200);
            assertThat(answer.body()).hasSize(Math.min(length, 16 * 1024));
        }
    }

    @Test
    void bodyThatBreaksOffIsKeptAsFarAsItCame() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.answering("S HTTP/1.1 500 X\\r\\nContent-Length: 100\\r\\n\\r\\nhalf | C")) {
            Answer answer = transport.send(Requests.post(server.url()));

            assertThat(answer.status()).hasValue(500);
            assertThat(answer.body()).isEqualTo("half".getBytes(UTF_8));
        }
    }

    @Test
    void endlessChunkExtensionIsCutOff() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(
                "S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1; | L 0 " + "x".repeat(1000))) {
            long start = System.nanoTime();

            assertThat(transport.send(Requests.post(server.url(), AMPLE)).status())
                    .hasValue(200);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AMPLE.dividedBy(2));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "S <html>hello</html>\\r\\n\\r\\n | C",
                "R",
                "C",
                "S HTTP/1.1 200 OK\\r\\nX: y | C",
                "S HTTP/1.1 600 X\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "L 0 HTTP/1.1 100 Continue\\r\\n\\r\\n",
                "L 0 HTTP/1.1 103 X\\r\\n\\r\\n",
                "L 0 x",
            })
    void whatIsNotHttpIsAProtocolFailure(String script) throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(script)) {
            assertThat(transport.send(Requests.post(server.url())).failure()).hasValue(Failure.PROTOCOL);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void silenceIsATimeout() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering("N")) {
            Duration timeout = Duration.ofMillis(300);
            try (Pauses pauses = new Pauses()) {
                long start = System.nanoTime();
                Answer answer = transport.send(Requests.post(server.url(), timeout));

                assertThat(answer.failure()).hasValue(Failure.TIMEOUT);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(timeout, timeout.plus(GRACE).plus(pauses.longest()));
            }
        }
    }

    @Test
    void closedPortIsAConnectFailure() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(transport
                        .send(Requests.post("http://127.0.0.1:" + port + "/"))
                        .failure())
                .hasValue(Failure.CONNECT);
    }

    @Test
    void untrustedCertificateIsATlsFailure() throws IOException {
        try (MockWebServer server = tlsServer(certificate("localhost"))) {
            assertThat(transport.send(Requests.post(server.url("/").toString())).failure())
                    .hasValue(Failure.TLS);
            assertThat(server.getRequestCount()).isZero();
        }
    }

    @Test
    void trustedCertificateForTheNameIsAccepted() throws IOException {
        HeldCertificate certificate = certificate("localhost");
        try (MockWebServer server = tlsServer(certificate);
                OkHttpTransport trusting = trusting(certificate)) {
            server.enqueue(new MockResponse.Builder().code(200).body("ok").build());
            server.enqueue(new MockResponse.Builder().code(201).build());

            assertThat(trusting.send(Requests.post(server.url("/").toString())).status())
                    .hasValue(200);
            assertThat(trusting.send(Requests.post(server.url("/").toString())).status())
                    .hasValue(201);
            assertThat(server.getRequestCount()).isEqualTo(2);
        }
    }

    @Test
    void endlessChunkExtensionIsCutOffInsideTlsToo() throws IOException {
        HeldCertificate certificate = certificate("localhost");
        String script = "S HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1; | L 0 " + "x".repeat(1000);
        try (ScriptedServer server = ScriptedServer.answering(
                        script, serving(certificate).sslContext().getServerSocketFactory());
                OkHttpTransport trusting = trusting(certificate)) {
            long start = System.nanoTime();
            Answer answer = trusting.send(Requests.post("https://localhost:" + server.port() + "/", AMPLE));

            assertThat(answer.status()).hasValue(200);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AMPLE.dividedBy(2));
        }
    }

    @Test
    void certificateForAnotherNameIsATlsFailure() throws IOException {
        HeldCertificate certificate = certificate("other.example");
        try (MockWebServer server = tlsServer(certificate);
                OkHttpTransport trusting = trusting(certificate)) {
            assertThat(trusting.send(Requests.post(server.url("/").toString())).failure())
                    .hasValue(Failure.TLS);
        }
    }

    @Test
    void headerThatCannotBeSentMakesTheRequestInvalid() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            Request request = Requests.postWith(server.url(), Map.of("X-A", "a\r\nX-B: b"), new byte[0]);

            assertThat(transport.send(request).failure()).hasValue(Failure.INVALID);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void textThatIsNoUrlMakesTheRequestInvalid() {
        assertThat(transport.send(Requests.post("not a url")).failure()).hasValue(Failure.INVALID);
    }

    @Test
    void unknownNameIsADnsFailure() {
        try (OkHttpTransport resolving = resolving(host -> {
            throw new UnknownHostException(host);
        })) {
            assertThat(resolving
                            .send(Requests.post("https://hooks.customer.example/"))
                            .failure())
                    .hasValue(Failure.DNS);
        }
    }

    /** Otherwise an answer that brings it about would be asked for again and again. */
    @Test
    void errorIsOursOnlyIfItIsLackOfMemoryBeforeAByteWasRead() throws IOException {
        HeldCertificate certificate = certificate("localhost");
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        AtomicReference<Error> before = new AtomicReference<>();
        try (MockWebServer server = tlsServer(certificate);
                Logged logged = new Logged();
                OkHttpTransport failing = ((TransportSettings)
                                OkHttpTransport.builder().tls(trust.sslSocketFactory(), trust.trustManager()))
                        .more(builder -> builder.hostnameVerifier((host, session) -> {
                                    throw new OutOfMemoryError("hush");
                                })
                                .addInterceptor(chain -> {
                                    if (before.get() != null) {
                                        throw before.get();
                                    }
                                    return chain.proceed(chain.request());
                                }))
                        .build()) {
            failing.open(EgressPolicy.development());
            Request request = Requests.post(server.url("/").toString());

            assertThat(failing.send(request).failure()).hasValue(Failure.PROTOCOL);
            before.set(new OutOfMemoryError("hush"));
            assertThat(failing.send(request).failure()).hasValue(Failure.OURS);
            before.set(new StackOverflowError("hush"));
            assertThat(failing.send(request).failure()).hasValue(Failure.PROTOCOL);
            before.set(new NoSuchMethodError("'okio.Socket okio.Okio.socket(java.net.Socket)'"));
            assertThat(failing.send(request).failure()).hasValue(Failure.OURS);
            assertThat(logged.lines("NoSuchMethodError"))
                    .singleElement()
                    .asString()
                    .contains("okhttp-jvm-", "okio-jvm-", "kotlin-stdlib-");
            assertThat(logged.lines("OutOfMemoryError")).hasSize(2);
            assertThat(logged.lines("hush")).isEmpty();
        }
    }

    @Test
    void nameThatResolvesTooSlowlyIsADnsFailureWithinTheTimeout() {
        CountDownLatch never = new CountDownLatch(1);
        SiteSlots.site("customer.example"); // loads the list of public suffixes
        try (OkHttpTransport resolving = resolving(host -> {
                    await(never);
                    return List.of();
                });
                Pauses pauses = new Pauses()) {
            Duration timeout = Duration.ofMillis(1500); // less than the resolver's
            long start = System.nanoTime();
            Answer answer = resolving.send(Requests.post("https://hooks.customer.example/", timeout));

            assertThat(answer.failure()).hasValue(Failure.DNS);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(timeout, timeout.plus(GRACE).plus(pauses.longest()));
        }
    }

    @Test
    void nextAddressOfANameIsTried() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport resolving = resolving(
                        host -> List.of(InetAddress.getByName("127.0.0.2"), InetAddress.getLoopbackAddress()))) {
            String url = "http://hooks.customer.example:" + server.port() + "/";

            assertThat(resolving.send(Requests.post(url)).status()).hasValue(200);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void interruptEndsACallAsOurs() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("N")) {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                answer.complete(transport.send(Requests.post(server.url(), AMPLE)));
                flag.complete(Thread.currentThread().isInterrupted());
            });
            caller.start();
            server.awaitRequest();
            Pauses pauses = new Pauses();
            long start = System.nanoTime();
            caller.interrupt();

            assertThat(answer.get().failure()).hasValue(Failure.OURS);
            assertThat(flag.get()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(2).plus(pauses.longest()));
            pauses.close();
        }
    }

    @Test
    void interruptedThreadSendsNothing() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            Thread.currentThread().interrupt();
            Answer answer = transport.send(Requests.post(server.url()));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(answer.failure()).hasValue(Failure.OURS);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void closeCutsOffCallsAsOurs() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("N")) {
            CompletableFuture<Answer> answer =
                    CompletableFuture.supplyAsync(() -> transport.send(Requests.post(server.url())));
            server.awaitRequest();
            transport.close();

            assertThat(answer.get().failure()).hasValue(Failure.OURS);
            assertThat(transport.send(Requests.post(server.url())).failure()).hasValue(Failure.OURS);
        }
    }

    @Test
    void transportIsOpenedOnceAndBeforeUse() {
        assertThatThrownBy(() -> transport.open(EgressPolicy.strict())).isInstanceOf(IllegalStateException.class);
        try (OkHttpTransport unopened = OkHttpTransport.create()) {
            assertThatThrownBy(() -> unopened.send(Requests.post("https://example.com/")))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static OkHttpTransport resolving(Dns resolver) {
        OkHttpTransport resolving = new TransportSettings().resolver(resolver).build();
        resolving.open(EgressPolicy.development());
        return resolving;
    }

    private static OkHttpTransport trusting(HeldCertificate certificate) {
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpTransport trusting = OkHttpTransport.builder()
                .tls(trust.sslSocketFactory(), trust.trustManager())
                .build();
        trusting.open(EgressPolicy.development());
        return trusting;
    }

    private static HeldCertificate certificate(String name) {
        return new HeldCertificate.Builder().addSubjectAlternativeName(name).build();
    }

    private static HandshakeCertificates serving(HeldCertificate certificate) {
        return new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    }

    private static MockWebServer tlsServer(HeldCertificate certificate) throws IOException {
        MockWebServer server = new MockWebServer();
        server.useHttps(serving(certificate).sslSocketFactory());
        server.start();
        return server;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
