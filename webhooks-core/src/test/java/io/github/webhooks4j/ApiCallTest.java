package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events that tell of a call of an API. */
class ApiCallTest {
    private static final ApiCall CALL = new ApiCall(
            1,
            new ApiCall.Request(Optional.of("tag-1"), "POST", "/api/v01/some/url/path", Map.of("foo", "bar")),
            new ApiCall.Response(200, Map.of()));

    private final SteppedClient node = new SteppedClient().open();

    @AfterEach
    void close() {
        node.close();
    }

    private void publish(Object data) {
        node.client.publish(Event.of("event-1", data));
        node.step();
    }

    private List<String> bodies(String webhookId) {
        return node.requestsTo(webhookId).stream()
                .map(request -> new String(request.body(), UTF_8))
                .toList();
    }

    private static UUID id(String body) {
        return UUID.fromString(body.substring(body.indexOf("\"id\":\"") + 6, body.indexOf("\",\"request\"")));
    }

    private static String golden(UUID id) {
        return "{\"event\":{\"id\":1,\"label\":\"event-1\"},\"id\":\"" + id + "\",\"request\":{\"tag\":\"tag-1\","
                + "\"method\":\"post\",\"url\":\"/api/v01/some/url/path\",\"body\":{\"foo\":\"bar\"}},"
                + "\"response\":{\"status\":200,\"body\":{}},\"secret\":\"secret-1\"}";
    }

    @Test
    void bodyIsByteForByteThatOfTheFormat() {
        node.client.register(SteppedClient.webhook("a", "*")
                .payload(PayloadFormat.apiCall(Secret.of("secret-1")))
                .build());
        publish(CALL);

        String body = bodies("a").get(0);
        assertThat(body).isEqualTo(golden(id(body)));
        assertThat(id(body).version()).isEqualTo(8);
        assertThat(id(body).variant()).isEqualTo(2);
    }

    @Test
    void idIsTheSameInEachAttemptAndAnotherForEachDelivery() {
        for (String id : List.of("a", "b")) {
            node.client.register(SteppedClient.webhook(id, "*")
                    .payload(PayloadFormat.apiCall())
                    .build());
        }
        node.transport.answer(SteppedClient.url("a"), Answer.of(500), Answer.of(200));
        publish(CALL);
        node.elapse(Duration.ofSeconds(10));
        publish(CALL);

        assertThat(bodies("a")).hasSize(3);
        assertThat(bodies("a").get(0)).isEqualTo(bodies("a").get(1)).doesNotContain("secret");
        assertThat(List.of(
                        id(bodies("a").get(1)),
                        id(bodies("a").get(2)),
                        id(bodies("b").get(0)),
                        id(bodies("b").get(1))))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatIsMissingIsNull() {
        node.client.register(
                SteppedClient.webhook("a", "*").payload(PayloadFormat.apiCall()).build());
        publish(new ApiCall(
                2, new ApiCall.Request(Optional.empty(), "DELETE", "/x", null), new ApiCall.Response(204, null)));

        assertThat(bodies("a").get(0))
                .endsWith("\"request\":{\"tag\":null,\"method\":\"delete\",\"url\":\"/x\",\"body\":null},"
                        + "\"response\":{\"status\":204,\"body\":null}}");
    }

    @Test
    void otherEventsAreInvalidForIt() {
        node.client.register(
                SteppedClient.webhook("a", "*").payload(PayloadFormat.apiCall()).build());
        publish(Map.of("n", 1));

        assertThat(node.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.INVALID));
    }

    @Test
    void secretIsStoredAsOneAndNeverShown() {
        Webhook registered = node.client.register(SteppedClient.webhook("a", "*")
                .payload(PayloadFormat.apiCall(Secret.of("geheim")))
                .build());
        Document row = node.store.documents().find(DocumentKind.WEBHOOK, "a").orElseThrow();

        assertThat(row.settings()).doesNotContain("geheim");
        assertThat(row.secrets()).containsEntry("payload.secret", "geheim");
        assertThat(registered.payload().toString() + CALL).doesNotContain("geheim", "foo", "/api");
        assertThat(new String(
                        node.client.preview(registered, Event.of("x", CALL)).body(), UTF_8))
                .endsWith(",\"secret\":\"***\"}");
        assertThat(node.client.check(registered.toBuilder()
                        .url("https://elsewhere.example.com/")
                        .build()))
                .extracting(Problem::code)
                .containsExactly("payload.kept");
        assertThat(node.client.check(registered.toBuilder()
                        .payload(PayloadFormat.apiCall(Secret.of("")))
                        .build()))
                .extracting(Problem::code)
                .containsExactly("payload.unusable");
    }

    @Test
    void secretThatCannotBeReadMakesTheFormatUnreadable() {
        node.client.register(SteppedClient.webhook("a", "*")
                .payload(PayloadFormat.apiCall(Secret.of("geheim")))
                .build());
        Document row = node.store.documents().find(DocumentKind.WEBHOOK, "a").orElseThrow();
        Map<String, String> others = new java.util.HashMap<>(row.secrets());
        others.remove("payload.secret");

        assertThat(WebhookDocument.read(
                                Document.of(row.kind(), row.id(), row.tenant(), row.version(), row.settings(), others))
                        .unreadable())
                .containsExactly("payload");
    }
}
