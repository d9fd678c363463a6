package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.egress.OwnAddressPolicy;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything goes through the operator's proxy, and its troubles are told from those of receivers. */
class ProxyTest {
    private static final String TARGET = "https://hooks.customer.example/in";

    private static OkHttpTransport through(int port) {
        return through(port, new TransportSettings());
    }

    private static OkHttpTransport through(int port, TransportSettings settings) {
        OkHttpTransport transport = settings.resolver(host -> {
                    throw new UnknownHostException("looked up: " + host);
                })
                .build();
        transport.open(policyThrough(port));
        return transport;
    }

    private static EgressPolicy policyThrough(int port) {
        return EgressPolicy.builder()
                .proxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .allowSkipVerification()
                .build();
    }

    private static Answer send(OkHttpTransport transport, String url) {
        TlsSettings skipping = TlsSettings.standard().skipVerification();
        return transport.send(new Request("POST", url, Map.of(), new byte[3], Requests.TIMEOUT, skipping, false));
    }

    @Test
    void requestGoesThroughATunnelThatTheProxyFindsTheWayFor() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("hooks.customer.example")
                .build();
        try (MockWebServer proxy = new MockWebServer()) {
            proxy.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(certificate)
                    .build()
                    .sslSocketFactory());
            proxy.enqueue(new MockResponse.Builder().inTunnel().build());
            proxy.enqueue(new MockResponse.Builder().code(204).build());
            proxy.start();
            try (OkHttpTransport transport = through(proxy.getPort())) {
                assertThat(send(transport, TARGET).status()).hasValue(204);
            }

            assertThat(proxy.takeRequest().getRequestLine()).isEqualTo("CONNECT hooks.customer.example:443 HTTP/1.1");
            assertThat(proxy.takeRequest().getRequestLine()).isEqualTo("POST /in HTTP/1.1");
            assertThat(proxy.getRequestCount()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://printer.local/"})
    void deniedTargetDoesNotReachTheProxy(String url) throws IOException {
        try (ScriptedServer proxy = ScriptedServer.answering("C");
                OkHttpTransport transport = through(proxy.port())) {
            assertThat(send(transport, url).failure()).hasValue(Failure.DENIED);
            assertThat(proxy.connections()).isZero();
        }
    }

    /** What listens on a public address of this machine may trust whoever comes from it, the proxy among them. */
    @Test
    void ownAddressOfThisMachineDoesNotReachTheProxy() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.answering("C");
                OkHttpTransport transport = new TransportSettings().build()) {
            transport.open(OwnAddressPolicy.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()),
                    InetAddress.getByName("8.8.4.4"),
                    InetAddress.getByName("2600::1")));
            for (String url : List.of("https://8.8.4.4/", "https://[2600::1]/", "https://[2600:0::0:1]:8443/a")) {
                assertThat(send(transport, url).failure()).as(url).hasValue(Failure.DENIED);
            }
            assertThat(proxy.connections()).isZero();

            send(transport, "https://8.8.8.8/");
            assertThat(proxy.connections()).isPositive();
        }
    }

    private static final String REFUSED =
            "S HTTP/1.1 407 X\\r\\nProxy-Authenticate: Basic realm=x\\r\\nContent-Length: 0\\r\\n\\r\\n | C";

    /** Also for literal addresses, of which one customer may enter as many as there are. */
    @Test
    void refusalOfOneSiteByTheProxyIsThatSitesFailureHoweverOften() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.answering(REFUSED);
                OkHttpTransport transport = through(proxy.port())) {
            for (int i = 1; i < 20; i++) {
                assertThat(send(transport, "https://a" + i + ".customer.com/").failure())
                        .hasValue(Failure.CONNECT);
                assertThat(send(transport, "https://8.8.8." + i + "/").failure())
                        .hasValue(Failure.CONNECT);
            }
        }
    }

    @Test
    void refusalOfManySitesByTheProxyIsOurs() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.answering(REFUSED);
                OkHttpTransport transport = through(proxy.port())) {
            for (int i = 1; i < 5; i++) {
                assertThat(send(transport, "https://customer-" + i + ".com/").failure())
                        .hasValue(Failure.CONNECT);
            }
            assertThat(send(transport, "https://customer-5.com/").failure()).hasValue(Failure.OURS);
        }
    }

    @Test
    void refusalOfManySitesIsTheirFailureAsLongAsOthersGetThrough() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("hooks.customer.example")
                .build();
        try (MockWebServer proxy = new MockWebServer()) {
            proxy.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(certificate)
                    .build()
                    .sslSocketFactory());
            proxy.enqueue(new MockResponse.Builder().inTunnel().build());
            proxy.enqueue(new MockResponse.Builder().code(204).build());
            for (int i = 0; i < 9; i++) {
                proxy.enqueue(new MockResponse.Builder()
                        .inTunnel()
                        .code(407)
                        .addHeader("Proxy-Authenticate", "Basic realm=x")
                        .build());
            }
            proxy.start();
            try (OkHttpTransport transport = through(proxy.getPort())) {
                assertThat(send(transport, TARGET).status()).hasValue(204);
                for (int i = 0; i < 9; i++) {
                    assertThat(send(transport, "https://customer-" + i + ".com/")
                                    .failure())
                            .hasValue(Failure.CONNECT);
                }
            }
        }
    }

    @Test
    void credentialsAreShownToTheProxyAndToNobodyElse() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("hooks.customer.example")
                .build();
        try (MockWebServer proxy = new MockWebServer()) {
            proxy.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(certificate)
                    .build()
                    .sslSocketFactory());
            proxy.enqueue(new MockResponse.Builder().inTunnel().build());
            proxy.enqueue(new MockResponse.Builder().code(204).build());
            proxy.start();
            TransportSettings settings = new TransportSettings().proxyCredentials("us", Secret.of("hüsh"));
            try (OkHttpTransport transport = through(proxy.getPort(), settings)) {
                assertThat(send(transport, TARGET).status()).hasValue(204);
            }

            assertThat(proxy.takeRequest().getHeaders().get("Proxy-Authorization"))
                    .isEqualTo("Basic dXM6aMO8c2g=");
            assertThat(proxy.takeRequest().getHeaders().get("Proxy-Authorization"))
                    .isNull();
        }
    }

    @Test
    void credentialsAreInTheFirstConnectAndNotSentAgainWhenRefused() throws IOException {
        TransportSettings settings = new TransportSettings().proxyCredentials("us", Secret.of("hush"));
        try (ScriptedServer proxy = ScriptedServer.answering(REFUSED);
                OkHttpTransport transport = through(proxy.port(), settings)) {
            assertThat(send(transport, TARGET).failure()).hasValue(Failure.CONNECT);

            assertThat(proxy.requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request)
                            .startsWith("CONNECT hooks.customer.example:443 HTTP/1.1\r\n")
                            .contains("\r\nProxy-Authorization: Basic dXM6aHVzaA==\r\n")
                            .doesNotContain("/in"));
        }
    }

    /** OkHttp asks the same for a 407 from within the tunnel. Without the layers that let a request go out once only. */
    @Test
    void receiverThatPosesAsTheProxyIsShownNoCredentials() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("hooks.customer.example")
                .build();
        try (MockWebServer proxy = new MockWebServer()) {
            proxy.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(certificate)
                    .build()
                    .sslSocketFactory());
            proxy.enqueue(new MockResponse.Builder().inTunnel().build());
            proxy.enqueue(new MockResponse.Builder()
                    .code(407)
                    .addHeader("Proxy-Authenticate", "OkHttp-Preemptive")
                    .build());
            proxy.enqueue(new MockResponse.Builder().code(204).build());
            proxy.start();
            TransportSettings settings = new TransportSettings()
                    .proxyCredentials("us", Secret.of("hush"))
                    .more(builder -> builder.networkInterceptors().clear());
            CallLimits.begin(System.nanoTime() + Requests.TIMEOUT.toNanos(), ReadBudget.ofTheHeap());
            try (GuardedClient client = new GuardedClient(policyThrough(proxy.getPort()), settings);
                    Response response = client.newCall(
                                    new okhttp3.Request.Builder()
                                            .url(TARGET)
                                            .tag(ExchangeListener.class, new ExchangeListener())
                                            .build(),
                                    TlsSettings.standard().skipVerification(),
                                    false)
                            .execute()) {
                assertThat(response.code()).isEqualTo(407);
            } finally {
                CallLimits.end();
            }
            assertThat(proxy.takeRequest().getMethod()).isEqualTo("CONNECT");
            assertThat(proxy.takeRequest().getHeaders().get("Proxy-Authorization"))
                    .isNull();
            assertThat(proxy.getRequestCount()).isEqualTo(2);
        }
    }

    /** Whatever the JVM was started with, requests go where the policy says. */
    @ParameterizedTest
    @CsvSource({
        "http.proxyHost, http.proxyPort",
        "https.proxyHost, https.proxyPort",
        "socksProxyHost, socksProxyPort",
        "proxyHost, proxyPort"
    })
    void proxiesOfTheJvmAreIgnored(String host, String port) throws IOException {
        try (ScriptedServer receiver = ScriptedServer.answering("S HTTP/1.1 204 N\\r\\n\\r\\n");
                ScriptedServer proxy = ScriptedServer.answering("C");
                OkHttpTransport transport = OkHttpTransport.create()) {
            System.setProperty(host, "127.0.0.1");
            System.setProperty(port, String.valueOf(proxy.port()));
            System.setProperty("http.nonProxyHosts", "");
            transport.open(EgressPolicy.development());

            Answer answer = transport.send(Requests.post(receiver.url()));

            assertThat(answer.status()).hasValue(204);
            assertThat(proxy.connections()).isZero();
        } finally {
            System.clearProperty(host);
            System.clearProperty(port);
            System.clearProperty("http.nonProxyHosts");
        }
    }

    @Test
    void credentialsNeedAProxy() {
        try (OkHttpTransport transport = OkHttpTransport.builder()
                .proxyCredentials("us", Secret.of("hush"))
                .build()) {
            assertThatThrownBy(() -> transport.open(EgressPolicy.strict()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("EgressPolicy.builder().proxy")
                    .hasMessageNotContaining("hush");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a\r\nb"})
    void userThatCannotBeSentIsRefused(String user) {
        assertThatThrownBy(() -> OkHttpTransport.builder().proxyCredentials(user, Secret.of("hush")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hush");
    }

    /** Only what no receiver can bring about is ours. */
    @ParameterizedTest
    @CsvSource({"407, CONNECT", "502, CONNECT", "504, CONNECT", "403, CONNECT", "500, CONNECT"})
    void refusalOfTheProxyIsToldApart(int status, Failure failure) throws IOException {
        String script = "S HTTP/1.1 " + status
                + " X\\r\\nProxy-Authenticate: Basic realm=x\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n | C";
        try (ScriptedServer proxy = ScriptedServer.answering(script);
                OkHttpTransport transport = through(proxy.port())) {
            assertThat(send(transport, TARGET).failure()).hasValue(failure);
            assertThat(proxy.requests()).hasSize(1);
            assertThat(proxy.requests().get(0)).startsWith("CONNECT hooks.customer.example:443");
        }
    }

    @Test
    void proxyThatCannotBeReachedIsOurs() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (OkHttpTransport transport = through(port)) {
            assertThat(send(transport, TARGET).failure()).hasValue(Failure.OURS);
        }
    }

    /** Whoever enters a webhook chooses that time, and must not stop all others with it. */
    @Test
    void callWhoseOwnTimeEndsWhileTheProxyIsDialledIsATimeout() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.answering("C");
                OkHttpTransport transport = through(
                        proxy.port(),
                        new TransportSettings()
                                .more(builder ->
                                        builder.socketFactory(new SlowSockets(policyThrough(proxy.port())))))) {
            for (int i = 0; i < 7; i++) {
                Request request = Requests.post("https://customer-" + i + ".com/", Duration.ofMillis(10));
                assertThat(transport.send(request).failure()).hasValue(Failure.TIMEOUT);
            }
        }
    }

    /** Connect only after they were closed. */
    private static final class SlowSockets extends UnconnectedSockets {
        private final EgressPolicy policy;

        SlowSockets(EgressPolicy policy) {
            this.policy = policy;
        }

        @Override
        public Socket createSocket() {
            return new GuardedSocket(policy) {
                @Override
                void dial(InetSocketAddress target, int timeout) throws IOException {
                    while (!isClosed()) {
                        Thread.onSpinWait();
                    }
                    super.dial(target, timeout);
                }
            };
        }
    }

    @Test
    void socketsConnectToNothingButTheProxy() throws IOException {
        EgressPolicy policy = EgressPolicy.builder()
                .allow("127.0.0.0/8")
                .proxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1024))
                .build();
        try (ScriptedServer server = ScriptedServer.answering("C");
                Socket socket = new GuardedSocketFactory(policy).createSocket()) {
            InetSocketAddress other = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            assertThatThrownBy(() -> socket.connect(other)).isInstanceOf(TargetDeniedException.class);
            assertThat(server.connections()).isZero();
        }
    }
}
