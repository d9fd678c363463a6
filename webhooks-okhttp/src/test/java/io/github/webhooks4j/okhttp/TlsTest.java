package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.Problem;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Who is trusted, who we are, and that nothing is sent before that is settled. */
class TlsTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";
    private static final EgressPolicy POLICY = EgressPolicy.builder()
            .allow("127.0.0.0/8")
            .allow("::1")
            .allowHost("localhost")
            .allowSkipVerification()
            .build();

    private final HeldCertificate authority =
            new HeldCertificate.Builder().certificateAuthority(0).build();
    private final OkHttpTransport transport = OkHttpTransport.create();

    @BeforeEach
    void open() {
        transport.open(POLICY);
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private HeldCertificate.Builder issued(String name) {
        return new HeldCertificate.Builder().addSubjectAlternativeName(name).signedBy(authority);
    }

    private TlsSettings trustingTheAuthority() {
        return TlsSettings.standard().trust(authority.certificatePem());
    }

    private static ScriptedServer serving(HeldCertificate certificate) {
        HandshakeCertificates keys =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        return ScriptedServer.answering(OK, keys.sslContext().getServerSocketFactory());
    }

    private Answer send(int port, TlsSettings tls) {
        return transport.send(request("https://localhost:" + port + "/", tls));
    }

    private static Request request(String url, TlsSettings tls) {
        return new Request("POST", url, Map.of(), "hush".getBytes(UTF_8), Requests.TIMEOUT, tls, false);
    }

    @Test
    void certificateOfATrustedAuthorityIsAccepted() throws IOException {
        try (ScriptedServer server = serving(issued("localhost").build())) {
            assertThat(send(server.port(), trustingTheAuthority()).status()).hasValue(200);
            assertThat(send(server.port(), TlsSettings.standard()).failure()).hasValue(Failure.TLS);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void trustOfAWebhookReplacesTheUsual() throws IOException {
        HeldCertificate other =
                new HeldCertificate.Builder().certificateAuthority(0).build();
        HandshakeCertificates usual = new HandshakeCertificates.Builder()
                .addTrustedCertificate(authority.certificate())
                .build();
        try (ScriptedServer server = serving(issued("localhost").build());
                OkHttpTransport trusting = OkHttpTransport.builder()
                        .tls(usual.sslSocketFactory(), usual.trustManager())
                        .build()) {
            trusting.open(POLICY);
            String url = "https://localhost:" + server.port() + "/";

            assertThat(trusting.send(request(url, TlsSettings.standard())).status())
                    .hasValue(200);
            assertThat(trusting.send(request(url, TlsSettings.standard().trust(other.certificatePem())))
                            .failure())
                    .hasValue(Failure.TLS);
        }
    }

    @Test
    void expiredCertificateIsATlsFailure() throws IOException {
        HeldCertificate expired =
                issued("localhost").validityInterval(1, 2_000_000_000).build();
        failsBeforeAnythingIsSent(expired, trustingTheAuthority());
    }

    @Test
    void selfSignedCertificateIsATlsFailure() throws IOException {
        HeldCertificate own = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .build();
        failsBeforeAnythingIsSent(own, TlsSettings.standard());
    }

    @Test
    void certificateForAnotherHostIsATlsFailure() throws IOException {
        failsBeforeAnythingIsSent(issued("other.example").build(), trustingTheAuthority());
    }

    private void failsBeforeAnythingIsSent(HeldCertificate certificate, TlsSettings tls) throws IOException {
        try (ScriptedServer server = serving(certificate)) {
            assertThat(send(server.port(), tls).failure()).hasValue(Failure.TLS);
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.requests()).isEmpty();
        }
    }

    /** A server that speaks TLS 1.0 only: no JDK of today does, so its answer to the greeting is written by hand. */
    @Test
    void oldTlsIsATlsFailure() throws Exception {
        StringBuilder hello =
                new StringBuilder("S \\u0016\\u0003\\u0001\\u0000\\u002a\\u0002\\u0000\\u0000\\u0026\\u0003\\u0001");
        hello.append("\\u0055".repeat(32)).append("\\u0000\\u0000\\u002f\\u0000");
        try (RawServer server = new RawServer(hello.substring(2))) {
            assertThat(send(server.port(), TlsSettings.standard().skipVerification())
                            .failure())
                    .hasValue(Failure.TLS);
            assertThat(server.received()).as("records of application data").doesNotContain("\u0017\u0003");
        }
    }

    @Test
    void skippingVerificationAcceptsAnyCertificate() throws IOException {
        TlsSettings skipping = TlsSettings.standard().skipVerification();
        try (ScriptedServer server = serving(
                issued("other.example").validityInterval(1, 2_000_000_000).build())) {
            assertThat(send(server.port(), skipping).status()).hasValue(200);
        }
    }

    @Test
    void skippingVerificationNeedsTheOperator() throws IOException {
        try (ScriptedServer server = serving(issued("localhost").build());
                OkHttpTransport strict = OkHttpTransport.create()) {
            strict.open(EgressPolicy.development());
            String url = "https://localhost:" + server.port() + "/";

            assertThat(strict.send(request(url, TlsSettings.standard().skipVerification()))
                            .failure())
                    .hasValue(Failure.DENIED);
            assertThat(server.connections()).isZero();
        }
    }

    private static MockWebServer askingForCertificates(HeldCertificate server, HeldCertificate clients)
            throws IOException {
        return askingForCertificates(server, clients, "TLSv1.3");
    }

    private static MockWebServer askingForCertificates(HeldCertificate server, HeldCertificate clients, String protocol)
            throws IOException {
        MockWebServer mutual = new MockWebServer();
        HandshakeCertificates keys = new HandshakeCertificates.Builder()
                .heldCertificate(server)
                .addTrustedCertificate(clients.certificate())
                .build();
        mutual.useHttps(new OneProtocol(keys.sslSocketFactory(), protocol));
        mutual.requireClientAuth();
        for (int i = 0; i < 8; i++) {
            mutual.enqueue(new MockResponse.Builder().code(200).build());
        }
        mutual.start();
        return mutual;
    }

    private TlsSettings identity(HeldCertificate client) {
        return trustingTheAuthority()
                .clientCertificate(client.certificatePem(), Secret.of(client.privateKeyPkcs8Pem()));
    }

    @Test
    void clientCertificateIsShown() throws Exception {
        for (HeldCertificate.Builder kind :
                List.of(issued("a").ecdsa256(), issued("a").rsa2048())) {
            HeldCertificate client = kind.build();
            try (MockWebServer server =
                    askingForCertificates(issued("localhost").build(), authority)) {
                assertThat(send(server.getPort(), identity(client)).status()).hasValue(200);
                RecordedRequest request = server.takeRequest(5, TimeUnit.MINUTES);
                assertThat(request.getHandshake().peerCertificates()).containsExactly(client.certificate());
            }
        }
    }

    @RepeatedTest(10)
    void missingClientCertificateIsATlsFailure() throws Exception {
        try (MockWebServer server = askingForCertificates(issued("localhost").build(), authority, "TLSv1.2")) {
            assertThat(send(server.getPort(), trustingTheAuthority()).failure()).hasValue(Failure.TLS);
            assertThat(server.getRequestCount()).isZero();
        }
    }

    /** The alert has come, and the connection is closed, before all of the request is written. */
    @Test
    void alertThatComesWhileTheRequestIsWrittenIsATlsFailure() throws Exception {
        IOException broken = new SocketException("Broken pipe");
        broken.addSuppressed(new SSLHandshakeException("Received fatal alert: certificate_required"));
        try (ScriptedServer server = serving(issued("localhost").build());
                OkHttpTransport failing = new TransportSettings()
                        .more(builder -> builder.addNetworkInterceptor(chain -> {
                            throw broken;
                        }))
                        .build()) {
            failing.open(POLICY);
            String url = "https://localhost:" + server.port() + "/";

            assertThat(failing.send(request(url, trustingTheAuthority())).failure())
                    .hasValue(Failure.TLS);
        }
    }

    /** TLS 1.3 has the client go on before it is refused, and the server's reset may overtake its alert. */
    @Test
    void missingClientCertificateIsAFailureAfterTheHandshakeOfTls13() throws Exception {
        try (MockWebServer server = askingForCertificates(issued("localhost").build(), authority)) {
            assertThat(send(server.getPort(), trustingTheAuthority()).failure())
                    .isPresent()
                    .get()
                    .isIn(Failure.TLS, Failure.PROTOCOL);
            assertThat(server.getRequestCount()).isZero();
        }
    }

    /** Makes sockets that speak one version of TLS. */
    private static final class OneProtocol extends SSLSocketFactory {
        private final SSLSocketFactory target;
        private final String protocol;

        OneProtocol(SSLSocketFactory target, String protocol) {
            this.target = target;
            this.protocol = protocol;
        }

        private Socket only(Socket socket) {
            ((SSLSocket) socket).setEnabledProtocols(new String[] {protocol});
            return socket;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return target.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return target.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
            return only(target.createSocket(socket, host, port, autoClose));
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return only(target.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return only(target.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return only(target.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return only(target.createSocket(host, port, local, localPort));
        }
    }

    @Test
    void webhooksWithDifferentIdentitiesNeverShareAConnection() throws Exception {
        HeldCertificate one = issued("one").build();
        HeldCertificate two = issued("two").build();
        try (MockWebServer server = askingForCertificates(issued("localhost").build(), authority)) {
            for (int i = 0; i < 3; i++) {
                for (HeldCertificate client : List.of(one, two)) {
                    assertThat(send(server.getPort(), identity(client)).status())
                            .hasValue(200);
                    RecordedRequest request = server.takeRequest(5, TimeUnit.MINUTES);
                    assertThat(request.getHandshake().peerCertificates()).containsExactly(client.certificate());
                    assertThat(request.getExchangeIndex())
                            .as("kept for its own")
                            .isEqualTo(i);
                }
            }
        }
    }

    @Test
    void trustAloneSeparatesConnectionsToo() throws IOException {
        try (ScriptedServer server = serving(issued("localhost").build())) {
            send(server.port(), TlsSettings.standard().skipVerification());
            assertThat(send(server.port(), TlsSettings.standard()).failure()).hasValue(Failure.TLS);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void unusableKeyMakesTheRequestInvalid() throws IOException {
        try (ScriptedServer server = serving(issued("localhost").build())) {
            TlsSettings broken = TlsSettings.standard().clientCertificate("x", Secret.of("y"));
            assertThat(send(server.port(), broken).failure()).hasValue(Failure.INVALID);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void registrationChecksCertificatesAndShowsNoKey() {
        HeldCertificate client = issued("a").build();
        String key = client.privateKeyPkcs8Pem();
        String otherKey = issued("b").build().privateKeyPkcs8Pem();
        String noKey = key.replaceAll("(?s)-----\\n.{40}", "-----\nhush");

        assertThat(problems(identity(client))).isEmpty();
        for (TlsSettings broken : List.of(
                TlsSettings.standard().clientCertificate(client.certificatePem(), Secret.of(otherKey)),
                TlsSettings.standard().clientCertificate(client.certificatePem(), Secret.of(noKey)),
                TlsSettings.standard().clientCertificate(client.certificatePem(), Secret.of("hush")),
                TlsSettings.standard().clientCertificate("hush", Secret.of(key)),
                TlsSettings.standard().clientCertificate("", Secret.of(key)),
                TlsSettings.standard().trust("hush"),
                TlsSettings.standard().trust(""))) {
            assertThat(problems(broken)).extracting(Problem::code).containsExactly("tls.unusable");
            assertThat(problems(broken).toString()).doesNotContain("hush", key.substring(40, 60));
        }
        assertThat(identity(client).toString()).doesNotContain(key.substring(40, 60), "BEGIN");
    }

    @Test
    void registeredIdentityIsKeptAndUpdatedWithTheWebhook() {
        HeldCertificate client = issued("a").build();
        try (WebhookClient webhooks = client(POLICY)) {
            Webhook registered = webhooks.register(webhook(identity(client)));
            assertThat(registered.tls()).isEqualTo(identity(client));

            webhooks.register(Webhook.builder("https://example.com/")
                    .id("a")
                    .events("*")
                    .unsigned()
                    .build());
            assertThat(webhooks.find("a").orElseThrow().tls()).isEqualTo(identity(client));

            webhooks.register(webhook(TlsSettings.standard()));
            assertThat(webhooks.find("a").orElseThrow().tls().isStandard()).isTrue();
        }
    }

    @Test
    void registrationRefusesToSkipVerificationUnlessTheOperatorAllowsIt() {
        TlsSettings skipping = TlsSettings.standard().skipVerification();
        assertThat(problems(skipping)).isEmpty();
        try (WebhookClient strict = client(EgressPolicy.strict())) {
            assertThat(strict.check(webhook(skipping)))
                    .extracting(Problem::code)
                    .containsExactly("tls.skip-verification");
        }
    }

    private static List<Problem> problems(TlsSettings tls) {
        try (WebhookClient webhooks = client(POLICY)) {
            return webhooks.check(webhook(tls));
        }
    }

    private static Webhook webhook(TlsSettings tls) {
        return Webhook.builder("https://example.com/")
                .id("a")
                .events("*")
                .unsigned()
                .tls(tls)
                .build();
    }

    private static WebhookClient client(EgressPolicy policy) {
        return WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(OkHttpTransport.create())
                .egress(policy)
                .build();
    }
}
