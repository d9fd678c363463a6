package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.ApiCall;
import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.RequestPreview;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.WebhookQuery;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** The process of {@link CanaryTest}: whole paths with a canary in every secret place, and all that they show printed. */
final class CanaryChild {
    static final String DONE = "all paths were taken";
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final int EVENTS = 3;
    /** The headers in which a secret belongs. */
    private static final Set<String> SECRET_HEADERS = Set.of("authorization", "x-key", "x-event");

    /** What receivers know besides what they are sent, by webhook. */
    private static final Map<String, Set<Canary>> KNOWN = Map.of(
            "ok", Set.of(Canary.HMAC, Canary.OLD_STANDARD_WEBHOOKS),
            "failing", Set.of(Canary.STANDARD_WEBHOOKS, Canary.BASIC_PASSWORD),
            "unauthorized", Set.of(Canary.CLIENT_SECRET, Canary.HMAC));

    private static final ApiCall CALL = new ApiCall(
            1,
            new ApiCall.Request(Optional.empty(), "POST", "/" + Canary.EVENT_DATA.text(), Canary.EVENT_DATA.text()),
            new ApiCall.Response(200, null));

    private static final Logger OKHTTP = Logger.getLogger("okhttp3");

    private final Database database;
    private final AtomicInteger ended = new AtomicInteger();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Receiver receiver;
    private final String mutualUrl;
    private final String tokenUrl;

    private CanaryChild(Database database, Receiver receiver, String mutualUrl, String tokenUrl) {
        this.database = database;
        this.receiver = receiver;
        this.mutualUrl = mutualUrl;
        this.tokenUrl = tokenUrl;
    }

    /**
     * Takes all paths.
     *
     * @param args the folder for the database
     */
    public static void main(String[] args) throws Exception {
        Parent.endsThisProcess();
        ConsoleHandler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        OKHTTP.addHandler(console);
        OKHTTP.setLevel(Level.ALL);
        try (Database database = Database.inFolder(Path.of(args[0]));
                Receiver receiver = Receiver.start(new Echo());
                MockWebServer mutual = new MockWebServer();
                ServerSocket tokens = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> serveTokens(tokens), "tokens");
            server.setDaemon(true);
            server.start();
            mutual.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(Canary.tlsKey())
                    .addTrustedCertificate(Canary.tlsKey().certificate())
                    .build()
                    .sslSocketFactory());
            mutual.requireClientAuth();
            mutual.start();
            for (int i = 0; i < EVENTS; i++) {
                mutual.enqueue(new MockResponse.Builder().build());
            }
            String tokenUrl = "http://127.0.0.1:" + tokens.getLocalPort() + "/"
                    + URLEncoder.encode(Canary.TOKEN_PATH.text(), UTF_8) + "?code="
                    + URLEncoder.encode(Canary.TOKEN_QUERY.text(), UTF_8);
            new CanaryChild(database, receiver, "https://localhost:" + mutual.getPort(), tokenUrl).run();
            if (mutual.getRequestCount() < EVENTS) {
                throw new AssertionError("the client certificate was not used");
            }
        }
        System.out.println(DONE);
        System.exit(0);
    }

    /** Answers with all that it got and knows, in every spelling. */
    private static final class Echo implements Receiver.Handler {
        @Override
        public int status(Receiver.Request request) {
            StringBuilder shown = new StringBuilder("wire:");
            request.headers().stream()
                    .filter(header -> !SECRET_HEADERS.contains(header.name().toLowerCase(Locale.ROOT)))
                    .forEach(header ->
                            shown.append(' ').append(header.name()).append('=').append(header.value()));
            System.out.println(shown);
            return request.path().startsWith("/ok") ? 200 : request.path().startsWith("/unauthorized") ? 401 : 503;
        }

        @Override
        public byte[] body(Receiver.Request request) {
            StringBuilder echo = new StringBuilder(request.line()).append('\n');
            request.headers()
                    .forEach(header -> echo.append(header.name())
                            .append(": ")
                            .append(header.value())
                            .append('\n'));
            echo.append(new String(request.body(), UTF_8)).append('\n');
            echo.append(URLDecoder.decode(request.path(), UTF_8)).append('\n');
            KNOWN.getOrDefault(request.path().split("/", -1)[1], Set.of())
                    .forEach(canary -> echo.append(canary.entered())
                            .append(' ')
                            .append(canary.text())
                            .append('\n'));
            String text = echo.toString();
            byte[] bytes = text.getBytes(UTF_8);
            return String.join(
                            "\n",
                            text,
                            "{\"json\":\""
                                    + text.replace("\\", "\\\\")
                                            .replace("\"", "\\\"")
                                            .replace("/", "\\/")
                                            .replace("\n", "\\n")
                                            .replace("=", "\\u003d")
                                    + "\"}",
                            URLEncoder.encode(text, UTF_8),
                            URLEncoder.encode(text, UTF_8).replace("%2F", "%2f").replace("%3D", "%3d"),
                            HexFormat.of().withUpperCase().formatHex(bytes),
                            Base64.getEncoder().encodeToString(bytes),
                            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))
                    .getBytes(UTF_8);
        }
    }

    /** Answers every request with a token. */
    private static void serveTokens(ServerSocket listener) {
        byte[] body =
                ("{\"access_token\":\"" + Canary.ACCESS_TOKEN.text() + "\",\"token_type\":\"Bearer\"}").getBytes(UTF_8);
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                InputStream in = socket.getInputStream();
                in.read(new byte[1 << 14]);
                OutputStream out = socket.getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .getBytes(UTF_8));
                out.write(body);
                out.flush();
                socket.shutdownOutput();
                in.readAllBytes();
            } catch (IOException e) {
                System.out.println("token server: " + e);
            }
        }
    }

    private WebhookClient client(SecretKeys keys) {
        return WebhookClient.builder()
                .store(JdbcDeliveryStore.builder(database.pool())
                        .secretKeys(keys)
                        .build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(10), 2))
                .requestTimeout(Duration.ofSeconds(30))
                .signer("broken", message -> {
                    throw new IllegalStateException(Canary.HMAC.text());
                })
                .listener(new DeliveryListener() {
                    @Override
                    public void attempted(Delivery delivery, Attempt attempt) {
                        System.out.println("listener: " + delivery + " " + attempt);
                    }

                    @Override
                    public void ended(Delivery delivery) {
                        System.out.println("listener: " + delivery);
                        ended.incrementAndGet();
                    }

                    @Override
                    public void webhookChanged(Webhook webhook) {
                        print("changed", webhook);
                        print("changed", List.of(webhook.signers(), webhook.headers(), webhook.secretHeaders()));
                        print("changed", List.of(webhook.payload(), webhook.tls(), webhook.retryPolicy()));
                        changed.add(webhook.id());
                    }
                })
                .build();
    }

    private Webhook.Builder webhook(String id, String base) {
        String path = URLEncoder.encode(Canary.URL_PATH.text(), UTF_8);
        String query = URLEncoder.encode(Canary.URL_QUERY.text(), UTF_8);
        return Webhook.builder(base + "/" + id + "/" + path + "?key=" + query)
                .id(id)
                .events("*")
                .secretHeader("X-Key", Secret.of(Canary.HEADER.text()))
                .signer(Signer.standardWebhooks(Secret.of(Canary.OLD_STANDARD_WEBHOOKS.entered())))
                .signer(Signer.hmacSha256(Secret.of(Canary.HMAC.text())));
    }

    private static Event event() {
        return Event.of("x", Canary.EVENT_DATA.text());
    }

    private void run() throws Exception {
        SecretKeys keys = SecretKeys.of("k", Canary.storeKey());
        print("keys", keys);
        HeldCertificate tlsKey = Canary.tlsKey();
        try (WebhookClient client = client(keys)) {
            client.signers().save("ours", Signer.bearer(Secret.of(Canary.SHARED_SIGNER.text())));
            print("shared", client.signers().list());
            List<Webhook> webhooks = List.of(
                    webhook("ok", receiver.url(""))
                            .signer(Signer.bearer(Secret.of(Canary.BEARER.text())))
                            .build(),
                    webhook("unauthorized", receiver.url(""))
                            .signer(Signer.oauth2(tokenUrl, "me", Secret.of(Canary.CLIENT_SECRET.text())))
                            .build(),
                    webhook("failing", receiver.url(""))
                            .signer(Signer.basic("me", Secret.of(Canary.BASIC_PASSWORD.text())))
                            .build(),
                    webhook("refused", "http://127.0.0.1:" + closedPort()).build(),
                    webhook("unknown", "http://nobody.invalid.example").build(),
                    webhook("denied", "http://127.0.0.1:" + closedPort()).build(),
                    webhook("broken", receiver.url(""))
                            .signer(Signer.custom("broken"))
                            .build(),
                    webhook("template", receiver.url(""))
                            .payload(PayloadFormat.template("text/plain", Canary.TEMPLATE.text() + "{{data}}"))
                            .build(),
                    webhook("call", receiver.url(""))
                            .payload(PayloadFormat.apiCall(Secret.of(Canary.BODY_SECRET.text())))
                            .build(),
                    webhook("shared", receiver.url(""))
                            .signer(Signer.shared("ours"))
                            .build(),
                    webhook("mutual", mutualUrl)
                            .tls(TlsSettings.standard()
                                    .clientCertificate(tlsKey.certificatePem(), Secret.of(tlsKey.privateKeyPkcs8Pem()))
                                    .trust(tlsKey.certificatePem()))
                            .build());
            for (Webhook webhook : webhooks) {
                print("webhook", client.register(webhook));
                print("signers", client.find(webhook.id()).orElseThrow().signers());
                preview(client, webhook);
            }
            refusals(client);
            print("list", client.list(WebhookQuery.all()));
            client.rotateSecret("ok", WebhookClient.ROTATION_GRACE);
            client.update(client.find("failing").orElseThrow().toBuilder()
                    .signer(Signer.standardWebhooks(Secret.of(Canary.STANDARD_WEBHOOKS.entered())))
                    .signer(Signer.basic("me", Secret.of(Canary.BASIC_PASSWORD.text())))
                    .build());
            client.start();
            print("published", client.publish(event()));
            client.publish(Event.builder("x")
                    .raw("a/b", Canary.EVENT_DATA.text().getBytes(UTF_8))
                    .header("X-Event", Canary.EVENT_HEADER.text())
                    .build());
            client.publish(Event.of("x", CALL));
            print("call", CALL);
            await().atMost(WITHIN).until(() -> ended.get() == EVENTS * webhooks.size());
            await().atMost(WITHIN)
                    .until(() -> changed.containsAll(Set.of("failing", "unauthorized", "template", "call")));
        }
        try (WebhookClient keyless = client(SecretKeys.of("other", new byte[32]))) {
            print("webhook", keyless.find("ok").orElseThrow());
            refused(() -> keyless.update(keyless.find("ok").orElseThrow()));
            refused(() -> keyless.rotateSecret("ok", Duration.ZERO));
        }
        tables();
    }

    private void refusals(WebhookClient client) {
        refused(() -> client.register(webhook("bad", receiver.url(""))
                .secretHeader("Host", Secret.of(Canary.REFUSED_HEADER.text()))
                .header("X-Line", Canary.REFUSED_HEADER.text() + "\n")
                .signer(Signer.hmacSha256(Secret.of(Canary.HMAC.text())))
                .signer(Signer.bearer(Secret.of(Canary.BEARER.text() + "\n")))
                .signer(Signer.basic("a:b", Secret.of(Canary.BASIC_PASSWORD.text())))
                .signer(Signer.standardWebhooks(Secret.of("whsec_" + Canary.STANDARD_WEBHOOKS.text())))
                .signer(Signer.oauth2("http://a b/", "me", Secret.of(Canary.CLIENT_SECRET.text())))
                .build()));
        refused(() -> client.register(webhook("bad", "ftp://localhost").build()));
        refused(() -> client.register(webhook("bad", receiver.url(""))
                .payload(PayloadFormat.template("application/json", Canary.TEMPLATE.text() + "{{"))
                .tls(TlsSettings.standard()
                        .clientCertificate("none", Secret.of(Canary.tlsKey().privateKeyPkcs8Pem())))
                .build()));
        refused(() -> client.update(client.find("ok").orElseThrow().toBuilder()
                .url("http://localhost/")
                .build()));
        refused(() -> client.signers().save("a b", Signer.bearer(Secret.of(Canary.SHARED_SIGNER.text() + "\n"))));
        refused(() -> client.signers().remove("ours"));
        refused(() -> SecretKeys.of("a b", Canary.storeKey()));
        refused(() -> SecretKeys.of("k", Canary.STORE_KEY.text().getBytes(UTF_8)));
        refused(() -> client.publish(Event.builder("x")
                .json("1")
                .header("X-Event", Canary.EVENT_HEADER.text() + "\n")
                .build()));
        refused(() -> client.publish(Event.builder("x")
                .json("{\"" + Canary.EVENT_DATA.text() + "\":" + Canary.EVENT_DATA.text() + "}")
                .build()));
        refused(() -> client.publish(Event.builder("x")
                .json("1")
                .header("Host", Canary.REFUSED_HEADER.text())
                .build()));
        refused(() -> client.rotateSecret("ok", Duration.ofDays(30)));
    }

    private static void refused(Runnable action) {
        try {
            action.run();
            throw new AssertionError("not refused");
        } catch (RuntimeException e) {
            e.printStackTrace(System.out);
        }
    }

    private static void preview(WebhookClient client, Webhook webhook) {
        try {
            boolean ofCalls = webhook.id().equals("call");
            ApiCall empty = new ApiCall(1, new ApiCall.Request(Optional.empty(), "GET", "/", null), CALL.response());
            RequestPreview preview = client.preview(webhook, Event.of("x", ofCalls ? empty : 1));
            print("preview", preview);
            print("preview", preview.headers());
            if (ofCalls) {
                print("preview", new String(preview.body(), UTF_8));
            }
        } catch (IllegalStateException e) {
            e.printStackTrace(System.out);
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    private static void print(String what, Object object) {
        System.out.println(what + ": " + object);
    }

    /** Everything that is stored, but for the events, which are not secret. */
    private void tables() throws SQLException {
        for (String table : List.of("webhooks_documents", "webhooks_deliveries", "webhooks_attempts")) {
            try (Connection connection = database.pool().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
                while (row.next()) {
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        print(table, String.valueOf(row.getString(i)).replace('\n', '|'));
                    }
                }
            }
        }
    }
}
