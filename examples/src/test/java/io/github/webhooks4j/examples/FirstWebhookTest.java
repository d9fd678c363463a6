package io.github.webhooks4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.signing.Message;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class FirstWebhookTest {
    private static final Path SOURCE = Path.of("src/main/java/io/github/webhooks4j/examples/FirstWebhook.java");

    @Test
    void arrivesAndIsVerified() throws IOException, InterruptedException {
        Message message = FirstWebhook.run();

        assertThat(message).isNotNull();
        assertThat(new String(message.body(), UTF_8))
                .startsWith("{\"id\":\"" + message.id() + "\",\"type\":\"invoice.paid\",")
                .contains("\"invoice\":\"in_42\"");
    }

    @Test
    void theReadmeShowsThisCode() throws IOException {
        ReadmeCode.shows(SOURCE);
    }
}
