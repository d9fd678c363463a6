package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.transport.TlsSettings;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import okhttp3.EventListener;

/**
 * The process of {@link VersionsTest}: a host with the libraries on its class path. It publishes an event, and prints what its
 * receiver got over TLS; or it prints why no client can be built.
 */
final class VersionsChild {
    static final String PASSWORD = "password";
    static final String REFUSED = "refused: ";

    private static final Map<String, PayloadFormat> FORMATS = Map.of(
            "standard", PayloadFormat.standard(),
            "slack", PayloadFormat.slack(),
            "template",
                    PayloadFormat.template(
                            "application/json", "{\"all\":\"{{data}}\",\"n\":\"n={{data.lines[0].price}}\"}"),
            "xml", PayloadFormat.template("application/xml", "<a b='{{data.name}}'>{{data.lines}}</a>"));

    private final CountDownLatch missing = new CountDownLatch(FORMATS.size());

    /** What a host has as data. */
    public record Line(String item, BigDecimal price, Optional<String> note) {}

    private VersionsChild() {}

    /**
     * Runs it.
     *
     * @param args a file of PKCS#12 with the receiver's key and certificate, and its certificate in PEM
     */
    public static void main(String[] args) throws Exception {
        Parent.endsThisProcess();
        new VersionsChild().run(args[0], args[1]);
    }

    private void run(String keys, String certificate) throws Exception {
        HttpsServer receiver = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        receiver.createContext("/", this::receive);
        receiver.start();
        try (WebhookClient webhooks = WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(OkHttpTransport.builder()
                        .eventListeners(call -> EventListener.NONE)
                        .build())
                .egress(EgressPolicy.development())
                .build()
                .start()) {
            String url = "https://127.0.0.1:" + receiver.getAddress().getPort() + "/";
            FORMATS.forEach((name, format) -> webhooks.register(Webhook.builder(url + name)
                    .id(name)
                    .events("invoice.paid")
                    .payload(format)
                    .tls(TlsSettings.standard().trust(certificate))
                    .signer(Signer.standardWebhooks(Secret.random()))
                    .build()));
            webhooks.publish(event());
            missing.await();
        } catch (IllegalStateException e) {
            System.out.println(REFUSED + e.getMessage());
        }
        receiver.stop(0);
    }

    private static Event event() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("name", "J\u00f6rg \ud83d\ude00 <&>");
        data.put("at", Instant.EPOCH);
        data.put("lines", List.of(new Line("A-1", new BigDecimal("1.50"), Optional.empty())));
        data.put("numbers", List.of(new BigDecimal("1E+400"), -0.0, Long.MAX_VALUE));
        return Event.builder("invoice.paid")
                .id("evt_1")
                .timestamp(Instant.EPOCH)
                .data(data)
                .build();
    }

    /** Answers in chunks, since its length is not said. */
    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            synchronized (System.out) {
                System.out.println(exchange.getRequestURI().getPath() + " " + body);
            }
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("ok".getBytes(UTF_8));
        }
        missing.countDown();
    }

    private static SSLContext tls(String keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = new FileInputStream(keys)) {
            store.load(file, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
