package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.payload.ApiCallBody.CallRequest;
import io.github.webhooks4j.payload.ApiCallBody.CallResponse;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The bodies of fixed form, byte for byte. */
class BodiesTest {
    private static final Instant TIME = Instant.parse("2026-01-15T12:30:00Z");

    @Test
    void standardBodyWithCreatedAt() {
        byte[] data = bytes(
                "{\"id\":\"user_123\",\"name\":\"John Doe\",\"email\":\"john@example.com\",\"status\":\"active\"}");

        assertThat(text(Envelope.withCreatedAt("evt_abc123", "user.created", TIME, data)))
                .isEqualTo("{\"id\":\"evt_abc123\",\"type\":\"user.created\",\"created_at\":\"2026-01-15T12:30:00Z\","
                        + "\"data\":{\"id\":\"user_123\",\"name\":\"John Doe\",\"email\":\"john@example.com\","
                        + "\"status\":\"active\"}}");
    }

    @Test
    void apiCallWithASecret() {
        byte[] body = ApiCallBody.of(
                1,
                "event-1",
                "70195486-8934-4a31-a504-a97a72c7f322",
                new CallRequest("tag-1", "POST", "/api/v01/some/url/path", bytes("{\"foo\":\"bar\"}")),
                new CallResponse(200, bytes("{}")),
                "secret-1");

        assertThat(text(body))
                .isEqualTo(
                        "{\"event\":{\"id\":1,\"label\":\"event-1\"},\"id\":\"70195486-8934-4a31-a504-a97a72c7f322\","
                                + "\"request\":{\"tag\":\"tag-1\",\"method\":\"post\",\"url\":\"/api/v01/some/url/path\","
                                + "\"body\":{\"foo\":\"bar\"}},\"response\":{\"status\":200,\"body\":{}},\"secret\":\"secret-1\"}");
    }

    @Test
    void apiCallWithoutWhatIsNotThere() {
        byte[] body = ApiCallBody.of(
                2, "a\"b", "id", new CallRequest(null, "DELETE", "/x", null), new CallResponse(204, null), null);

        assertThat(text(body))
                .isEqualTo("{\"event\":{\"id\":2,\"label\":\"a\\\"b\"},\"id\":\"id\",\"request\":{\"tag\":null,"
                        + "\"method\":\"delete\",\"url\":\"/x\",\"body\":null},"
                        + "\"response\":{\"status\":204,\"body\":null}}");
    }

    @Test
    void cloudEventOfJson() {
        byte[] body = CloudEventBody.of(
                new EventContent("evt_1", "invoice.paid", TIME, bytes("{\"n\": 1.10, \"s\":\"\u00e9\"}")), "/billing");

        assertThat(text(body))
                .isEqualTo(
                        "{\"specversion\":\"1.0\",\"id\":\"evt_1\",\"source\":\"/billing\",\"type\":\"invoice.paid\","
                                + "\"time\":\"2026-01-15T12:30:00Z\",\"datacontenttype\":\"application/json\","
                                + "\"data\":{\"n\": 1.10, \"s\":\"\u00e9\"}}");
    }

    @Test
    void cloudEventOfBytes() {
        byte[] data = {0, (byte) 0xff, 13, 10};
        byte[] body = CloudEventBody.ofBytes("evt_1", "a", TIME, "/billing", "image/png", data);

        assertThat(text(body))
                .endsWith("\"datacontenttype\":\"image/png\",\"data_base64\":\""
                        + Base64.getEncoder().encodeToString(data) + "\"}");
    }

    @Test
    void textThatIsHalfASurrogateIsSpelledOut() throws InvalidJsonException {
        byte[] body = Envelope.of("\ud800", "a", TIME, bytes("1"));

        assertThat(text(body)).startsWith("{\"id\":\"\\uD800\",");
        assertThat(Json.verified(text(body))).isEqualTo(body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
