package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.Verifier;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the payload formats put on the wire, to the byte, by way of a database. */
class PayloadWireTest {
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final Instant HAPPENED = Instant.parse("2026-01-15T12:30:00Z");
    private static final int MEGABYTE = 1 << 20;

    private final Secret secret = Secret.random();
    private final List<Receiver.Request> received = new CopyOnWriteArrayList<>();
    private Receiver receiver;
    private Database database;
    private WebhookClient client;

    @BeforeEach
    void startAll() throws IOException {
        receiver = Receiver.start(request -> {
            received.add(request);
            return 200;
        });
        database = Database.inMemory();
        client = WebhookClient.builder()
                .store(database.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .maxEventBytes(MEGABYTE)
                .build()
                .start();
    }

    @AfterEach
    void stopAll() throws IOException {
        client.close();
        receiver.close();
        database.close();
    }

    private Webhook.Builder webhook() {
        return Webhook.builder(receiver.url("/a")).id("a").events("*");
    }

    private Receiver.Request only(Webhook.Builder webhook, Event event) {
        client.register(webhook.build());
        client.publish(event);
        await().atMost(WITHIN).until(() -> !received.isEmpty());
        return received.get(0);
    }

    private static Event userCreated() {
        return Event.builder("user.created")
                .id("evt_abc123")
                .timestamp(HAPPENED)
                .json(
                        "{\"id\":\"user_123\",\"name\":\"John Doe\",\"email\":\"john@example.com\",\"status\":\"active\"}")
                .build();
    }

    private static String hmac(String key, byte[] body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }

    @Test
    void bodyWithCreatedAtAndItsHmac() throws Exception {
        Receiver.Request request = only(
                webhook()
                        .payload(PayloadFormat.standardWithCreatedAt())
                        .signer(Signer.hmacSha256(Secret.of("whsec_abc123"))),
                userCreated());

        assertThat(new String(request.body(), UTF_8))
                .isEqualTo("{\"id\":\"evt_abc123\",\"type\":\"user.created\",\"created_at\":\"2026-01-15T12:30:00Z\","
                        + "\"data\":{\"id\":\"user_123\",\"name\":\"John Doe\",\"email\":\"john@example.com\","
                        + "\"status\":\"active\"}}");
        assertThat(request.header("x-webhook-signature")).isEqualTo(hmac("whsec_abc123", request.body()));
    }

    @Test
    void slackMessage() {
        Receiver.Request request = only(
                webhook().payload(PayloadFormat.slack()).unsigned(),
                Event.builder("user.created")
                        .id("evt_1")
                        .timestamp(HAPPENED)
                        .json("{\"name\":\"<!channel> & Co\"}")
                        .build());

        assertThat(new String(request.body(), UTF_8))
                .isEqualTo(
                        "{\"text\":\"user.created (evt_1)\\n```\\n{\\n  \\\"name\\\" : \\\"&lt;!channel&gt; &amp; Co\\\"\\n}\\n```\","
                                + "\"blocks\":[{\"type\":\"header\",\"text\":{\"type\":"
                                + "\"plain_text\",\"text\":\"user.created\",\"emoji\":false}},{\"type\":\"section\",\"fields\":[{"
                                + "\"type\":\"mrkdwn\",\"text\":\"*name*\\n&lt;!channel&gt; &amp; Co\",\"verbatim\":true}]},{"
                                + "\"type\":\"context\",\"elements\":[{\"type\":\"mrkdwn\",\"text\":\"<!date^1768480200^"
                                + "{date_short_pretty} {time_secs}|2026-01-15T12:30:00Z>\",\"verbatim\":true},{\"type\":"
                                + "\"mrkdwn\",\"text\":\"`evt_1`\",\"verbatim\":true}]}]}");
        assertThat(request.header("content-type")).isEqualTo("application/json");
    }

    @Test
    void formBodyAndTheSignatureOverIt() throws Exception {
        Receiver.Request request = only(
                webhook()
                        .method("PUT")
                        .header("X-Open", "open")
                        .secretHeader("X-Key", Secret.of("hidden"))
                        .payload(PayloadFormat.template(
                                "application/x-www-form-urlencoded", "type={{type}}&name={{data.name}}"))
                        .signer(Signer.standardWebhooks(secret))
                        .signer(Signer.hmacSha256(Secret.of("geheim-geheim"))),
                userCreated());

        assertThat(request.line()).isEqualTo("PUT /a HTTP/1.1");
        assertThat(new String(request.body(), UTF_8)).isEqualTo("type=user.created&name=John+Doe");
        assertThat(request.header("content-type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(request.header("x-open")).isEqualTo("open");
        assertThat(request.header("x-key")).isEqualTo("hidden");
        assertThat(request.header("x-webhook-signature")).isEqualTo(hmac("geheim-geheim", request.body()));
        assertThat(Verifier.standardWebhooks(secret)
                        .verify(request.body(), request::header)
                        .id())
                .isEqualTo("evt_abc123");
    }

    static Stream<Arguments> bytes() {
        byte[] large = new byte[MEGABYTE];
        new Random(1).nextBytes(large);
        return Stream.of(
                argumentSet("ASCII", "a,b;c".getBytes(UTF_8)),
                argumentSet("emoji", "🥨 é \uFEFF".getBytes(UTF_8)),
                argumentSet("CRLF", "\r\na\rb\n\r\n".getBytes(UTF_8)),
                argumentSet("empty", new byte[0]),
                argumentSet("1 MiB", large));
    }

    @ParameterizedTest
    @MethodSource("bytes")
    void rawEventIsUnchanged(byte[] body) throws Exception {
        Receiver.Request request = only(
                webhook().signer(Signer.standardWebhooks(secret)),
                Event.builder("a").raw("application/octet-stream", body).build());

        assertThat(request.body()).isEqualTo(body);
        assertThat(Verifier.standardWebhooks(secret)
                        .verify(request.body(), request::header)
                        .body())
                .isEqualTo(body);
    }

    @Test
    void headersOfAnEventAreSentAfterTheirWayThroughTheDatabase() {
        Receiver.Request request = only(
                webhook().header("X-Open", "open").unsigned(),
                Event.builder("a")
                        .json("1")
                        .header("X-Trace", "a\"\\b")
                        .header("x-open", "forged")
                        .deliverAt(Instant.EPOCH.plusSeconds(1)) // claimed from the store, not sent from memory
                        .build());

        assertThat(request.header("x-trace")).isEqualTo("a\"\\b");
        assertThat(request.header("x-open")).isEqualTo("open");
    }
}
