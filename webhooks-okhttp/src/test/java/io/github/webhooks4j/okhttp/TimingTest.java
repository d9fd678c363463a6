package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.Timing;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the time of an exchange went, with delays of which each part has one. */
class TimingTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";
    private static final String NAME = "receiver.example.com";
    private static final Duration TO_RESOLVE = Duration.ofMillis(60);
    private static final Duration TO_CONNECT = Duration.ofMillis(70);
    private static final Duration TO_ANSWER = Duration.ofMillis(80);
    /** OkHttp tries another address after 250 ms. */
    private static final Duration TO_TRY_ANOTHER = Duration.ofMillis(240);

    private final HeldCertificate certificate =
            new HeldCertificate.Builder().addSubjectAlternativeName(NAME).build();
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void end() {
        over.countDown();
    }

    private void wait(Duration duration) {
        try {
            assertThat(over.await(duration.toMillis(), MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<InetAddress> lookup(String host) throws UnknownHostException {
        wait(TO_RESOLVE);
        if (host.startsWith("unknown")) {
            throw new UnknownHostException(host);
        }
        InetAddress good = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        return host.startsWith("two")
                ? List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), good)
                : List.of(good);
    }

    /** A transport whose lookups and connections take their time; those to 127.0.0.2 never succeed. */
    private OkHttpTransport transport() {
        EgressPolicy policy = EgressPolicy.development();
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        UnconnectedSockets sockets = new UnconnectedSockets() {
            @Override
            public Socket createSocket() {
                return new GuardedSocket(policy) {
                    @Override
                    void dial(InetSocketAddress target, int timeout) throws IOException {
                        if (target.getAddress().getAddress()[3] == 2) {
                            TimingTest.this.await(over);
                            throw new ConnectException("silent");
                        }
                        TimingTest.this.wait(TO_CONNECT);
                        super.dial(target, timeout);
                    }
                };
            }
        };
        OkHttpTransport transport = new TransportSettings()
                .tls(trust.sslSocketFactory(), trust.trustManager())
                .resolver(this::lookup)
                .more(builder -> Requests.keepConnections(builder.socketFactory(sockets)))
                .build();
        transport.open(policy);
        return transport;
    }

    private void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ScriptedServer secure(String script) {
        return secure(script, certificate);
    }

    private static ScriptedServer secure(String script, HeldCertificate certificate) {
        HandshakeCertificates keys =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        return ScriptedServer.answering(script, keys.sslContext().getServerSocketFactory());
    }

    private static Stream<Optional<Duration>> parts(Timing timing) {
        return Stream.of(timing.dns(), timing.connect(), timing.tls(), timing.firstByte());
    }

    @Test
    void newConnectionWithTlsHasAllParts() throws IOException {
        try (ScriptedServer server = secure("W " + TO_ANSWER.toMillis() + " | " + OK);
                OkHttpTransport transport = transport()) {
            long began = System.nanoTime();
            Answer answer = transport.send(Requests.post("https://" + NAME + ":" + server.port() + "/"));
            Duration whole = Duration.ofNanos(System.nanoTime() - began);

            assertThat(answer.status()).hasValue(200);
            Timing timing = answer.timing();
            assertThat(timing.dns().orElseThrow()).isGreaterThanOrEqualTo(TO_RESOLVE);
            assertThat(timing.connect().orElseThrow()).isGreaterThanOrEqualTo(TO_CONNECT);
            assertThat(timing.tls().orElseThrow()).isPositive();
            assertThat(timing.firstByte().orElseThrow()).isGreaterThanOrEqualTo(TO_ANSWER);
            assertThat(parts(timing).map(Optional::orElseThrow).reduce(Duration.ZERO, Duration::plus))
                    .as("none counts what another one does")
                    .isLessThanOrEqualTo(whole);
        }
    }

    @Test
    void keptConnectionHasTheFirstByteOnly() throws IOException {
        try (ScriptedServer server = secure(OK);
                OkHttpTransport transport = transport()) {
            Request request = Requests.post("https://" + NAME + ":" + server.port() + "/");
            transport.send(request);

            Timing timing = transport.send(request).timing();

            assertThat(server.connections()).isEqualTo(1);
            assertThat(timing.firstByte().orElseThrow()).isPositive();
            assertThat(parts(timing).filter(Optional::isPresent)).hasSize(1);
        }
    }

    @Test
    void addressWithoutTlsIsNeitherResolvedNorSecured() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = transport()) {
            Timing timing = transport.send(Requests.post(server.url())).timing();

            assertThat(timing.dns()).isEmpty();
            assertThat(timing.connect().orElseThrow()).isGreaterThanOrEqualTo(TO_CONNECT);
            assertThat(timing.tls()).isEmpty();
            assertThat(timing.firstByte()).isPresent();
        }
    }

    /** Those to several addresses are made at the same time, on several threads. */
    @Test
    void onlyTheConnectionThatWasTakenCounts() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = transport()) {
            long began = System.nanoTime();
            Timing timing = transport
                    .send(Requests.post("http://two.example.com:" + server.port() + "/"))
                    .timing();
            Duration whole = Duration.ofNanos(System.nanoTime() - began);

            assertThat(timing.connect().orElseThrow())
                    .isBetween(TO_CONNECT, whole.minus(TO_RESOLVE).minus(TO_TRY_ANOTHER));
        }
    }

    @Test
    void tunnelOfAProxyIsPartOfConnecting() throws Exception {
        HeldCertificate own =
                new HeldCertificate.Builder().addSubjectAlternativeName(NAME).build();
        try (MockWebServer proxy = new MockWebServer()) {
            proxy.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(own)
                    .build()
                    .sslSocketFactory());
            proxy.enqueue(new MockResponse.Builder()
                    .inTunnel()
                    .headersDelay(TO_CONNECT.toMillis(), MILLISECONDS)
                    .build());
            proxy.enqueue(new MockResponse.Builder().code(204).build());
            proxy.start();
            try (OkHttpTransport transport = OkHttpTransport.builder()
                    .proxyCredentials("me", Secret.of("hush"))
                    .build()) {
                transport.open(EgressPolicy.builder()
                        .proxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getPort()))
                        .allowSkipVerification()
                        .build());
                Answer answer = transport.send(new Request(
                        "POST",
                        "https://" + NAME + "/",
                        Map.of(),
                        new byte[3],
                        Requests.TIMEOUT,
                        TlsSettings.standard().skipVerification(),
                        false));

                assertThat(answer.status()).hasValue(204);
                assertThat(answer.timing().dns()).as("the proxy resolves").isEmpty();
                assertThat(answer.timing().connect().orElseThrow()).isGreaterThanOrEqualTo(TO_CONNECT);
                assertThat(answer.timing().tls()).isPresent();
            }
        }
    }

    // ---- what does not come to its end

    @Test
    void silentServerHasNoFirstByte() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering("N");
                OkHttpTransport transport = transport()) {
            Answer answer = transport.send(Requests.post(server.url(), Duration.ofSeconds(1)));

            assertThat(answer.failure()).hasValue(Failure.TIMEOUT);
            assertThat(answer.timing().connect()).isPresent();
            assertThat(answer.timing().firstByte()).isEmpty();
            assertThat(answer.headers()).isEmpty();
        }
    }

    @Test
    void bodyThatNeverComesDoesNotCountForTheFirstByte() throws IOException {
        Duration timeout = Duration.ofSeconds(2);
        try (ScriptedServer server =
                        ScriptedServer.answering("S HTTP/1.1 500 Oops\\r\\nContent-Length: 5\\r\\n\\r\\n | N");
                OkHttpTransport transport = transport()) {
            Answer answer = transport.send(Requests.post(server.url(), timeout));

            assertThat(answer.status()).hasValue(500);
            assertThat(answer.timing().firstByte().orElseThrow()).isLessThan(timeout);
        }
    }

    @Test
    void unknownNameHasNoPartAtAll() {
        try (OkHttpTransport transport = transport()) {
            Answer answer = transport.send(Requests.post("http://unknown.example.com/"));

            assertThat(answer.failure()).hasValue(Failure.DNS);
            assertThat(answer.timing()).isEqualTo(Timing.UNKNOWN);
        }
    }

    @Test
    void connectionThatTheCallDidNotGetDoesNotCount() throws IOException {
        HeldCertificate untrusted =
                new HeldCertificate.Builder().addSubjectAlternativeName(NAME).build();
        try (ScriptedServer server = secure(OK, untrusted);
                OkHttpTransport transport = transport()) {
            Answer answer = transport.send(Requests.post("https://" + NAME + ":" + server.port() + "/"));

            assertThat(answer.failure()).hasValue(Failure.TLS);
            assertThat(answer.timing().dns().orElseThrow()).isGreaterThanOrEqualTo(TO_RESOLVE);
            assertThat(parts(answer.timing()).filter(Optional::isPresent)).hasSize(1);
        }
    }

    @Test
    void deniedTargetHasNoPartAtAll() {
        try (OkHttpTransport transport = OkHttpTransport.create()) {
            transport.open(EgressPolicy.strict());
            Answer answer = transport.send(Requests.post("https://127.0.0.1/"));

            assertThat(answer.failure()).hasValue(Failure.DENIED);
            assertThat(answer.timing()).isEqualTo(Timing.UNKNOWN);
        }
    }
}
