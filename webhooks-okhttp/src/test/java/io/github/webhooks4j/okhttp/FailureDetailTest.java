package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import okhttp3.Dns;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What exactly failed, told apart with real sockets and certificates. */
class FailureDetailTest {
    private static final EgressPolicy POLICY = EgressPolicy.builder()
            .allow("127.0.0.0/8")
            .allow("::1")
            .allowHost("localhost")
            .allowHttp()
            .build();
    /** A fatal alert, but for its number. */
    private static final String ALERT = "\\u0015\\u0003\\u0001\\u0000\\u0002\\u0002\\u00";

    private static final long LONG_AGO = 1_000_000_000_000L;
    private static final long FAR_AHEAD = 64_000_000_000_000L;

    private final HeldCertificate authority =
            new HeldCertificate.Builder().certificateAuthority(1).build();
    private final OkHttpTransport transport = OkHttpTransport.create();

    @BeforeEach
    void open() {
        transport.open(POLICY);
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private HeldCertificate.Builder issued() {
        return new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .signedBy(authority);
    }

    private TlsSettings trusting() {
        return TlsSettings.standard().trust(authority.certificatePem());
    }

    private static Request request(String url, TlsSettings tls) {
        return new Request("POST", url, Map.of(), "hush".getBytes(UTF_8), Requests.TIMEOUT, tls, false);
    }

    private void fails(int port, TlsSettings tls, FailureDetail detail) {
        Answer answer = transport.send(request("https://localhost:" + port + "/", tls));

        assertThat(answer.failure()).hasValue(detail.failure());
        assertThat(answer.detail()).hasValue(detail);
    }

    // ---- certificates

    private void fails(HandshakeCertificates keys, TlsSettings tls, FailureDetail detail) throws IOException {
        try (ScriptedServer server =
                ScriptedServer.answering("C", keys.sslContext().getServerSocketFactory())) {
            fails(server.port(), tls, detail);
        }
    }

    private static HandshakeCertificates keys(HeldCertificate certificate, HeldCertificate... between) {
        HandshakeCertificates.Builder keys = new HandshakeCertificates.Builder();
        X509Certificate[] chain =
                Arrays.stream(between).map(HeldCertificate::certificate).toArray(X509Certificate[]::new);
        return keys.heldCertificate(certificate, chain).build();
    }

    @Test
    void selfSignedCertificate() throws IOException {
        HeldCertificate own = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .build();

        fails(keys(own), TlsSettings.standard(), FailureDetail.UNKNOWN_AUTHORITY);
        fails(keys(own), trusting(), FailureDetail.UNKNOWN_AUTHORITY);
    }

    @Test
    void authorityThatIsNotTrusted() throws IOException {
        fails(keys(issued().build()), TlsSettings.standard(), FailureDetail.UNKNOWN_AUTHORITY);
    }

    @Test
    void authorityBetweenThatIsNotSent() throws IOException {
        HeldCertificate between = new HeldCertificate.Builder()
                .certificateAuthority(0)
                .signedBy(authority)
                .build();
        HeldCertificate leaf = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .signedBy(between)
                .build();

        fails(keys(leaf), trusting(), FailureDetail.UNKNOWN_AUTHORITY);
    }

    @Test
    void expiredCertificate() throws IOException {
        HeldCertificate expired =
                issued().validityInterval(LONG_AGO, LONG_AGO + 1000).build();

        fails(keys(expired), trusting(), FailureDetail.CERTIFICATE_EXPIRED);
    }

    @Test
    void expiredAuthorityBetween() throws IOException {
        HeldCertificate between = new HeldCertificate.Builder()
                .certificateAuthority(0)
                .validityInterval(LONG_AGO, LONG_AGO + 1000)
                .signedBy(authority)
                .build();
        HeldCertificate leaf = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .signedBy(between)
                .build();

        fails(keys(leaf, between), trusting(), FailureDetail.CERTIFICATE_EXPIRED);
    }

    @Test
    void certificateOfTheFuture() throws IOException {
        HeldCertificate early =
                issued().validityInterval(FAR_AHEAD, FAR_AHEAD + 1_000_000).build();

        fails(keys(early), trusting(), FailureDetail.CERTIFICATE_NOT_YET_VALID);
    }

    @Test
    void certificateForAnotherName() throws IOException {
        HeldCertificate other = new HeldCertificate.Builder()
                .addSubjectAlternativeName("other.example")
                .signedBy(authority)
                .build();

        fails(keys(other), trusting(), FailureDetail.WRONG_NAME);
    }

    /** Alerts: bad certificate, expired certificate, unknown authority, access denied, certificate required. */
    @ParameterizedTest
    @ValueSource(strings = {"2a", "2d", "30", "31", "74"})
    void alertsAboutTheClientCertificate(String alert) throws IOException {
        try (RawServer server = new RawServer(ALERT + alert)) {
            fails(server.port(), TlsSettings.standard(), FailureDetail.CLIENT_CERTIFICATE);
        }
    }

    // ---- what is no TLS, or not ours

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
                "SSH-2.0-OpenSSH_9.7\r\n",
                "220 mail ESMTP\r\n"
            })
    void portWithoutTls(String banner) throws IOException {
        try (RawServer server = new RawServer(banner)) {
            fails(server.port(), TlsSettings.standard(), FailureDetail.NO_TLS);
        }
    }

    /** The alert says no more than that: a certificate of ours may be missing, or the host name be unknown there. */
    @Test
    void handshakeFailureMayHaveAnyCause() throws IOException {
        try (RawServer server = new RawServer(ALERT + "28")) {
            Answer answer = transport.send(request("https://localhost:" + server.port() + "/", TlsSettings.standard()));

            assertThat(answer.failure()).hasValue(Failure.TLS);
            assertThat(answer.detail()).isEmpty();
        }
    }

    /** Alerts: of the version, of too weak cipher suites. */
    @ParameterizedTest
    @ValueSource(strings = {"46", "47"})
    void nothingInCommon(String alert) throws IOException {
        try (RawServer server = new RawServer(ALERT + alert)) {
            fails(server.port(), TlsSettings.standard(), FailureDetail.TLS_PROTOCOL);
        }
    }

    /** A server that speaks TLS 1.0 or 1.1 only; the JDK has neither any more. */
    @ParameterizedTest
    @ValueSource(strings = {"01", "02"})
    void oldTls(String version) throws IOException {
        StringBuilder hello = new StringBuilder(
                "\\u0016\\u0003\\u00" + version + "\\u0000\\u002a\\u0002\\u0000\\u0000\\u0026\\u0003\\u00" + version);
        hello.append("\\u0055".repeat(32)).append("\\u0000\\u0000\\u002f\\u0000");
        try (RawServer server = new RawServer(hello.toString())) {
            fails(server.port(), TlsSettings.standard(), FailureDetail.TLS_PROTOCOL);
        }
    }

    @Test
    void resetDuringTheHandshake() throws IOException {
        try (Once server = new Once(new ServerSocket(0), socket -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        })) {
            fails(server.port(), TlsSettings.standard(), FailureDetail.HANDSHAKE_BROKEN_OFF);
        }
    }

    @Test
    void endDuringTheHandshake() throws IOException {
        try (Once server =
                new Once(new ServerSocket(0), socket -> socket.getInputStream().readNBytes(5))) {
            fails(server.port(), TlsSettings.standard(), FailureDetail.HANDSHAKE_BROKEN_OFF);
        }
    }

    // ---- connections

    @Test
    void closedPort() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }

        fails(port, TlsSettings.standard(), FailureDetail.REFUSED);
    }

    @Test
    void resetAndUnreachableAreToldApart() {
        connectFails(new ConnectException("Verbindungsaufbau abgelehnt"), FailureDetail.REFUSED);
        connectFails(new SocketException("Connection reset"), FailureDetail.RESET);
        connectFails(new NoRouteToHostException("No route to host"), FailureDetail.UNREACHABLE);
        connectFails(new NoRouteToHostException("Keine Route"), FailureDetail.UNREACHABLE);
        connectFails(new ConnectException("Network is unreachable"), FailureDetail.UNREACHABLE);
        connectFails(new SocketException("Network is unreachable"), FailureDetail.UNREACHABLE);
    }

    /** As a network would, which no test has at hand. */
    private static void connectFails(IOException failure, FailureDetail detail) {
        try (OkHttpTransport failing = new TransportSettings()
                .more(builder -> builder.socketFactory(new UnconnectedSockets() {
                    @Override
                    public Socket createSocket() {
                        return new GuardedSocket(POLICY) {
                            @Override
                            void dial(InetSocketAddress target, int timeout) throws IOException {
                                throw failure;
                            }
                        };
                    }
                }))
                .build()) {
            failing.open(POLICY);
            Answer answer = failing.send(request("http://127.0.0.1:8080/", TlsSettings.standard()));

            assertThat(answer.failure()).hasValue(Failure.CONNECT);
            assertThat(answer.detail()).hasValue(detail);
        }
    }

    // ---- names

    private static Answer resolving(Dns resolver, Duration limit) {
        try (OkHttpTransport resolving =
                new TransportSettings().resolver(resolver).resolveTimeout(limit).build()) {
            resolving.open(POLICY);
            return resolving.send(request("http://example.com/", TlsSettings.standard()));
        }
    }

    @Test
    void nameThatDoesNotExist() {
        Answer answer = resolving(
                host -> {
                    throw new UnknownHostException(host + ": Name or service not known");
                },
                Requests.TIMEOUT);

        assertThat(answer.detail()).hasValue(FailureDetail.NAME_UNKNOWN);
    }

    @Test
    void resolverThatIsSilent() {
        CountDownLatch ended = new CountDownLatch(1);
        Answer answer = resolving(
                host -> {
                    try {
                        ended.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new UnknownHostException(host);
                },
                Duration.ofMillis(20));
        ended.countDown();

        assertThat(answer.detail()).hasValue(FailureDetail.NAME_SERVER_SILENT);
    }

    @Test
    void resolverThatSaysThatNobodyAnswered() {
        Answer answer = resolving(
                host -> {
                    throw new UnknownHostException(host + ": Temporary failure in name resolution");
                },
                Requests.TIMEOUT);

        assertThat(answer.detail()).hasValue(FailureDetail.NAME_SERVER_SILENT);
    }

    // ---- what has no detail

    @Test
    void afterTheHandshakeThereIsNoDetail() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering("R")) {
            Answer answer = transport.send(request(server.url(), TlsSettings.standard()));

            assertThat(answer.failure()).hasValue(Failure.PROTOCOL);
            assertThat(answer.detail()).isEmpty();
        }
    }

    /** A server for as many connections as come, which it closes when it has done one thing. */
    private static final class Once implements AutoCloseable {
        private final ServerSocket listener;

        /** What is done with a connection. */
        interface Deed {
            void with(Socket socket) throws IOException;
        }

        Once(ServerSocket listener, Deed deed) {
            this.listener = listener;
            Thread thread = new Thread(() -> serve(deed));
            thread.setDaemon(true);
            thread.start();
        }

        private void serve(Deed deed) {
            while (!listener.isClosed()) {
                try (Socket socket = listener.accept()) {
                    deed.with(socket);
                } catch (IOException e) {
                    // The other side has gone, or the server is closed.
                }
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @Test
    void everyDetailIsOfOneFailureAndReadable() {
        for (FailureDetail detail : FailureDetail.values()) {
            assertThat(detail.failure()).isIn(Failure.DNS, Failure.CONNECT, Failure.TLS);
            assertThat(detail.text()).doesNotMatch("[A-Z].*|.*[.]");
        }
    }
}
