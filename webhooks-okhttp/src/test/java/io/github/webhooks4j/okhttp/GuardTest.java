package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No connection is made to a denied target, by whatever way. */
class GuardTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";
    private static final List<String> PROXIES = List.of("socksProxy", "http.proxy", "https.proxy");
    private static final List<String> EXEMPTIONS = List.of("socksNonProxyHosts", "http.nonProxyHosts");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "localhost",
                "127.1",
                "2130706433",
                "0x7f.1",
                "127%2e0%2e0%2e1",
                "[::1]",
                "[::ffff:127.0.0.1]"
            })
    void strictPolicyDeniesLoopbackInEverySpelling(String host) throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = OkHttpTransport.create()) {
            transport.open(EgressPolicy.strict());

            for (String scheme : List.of("http", "https")) {
                String url = scheme + "://" + host + ":" + server.port() + "/";
                assertThat(transport.send(Requests.post(url)).failure()).hasValue(Failure.DENIED);
            }
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void nameIsDeniedWithAllItsAddressesIfOneIsDenied() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = new TransportSettings()
                        .resolver(host -> List.of(InetAddress.getLoopbackAddress(), InetAddress.getByName("10.0.0.1")))
                        .build()) {
            transport.open(EgressPolicy.development());
            String url = "http://hooks.customer.example:" + server.port() + "/";

            assertThat(transport.send(Requests.post(url)).failure()).hasValue(Failure.DENIED);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void deniedAnswerBeyondTheLimitOfAnswersStillCounts() throws IOException {
        List<InetAddress> answers = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            answers.add(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) i}));
        }
        answers.add(InetAddress.getByName("10.0.0.1"));
        try (OkHttpTransport transport =
                new TransportSettings().resolver(host -> answers).build()) {
            transport.open(EgressPolicy.development());

            assertThat(transport
                            .send(Requests.post("http://hooks.customer.example:1024/"))
                            .failure())
                    .hasValue(Failure.DENIED);
        }
    }

    @Test
    void noMoreThan32AnswersAreUsed() throws IOException {
        List<InetAddress> answers = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            answers.add(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) i}));
        }
        CallLimits.begin(System.nanoTime() + Requests.TIMEOUT.toNanos(), ReadBudget.ofTheHeap());
        try (BoundedDns dns = new BoundedDns(EgressPolicy.development(), host -> answers, Duration.ofSeconds(2))) {
            assertThat(dns.lookup("hooks.customer.example")).hasSize(32);
        } finally {
            CallLimits.end();
        }
    }

    @Test
    void socketDeniesWhatNameResolutionLetThrough() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK);
                GuardedClient client = new GuardedClient(
                        EgressPolicy.strict(),
                        new TransportSettings()
                                .more(builder -> builder.dns(host -> List.of(InetAddress.getLoopbackAddress()))))) {
            for (String host : List.of("hooks.customer.example", "127.0.0.1", "127%2e1", "2130706433")) {
                Call call = client.newCall(
                        new okhttp3.Request.Builder()
                                .url("http://" + host + ":" + server.port() + "/")
                                .tag(ExchangeListener.class, new ExchangeListener())
                                .build(),
                        TlsSettings.standard(),
                        false);
                assertThatThrownBy(call::execute)
                        .isInstanceOf(TargetDeniedException.class)
                        .hasMessage("the egress policy does not allow the target");
            }
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void socketDeniesNamesThatNobodyResolved() throws IOException {
        try (Socket socket = new GuardedSocketFactory(EgressPolicy.development()).createSocket()) {
            assertThatThrownBy(() -> socket.connect(InetSocketAddress.createUnresolved("localhost", 1024)))
                    .isInstanceOf(TargetDeniedException.class);
        }
    }

    @Test
    void proxiesOfTheSystemAreNotUsed() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.answering("C");
                ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = OkHttpTransport.create()) {
            PROXIES.forEach(kind -> {
                System.setProperty(kind + "Host", "127.0.0.1");
                System.setProperty(kind + "Port", String.valueOf(proxy.port()));
            });
            // Empty, or loopback would be exempt.
            EXEMPTIONS.forEach(name -> System.setProperty(name, ""));
            transport.open(EgressPolicy.development());

            assertThat(transport.send(Requests.post(server.url())).status()).hasValue(200);
            assertThat(proxy.connections()).isZero();
        } finally {
            PROXIES.forEach(kind -> {
                System.clearProperty(kind + "Host");
                System.clearProperty(kind + "Port");
            });
            EXEMPTIONS.forEach(System::clearProperty);
        }
    }

    @Test
    void connectionThatTheApplicationKeepsIsNotUsed() throws Exception {
        OkHttpClient theirs = new OkHttpClient();
        try (ScriptedServer server = ScriptedServer.answering(OK);
                GuardedClient client = new GuardedClient(EgressPolicy.strict(), new TransportSettings())) {
            okhttp3.Request.Builder request =
                    new okhttp3.Request.Builder().url("http://127.0.0.1:" + server.port() + "/");
            for (int i = 0; i < 2; i++) {
                theirs.newCall(request.build()).execute().close();
            }
            assertThat(server.connections()).as("theirs is kept").isEqualTo(1);
            assertThat(theirs.connectionPool().idleConnectionCount()).isEqualTo(1);

            Call call = client.newCall(
                    request.tag(ExchangeListener.class, new ExchangeListener()).build(), TlsSettings.standard(), false);
            assertThatThrownBy(call::execute).isInstanceOf(TargetDeniedException.class);
            assertThat(server.requests()).hasSize(2);
        } finally {
            theirs.connectionPool().evictAll();
        }
    }

    @Test
    void nothingIsSharedWithOtherClients() {
        OkHttpClient other = new OkHttpClient();
        try (GuardedClient client = new GuardedClient(EgressPolicy.strict(), new TransportSettings().more(builder -> {
                    OkHttpClient ours = builder.build();
                    assertThat(ours.connectionPool()).isNotSameAs(other.connectionPool());
                    assertThat(ours.dispatcher()).isNotSameAs(other.dispatcher());
                }))) {
            assertThat(client.isClosed()).isFalse();
        }
    }
}
