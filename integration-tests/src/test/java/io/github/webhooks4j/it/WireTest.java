package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.VerificationException;
import io.github.webhooks4j.signing.Verifier;
import io.github.webhooks4j.store.DeliveryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a receiver gets, to the byte. */
@ParameterizedClass
@EnumSource
class WireTest {
    enum Kept {
        H2_FILE,
        H2_MEMORY,
        NO_DATABASE
    }

    private static final Instant HAPPENED = Instant.parse("2026-03-01T10:15:30.123Z");
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private static final String[] HEADERS = {
        "host",
        "connection",
        "accept-encoding",
        "user-agent",
        "content-type",
        "content-length",
        "webhook-id",
        "webhook-timestamp"
    };

    record Invoice(String id, long total, Instant due) {}

    @Parameter
    Kept kept;

    @TempDir
    Path folder;

    private final Secret secret = Secret.random();
    private final List<Receiver.Request> received = new CopyOnWriteArrayList<>();
    private final List<Instant> arrivals = new CopyOnWriteArrayList<>();
    private volatile List<Integer> statuses = List.of(200);
    private Receiver receiver;
    private Database database;
    private WebhookClient client;

    @BeforeEach
    void startAll() throws IOException {
        receiver = Receiver.start(this::answer);
        client = WebhookClient.builder()
                .store(store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(1100), 5))
                .build()
                .start();
    }

    private DeliveryStore store() {
        if (kept == Kept.NO_DATABASE) {
            return DeliveryStore.inMemory();
        }
        database = kept == Kept.H2_FILE ? Database.inFolder(folder) : Database.inMemory();
        return database.store();
    }

    /** The next status for this path; the last one over and over. */
    private synchronized int answer(Receiver.Request request) {
        arrivals.add(Instant.now());
        received.add(request);
        int before = (int) received.stream()
                .filter(earlier -> earlier.path().equals(request.path()))
                .count();
        return statuses.get(Math.min(before, statuses.size()) - 1);
    }

    @AfterEach
    void stopAll() throws IOException {
        client.close();
        receiver.close();
        if (database != null) {
            database.close();
        }
    }

    private Webhook.Builder webhook(String id) {
        return Webhook.builder(receiver.url("/" + id)).id(id).events("invoice.*");
    }

    private List<Receiver.Request> requests(int count) {
        await().atMost(WITHIN).until(() -> received.size() >= count);
        return received;
    }

    private Receiver.Request only() {
        return requests(1).get(0);
    }

    private static String text(Receiver.Request request) {
        return new String(request.body(), UTF_8);
    }

    private static Event.Builder invoice() {
        return Event.builder("invoice.paid").id("evt_1").timestamp(HAPPENED);
    }

    private static String envelope(String data) {
        return "{\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"timestamp\":\"2026-03-01T10:15:30.123Z\",\"data\":" + data
                + "}";
    }

    @Test
    void requestHasExactlyTheseHeadersAndThisBody() {
        client.register(webhook("a").signer(Signer.standardWebhooks(secret)).build());
        Instant before = Instant.now();
        client.publish(invoice().json("{\"total\": 1999}").build());

        Receiver.Request request = only();
        assertThat(request.line()).isEqualTo("POST /a HTTP/1.1");
        assertThat(request.headerNames()).containsExactlyInAnyOrder(concat(HEADERS, "webhook-signature"));
        assertThat(request.header("host")).isEqualTo(receiver.url("").substring("http://".length()));
        assertThat(request.header("connection")).isEqualToIgnoringCase("keep-alive");
        assertThat(request.header("accept-encoding")).isEqualTo("identity");
        assertThat(request.header("user-agent")).isEqualTo("webhooks4j");
        assertThat(request.header("content-type")).isEqualTo("application/json");
        assertThat(request.header("content-length")).isEqualTo(Integer.toString(request.body().length));
        assertThat(request.header("webhook-id")).isEqualTo("evt_1");
        assertThat(Long.parseLong(request.header("webhook-timestamp")))
                .isBetween(before.getEpochSecond(), arrivals.get(0).getEpochSecond());
        assertThat(request.header("webhook-signature")).matches("v1,[A-Za-z0-9+/]{43}=");
        assertThat(text(request)).isEqualTo(envelope("{\"total\": 1999}"));
    }

    private static String[] concat(String[] names, String more) {
        List<String> all = new java.util.ArrayList<>(List.of(names));
        all.add(more);
        return all.toArray(String[]::new);
    }

    @Test
    void jsonTextIsSentByteForByte() {
        String json = " {\"b\" : 1.50,\n\t\"a\":\"\\u00e9é€😀\\/\", \"n\":1e3, \"big\":12345678901234567890.10 } ";
        client.register(webhook("a").unsigned().build());
        client.publish(invoice().json(json).build());

        assertThat(only().body()).isEqualTo(envelope(json).getBytes(UTF_8));
    }

    @Test
    void objectBecomesJson() {
        client.register(webhook("a").unsigned().build());
        client.publish(invoice()
                .data(new Invoice("in_42", 1999, Instant.parse("2026-04-01T00:00:00Z")))
                .build());

        assertThat(text(only()))
                .isEqualTo(envelope("{\"id\":\"in_42\",\"total\":1999,\"due\":\"2026-04-01T00:00:00Z\"}"));
    }

    @Test
    void mapKeepsItsOrder() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("z", 1);
        data.put("a", List.of(true, "x"));
        client.register(webhook("a").unsigned().build());
        client.publish(invoice().data(data).build());

        assertThat(text(only())).isEqualTo(envelope("{\"z\":1,\"a\":[true,\"x\"]}"));
    }

    @Test
    void jsonNodeIsSentAsItIs() throws IOException {
        client.register(webhook("a").unsigned().build());
        client.publish(invoice()
                .data(new ObjectMapper().readTree("{\"z\":null,\"a\":[1.5,\"é\"]}"))
                .build());

        assertThat(text(only())).isEqualTo(envelope("{\"z\":null,\"a\":[1.5,\"é\"]}"));
    }

    @Test
    void rawBytesAreTheWholeBody() {
        byte[] body = new byte[1024];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        client.register(webhook("a").signer(Signer.hmacSha256(secret)).build());
        client.publish(invoice().raw("text/csv; charset=utf-8", body).build());

        assertThat(only().body()).isEqualTo(body);
        assertThat(only().header("content-type")).isEqualTo("text/csv; charset=utf-8");
        assertThat(only().header("webhook-id")).isEqualTo("evt_1");
    }

    @Test
    void eventWithoutIdAndTimeGetsThem() throws IOException {
        Instant before = Instant.now().minusMillis(1);
        client.register(webhook("a").unsigned().build());
        Publication publication = client.publish(Event.of("invoice.paid", Map.of("total", 1999)));

        Receiver.Request request = only();
        assertThat(request.header("webhook-id")).isEqualTo(publication.eventId());
        Map<?, ?> body = new ObjectMapper().readValue(request.body(), TreeMap.class);
        assertThat(body.get("id")).isEqualTo(publication.eventId());
        assertThat(Instant.parse((String) body.get("timestamp"))).isBetween(before, arrivals.get(0));
    }

    @Test
    void eachAttemptIsOneRequestThatTheOfficialLibraryVerifies() throws Exception {
        statuses = List.of(500, 503, 204);
        client.register(webhook("a").signer(Signer.standardWebhooks(secret)).build());
        client.register(webhook("b").signer(Signer.standardWebhooks(secret)).build());
        assertThat(client.publish(invoice().json("{\"total\":\"é\"}").build()).deliveries())
                .isEqualTo(2);

        requests(6);
        client.close(); // whatever was to be sent by mistake is sent by now
        assertThat(received).hasSize(6);
        for (Receiver.Request request : received) {
            official().verify(text(request), headers(request));
            Message message = Verifier.standardWebhooks(secret).verify(request.body(), request::header);
            assertThat(message.id()).isEqualTo("evt_1");
            assertThat(request.header("webhook-id")).isEqualTo("evt_1");
            assertThat(request.body()).isEqualTo(received.get(0).body());
        }
        for (String path : List.of("/a", "/b")) {
            List<Long> timestamps = received.stream()
                    .filter(request -> request.path().equals(path))
                    .map(request -> Long.valueOf(request.header("webhook-timestamp")))
                    .toList();
            assertThat(timestamps).hasSize(3).doesNotHaveDuplicates().isSorted();
        }
        for (int i = 0; i < received.size(); i++) {
            long stamped = Long.parseLong(received.get(i).header("webhook-timestamp"));
            assertThat(arrivals.get(i).getEpochSecond() - stamped).isBetween(0L, 5L);
        }
    }

    private com.standardwebhooks.Webhook official() throws Exception {
        return new com.standardwebhooks.Webhook(secret.reveal());
    }

    private static Map<String, List<String>> headers(Receiver.Request request) {
        return request.headers().stream()
                .collect(Collectors.groupingBy(
                        header -> header.name().toLowerCase(java.util.Locale.ROOT),
                        Collectors.mapping(Receiver.Header::value, Collectors.toList())));
    }

    @Test
    void alteredBodyIsRefused() throws Exception {
        client.register(webhook("a").signer(Signer.standardWebhooks(secret)).build());
        client.publish(invoice().json("{\"total\":1999}").build());

        Receiver.Request request = only();
        String altered = text(request).replace("1999", "1998");
        com.standardwebhooks.Webhook official = official();
        assertThatThrownBy(() -> official.verify(altered, headers(request)))
                .isInstanceOf(WebhookVerificationException.class);
        Verifier verifier = Verifier.standardWebhooks(secret);
        assertThatThrownBy(() -> verifier.verify(altered.getBytes(UTF_8), request::header))
                .isInstanceOf(VerificationException.class);
        assertThat(verifier.verify(request.body(), request::header).body()).isEqualTo(request.body());
    }

    @Test
    void hmacHeaderIsTheHexOfTheBodysHmac() throws GeneralSecurityException {
        client.register(webhook("a")
                .signer(Signer.hmacSha256(Secret.of("geheim é")))
                .signer(Signer.hmacSha256("X-Hub", Secret.of("other-secret")))
                .build());
        client.publish(invoice().json("[1, 2]").build());

        Receiver.Request request = only();
        assertThat(request.header("X-Webhook-Signature")).isEqualTo(hmac("geheim é", request.body()));
        assertThat(request.header("X-Hub")).isEqualTo(hmac("other-secret", request.body()));
        assertThat(request.headerNames()).hasSize(HEADERS.length + 2).doesNotContain("webhook-signature");
    }

    private static String hmac(String key, byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }

    @Test
    void bearerTokenIsSent() {
        client.register(
                webhook("a").signer(Signer.bearer(Secret.of("abc.DEF-123"))).build());
        client.publish(invoice().json("1").build());

        assertThat(only().header("Authorization")).isEqualTo("Bearer abc.DEF-123");
        assertThat(only().headerNames()).containsExactlyInAnyOrder(concat(HEADERS, "authorization"));
    }

    @Test
    void basicCredentialsAreSent() {
        client.register(webhook("a")
                .signer(Signer.basic("jürgen", Secret.of("pass:word")))
                .build());
        client.publish(invoice().json("1").build());

        String credentials = Base64.getEncoder().encodeToString("jürgen:pass:word".getBytes(UTF_8));
        assertThat(only().header("Authorization")).isEqualTo("Basic " + credentials);
    }
}
