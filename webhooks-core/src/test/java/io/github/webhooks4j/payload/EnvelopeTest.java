package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final Instant TIME = Instant.parse("2026-01-15T12:00:00.120Z");

    @Test
    void bodyHasIdTypeTimestampAndDataInThisOrder() {
        assertThat(text(Envelope.of("evt_1", "invoice.paid", TIME, bytes("{\"a\":1}"))))
                .isEqualTo("{\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"timestamp\":\"2026-01-15T12:00:00.120Z\","
                        + "\"data\":{\"a\":1}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", " { \"n\" : 1.10 } ", "\"\ud83d\ude00\"", "[1e2,\r\n2]"})
    void dataKeepsItsBytes(String data) {
        assertThat(text(Envelope.of("evt_1", "a", TIME, bytes(data)))).endsWith("\"data\":" + data + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "\\", "a\"b\\c", "\u0000\n\u001f", "\u00e4\u20ac", "\ud83d\ude00", "\u2028"})
    void idAndTypeAreEscaped(String text) throws InvalidJsonException {
        String body = text(Envelope.of(text, text, TIME, bytes("1")));

        assertThat(bytes(body)).isEqualTo(Json.verified(body));
        assertThat(Json.read(body, Parts.class)).isEqualTo(new Parts(text, text, TIME.toString(), 1));
    }

    public record Parts(String id, String type, String timestamp, int data) {}

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
