package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.WebhookClient.Backlog;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.machine.SteppedMachine;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of deliveries that were held for a webhook when it is resumed without them. */
class DiscardedBacklogTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SteppedClient node = new SteppedClient(
            settings -> settings.concurrencyPerWebhook(1).retryPolicy(RetryPolicy.fixed(Duration.ofHours(1), 1_000)));

    @AfterEach
    void close() {
        node.close();
    }

    private void register() {
        node.open().register("a", "*");
        node.clock.advance(SECOND);
    }

    private Publication publish(String id) {
        return node.client.publish(Event.builder("n").id(id).build());
    }

    private List<String> sent() {
        return node.requestsTo("a").stream()
                .map(request -> request.headers().get("webhook-id"))
                .toList();
    }

    @Test
    void heldDeliveriesCanBeDiscarded() {
        register();
        node.client.pause("a");
        publish("old");

        node.clock.advance(Duration.ofMillis(1));
        node.client.resume("a", Backlog.DISCARD);
        publish("new");
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).containsExactly("new");
        assertThat(Histories.find(node.store, Optional.empty(), "old", "a")
                        .orElseThrow()
                        .state())
                .isEqualTo(DeliveryState.CANCELED);
    }

    /** What happens while the first request is under way, and the second delivery waits behind it. */
    private void whileOneIsSent(Runnable happens) {
        node.open()
                .client
                .register(SteppedClient.webhook("a", "*").concurrency(1).build());
        node.clock.advance(SECOND);
        node.transport.answerAll(request -> {
            if ("first".equals(request.headers().get("webhook-id"))) {
                publish("waits");
                node.clock.advance(Duration.ofMillis(1));
                happens.run();
            }
            return Answer.of(200);
        });
        publish("first");
    }

    @Test
    void whatWaitsInMemoryIsDiscardedToo() {
        whileOneIsSent(() -> {
            node.client.pause("a");
            node.client.resume("a", Backlog.DISCARD);
        });
        publish("new");
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).containsExactly("first", "new");
    }

    /** All of it within a second, in which this node has not looked. */
    @Test
    void whatAnotherNodeDiscardsIsNotSentByTheNodeThatHoldsIt() {
        whileOneIsSent(() -> {
            try (SteppedClient other = new SteppedClient(node)) {
                other.open().client.pause("a");
                other.client.resume("a", Backlog.DISCARD);
                other.keepHouse();
            }
            node.clock.advance(SECOND);
            node.client.engine().step();
        });
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).containsExactly("first");
    }

    @Test
    void nothingIsDiscardedAfterAnotherNodeHasResumed() {
        register();
        node.client.pause("a");
        for (int i = 0; i < 700; i++) {
            publish("held-" + i);
        }
        node.client.resume("a", Backlog.DELIVER);
        try (SteppedClient late = new SteppedClient(node)) {
            late.open().client.resume("a", Backlog.DISCARD);
        }
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).hasSize(700);
    }

    /** What is held is many pages long, and more is published after each of them. */
    @Test
    void nothingIsDiscardedThatIsPublishedAfterwards() {
        register();
        node.client.pause("a");
        for (int i = 0; i < 1700; i++) {
            publish("held-" + i);
        }
        node.clock.advance(Duration.ofMillis(1));
        node.client.resume("a", Backlog.DISCARD);
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            published.add("new-" + i);
            publish("new-" + i);
            node.client.housekeeping().step();
        }
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).containsExactlyInAnyOrderElementsOf(published);
        assertThat(node.ended)
                .filteredOn(delivery -> delivery.state() == DeliveryState.CANCELED)
                .hasSize(1700);
        assertThat(node.store
                        .documents()
                        .find(DocumentKind.WEBHOOK, "a")
                        .orElseThrow()
                        .status())
                .as("nothing is left to discard")
                .doesNotContain("\"discardBefore\":\"");
    }

    /** The node that was told to discard has died; another goes on, and claims nothing of it meanwhile. */
    @Test
    void anotherNodeGoesOnWithWhatIsToBeDiscarded() {
        register();
        node.client.pause("a");
        for (int i = 0; i < 700; i++) {
            publish("held-" + i);
        }
        node.clock.advance(Duration.ofMillis(1));
        try (SteppedClient dies = new SteppedClient(node)) {
            dies.client.resume("a", Backlog.DISCARD);
        }
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).isEmpty();
        assertThat(node.ended).hasSize(700).extracting(Delivery::state).containsOnly(DeliveryState.CANCELED);
        publish("new");
        node.step();
        assertThat(sent()).containsExactly("new");
    }

    /** Its breaker opens before the sweep has come to what was held, which is older than all that a probe could be made with. */
    @Test
    void whatIsDiscardedIsNotSentToSeeWhetherTheReceiverIsBack() {
        register();
        node.client.pause("a");
        publish("old");
        node.clock.advance(Duration.ofMillis(1));
        node.client.resume("a", Backlog.DISCARD);
        node.transport.answerAll(request -> Answer.of(503));
        for (int i = 0; i < 10; i++) {
            publish("new-" + i);
            node.client.engine().recorder().write();
        }
        assertThat(node.store
                        .documents()
                        .find(DocumentKind.WEBHOOK, "a")
                        .orElseThrow()
                        .status())
                .contains("\"discardBefore\":\"", "\"brokenUntil\":1");

        for (int i = 0; i < 300; i++) {
            node.clock.advance(SECOND);
            node.client.engine().step();
            node.client.engine().recorder().write();
        }
        assertThat(sent()).hasSize(10).doesNotContain("old");

        node.keepHouse();
        node.elapse(Duration.ofMinutes(1));
        assertThat(sent()).doesNotContain("old");
    }

    /** Each look reads the store's clock. Nothing can be too old within two weeks, which is no reason to look every second. */
    @Test
    void webhookThatWasResumedLatelyIsLookedAtOnceAnHour() {
        AtomicInteger readings = new AtomicInteger();
        try (SteppedClient client = new SteppedClient(settings ->
                settings.store(new ForwardingStore(ManualStore.on(((SteppedMachine) settings.machine).clock())) {
                    @Override
                    public Instant now() {
                        readings.incrementAndGet();
                        return super.now();
                    }
                }))) {
            client.open().register("a", "*");
            client.client.pause("a");
            client.client.resume("a", Backlog.DELIVER);
            client.client.pause("a");
            client.client.publish(Event.of("n", "held"));
            readings.set(0);

            client.elapse(Duration.ofSeconds(50));

            assertThat(readings).hasValue(1);
        }
    }
}
