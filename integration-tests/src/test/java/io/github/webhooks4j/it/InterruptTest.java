package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt in the wrong place makes H2 close its file for everybody. */
class InterruptTest {
    private static final int EVENTS = 300;

    @TempDir
    Path folder;

    private static WebhookClient client(Database database) {
        return WebhookClient.builder()
                .store(database.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .requestTimeout(Duration.ofSeconds(20))
                .build();
    }

    @Test
    void publisherThatIsInterruptedAgainAndAgainPublishesAllTheSame() throws Exception {
        try (Database database = Database.inFolder(folder);
                WebhookClient client = client(database)) {
            client.register(Webhook.builder("http://127.0.0.1:9999/")
                    .id("a")
                    .events("*")
                    .unsigned()
                    .build());
            Thread publisher = Thread.currentThread();
            AtomicBoolean done = new AtomicBoolean();
            Thread pest = new Thread(() -> {
                while (!done.get()) {
                    publisher.interrupt();
                    Thread.onSpinWait();
                }
            });
            pest.start();
            try {
                for (int i = 0; i < EVENTS; i++) {
                    client.publish(Event.of("x", i));
                }
            } finally {
                done.set(true);
                while (pest.isAlive()) {
                    Thread.onSpinWait();
                }
            }
            assertThat(Thread.interrupted()).isTrue();

            assertThat(database.pending()).isEqualTo(EVENTS);
        }
    }

    @Test
    void closeOnAnInterruptedThreadRecordsWhatWasSent() throws Exception {
        AtomicInteger received = new AtomicInteger();
        try (Receiver receiver = Receiver.start(request -> {
                    received.incrementAndGet();
                    return 200;
                });
                Database database = Database.inFolder(folder)) {
            WebhookClient client = client(database).start();
            client.register(Webhook.builder(receiver.url("/a"))
                    .id("a")
                    .events("*")
                    .unsigned()
                    .build());
            for (int i = 0; i < EVENTS; i++) {
                client.publish(Event.of("x", i));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> received.get() > 0);

            Thread.currentThread().interrupt();
            client.close();

            assertThat(Thread.interrupted()).isTrue();
            int sent = received.get();
            assertThat(database.delivered()).isEqualTo(sent);
            assertThat(database.pending()).isEqualTo(EVENTS - sent);
        }
    }
}
