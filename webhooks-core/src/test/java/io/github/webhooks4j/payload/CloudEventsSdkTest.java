package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.jackson.JsonFormat;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents as the SDK of those who specify them reads them. */
class CloudEventsSdkTest {
    private static final Instant TIME = Instant.parse("2026-01-15T12:30:00.123Z");
    private static final String SOURCE = "https://example.com/shop?a=b";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static CloudEvent read(byte[] body) {
        assertThat(JsonFormat.CONTENT_TYPE).isEqualTo(CloudEventBody.CONTENT_TYPE);
        CloudEvent event = new JsonFormat().deserialize(body);
        assertThat(event.getSpecVersion()).isEqualTo(SpecVersion.V1);
        assertThat(event.getId()).isEqualTo("evt_1");
        assertThat(event.getType()).isEqualTo("invoice.paid");
        assertThat(event.getSource()).isEqualTo(URI.create(SOURCE));
        assertThat(Objects.requireNonNull(event.getTime()).toInstant()).isEqualTo(TIME);
        assertThat(event.getExtensionNames()).isEmpty();
        return event;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":1,\"s\":\"\u00e9 \uD83D\uDE00 \\\"\",\"a\":[true,null,{}]}",
                "[]",
                "\"text\"",
                "null",
                "17",
                "\"\""
            })
    void jsonDataIsRead(String data) throws Exception {
        byte[] body = CloudEventBody.of(new EventContent("evt_1", "invoice.paid", TIME, data.getBytes(UTF_8)), SOURCE);

        CloudEvent event = read(body);

        assertThat(event.getDataContentType()).isEqualTo("application/json");
        byte[] read = event.getData() == null
                ? "null".getBytes(UTF_8)
                : event.getData().toBytes();
        assertThat(MAPPER.readTree(read)).isEqualTo(MAPPER.readTree(data));
    }

    @Test
    void bytesAreRead() {
        byte[] data = {0, (byte) 0xff, 13, 10, 127};

        CloudEvent event = read(CloudEventBody.ofBytes("evt_1", "invoice.paid", TIME, SOURCE, "image/png", data));

        assertThat(event.getDataContentType()).isEqualTo("image/png");
        assertThat(Objects.requireNonNull(event.getData()).toBytes()).isEqualTo(data);
    }
}
