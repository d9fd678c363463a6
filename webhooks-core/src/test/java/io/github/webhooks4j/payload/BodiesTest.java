package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static EventContent call(String type, String data) {
        return new EventContent("evt_1", type, TIME, bytes(data));
    }

    @Test
    void apiCallWithASecret() {
        byte[] body = ApiCallBody.of(
                call(
                        "event-1",
                        "{\"triggerId\":1,\"request\":{\"tag\":\"tag-1\",\"method\":\"post\",\"url\":\"/api/v01/some/url/path\","
                                + "\"body\":{\"foo\":\"bar\"}},\"response\":{\"status\":200,\"body\":{}}}"),
                "70195486-8934-4a31-a504-a97a72c7f322",
                "secret-1");

        assertThat(text(body))
                .isEqualTo(
                        "{\"event\":{\"id\":1,\"label\":\"event-1\"},\"id\":\"70195486-8934-4a31-a504-a97a72c7f322\","
                                + "\"request\":{\"tag\":\"tag-1\",\"method\":\"post\",\"url\":\"/api/v01/some/url/path\","
                                + "\"body\":{\"foo\":\"bar\"}},\"response\":{\"status\":200,\"body\":{}},\"secret\":\"secret-1\"}");
    }

    @Test
    void apiCallKeepsNumbersAndHalfSurrogates() {
        byte[] body = ApiCallBody.of(
                call(
                        "a",
                        "{\"triggerId\":2,\"request\":{\"n\":[1.10,-0,1e2,1E400],\"s\":\"\\uD800\"},\"response\":{}}"),
                "id",
                null);

        assertThat(text(body))
                .isEqualTo("{\"event\":{\"id\":2,\"label\":\"a\"},\"id\":\"id\","
                        + "\"request\":{\"n\":[1.10,-0,1e2,1E400],\"s\":\"\\uD800\"},\"response\":{}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1", "{}", "null", "{\"triggerId\":1,\"request\":{}}", "{\"request\":{},\"response\":{}}", "x"})
    void whatIsNoApiCallIsRefused(String data) {
        assertThatThrownBy(() -> ApiCallBody.of(call("a", data), "id", null))
                .isInstanceOf(RenderException.class)
                .hasMessageContaining("not an API call");
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
