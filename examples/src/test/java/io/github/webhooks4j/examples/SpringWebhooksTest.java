package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.StaleWebhookException;
import io.github.webhooks4j.Webhook;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of webhooks in a Spring transaction takes effect with its commit. */
@ParameterizedClass
@EnumSource(SpringDatabase.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringWebhooksTest {
    private static final Executor ANOTHER_THREAD = task -> new Thread(task, "another").start();

    @Parameter
    SpringDatabase database;

    private SpringHost host;

    @BeforeEach
    void open() throws IOException, SQLException {
        host = new SpringHost(database.open());
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void registeredTakesEffectWithTheCommit() {
        host.required().executeWithoutResult(status -> {
            host.webhooks.register(host.webhook("new", "*").build());

            assertThat(host.webhooks.find("new")).isPresent();
            assertThat(findElsewhere("new")).isEmpty();
            assertThat(deliveriesElsewhere("a")).isEqualTo(1);
            assertThat(host.publish("b").deliveries()).isEqualTo(1); // not even within the transaction
        });

        assertThat(host.webhooks.find("new")).isPresent();
        awaitDeliveries(2);
    }

    @Test
    void registeredAndRolledBackWasNeverThere() {
        host.required().executeWithoutResult(status -> {
            host.webhooks.register(host.webhook("new", "*").build());
            status.setRollbackOnly();
        });

        assertThat(host.webhooks.find("new")).isEmpty();
        awaitViewOfEverything();
        assertThat(deliveriesElsewhere("a")).isEqualTo(2); // all and fence
        assertThat(host.webhooks.register(host.webhook("new", "*").build())).isNotNull();
    }

    @Test
    void updatedTakesEffectWithTheCommit() {
        host.required().executeWithoutResult(status -> {
            host.webhooks.update(subscribed("invoice.paid"));

            assertThat(deliveriesElsewhere("a")).isEqualTo(1);
        });

        awaitDeliveries(0);
    }

    @Test
    void updatedAndRolledBackStaysAsItWas() {
        host.required().executeWithoutResult(status -> {
            host.webhooks.update(subscribed("invoice.paid"));
            status.setRollbackOnly();
        });

        assertThat(host.webhooks.find("all").orElseThrow().events()).containsExactly("*");
        awaitViewOfEverything();
        assertThat(deliveriesElsewhere("a")).isEqualTo(2); // all and fence
        host.webhooks.update(subscribed("order.*"));
    }

    @Test
    void readBeforeATransactionThatChangedItIsStale() {
        Webhook before = subscribed("invoice.paid");
        host.required().executeWithoutResult(status -> host.webhooks.update(subscribed("order.*")));

        host.required()
                .executeWithoutResult(status -> assertThatThrownBy(() -> host.webhooks.update(before))
                        .isInstanceOf(StaleWebhookException.class));
    }

    @Test
    void removedTakesEffectWithTheCommit() {
        host.webhooks.register(host.webhook("later", "later").build());
        host.webhooks.publish(Event.builder("later")
                .data(Map.of())
                .deliverAt(Instant.parse("2100-01-01T00:00:00Z"))
                .build());
        int before = host.pending().size();

        host.required().executeWithoutResult(status -> {
            assertThat(host.webhooks.remove("all")).isTrue();
            assertThat(host.webhooks.remove("later")).isTrue();

            assertThat(host.webhooks.find("all")).isEmpty();
            assertThat(findElsewhere("all")).isPresent();
            assertThat(deliveriesElsewhere("a")).isEqualTo(1);
        });

        assertThat(before).isEqualTo(2);
        awaitDeliveries(0);
        await().until(() -> host.pending().isEmpty());
    }

    @Test
    void removedAndRolledBackIsStillThere() {
        host.required().executeWithoutResult(status -> {
            host.webhooks.remove("all");
            status.setRollbackOnly();
        });

        awaitViewOfEverything();
        assertThat(deliveriesElsewhere("a")).isEqualTo(2); // all and fence
    }

    private Webhook subscribed(String type) {
        return host.webhooks.find("all").orElseThrow().toBuilder().events(type).build();
    }

    private Optional<Webhook> findElsewhere(String id) {
        return CompletableFuture.supplyAsync(() -> host.webhooks.find(id), ANOTHER_THREAD)
                .join();
    }

    /** How many webhooks an event of this id, published by another thread, goes to. */
    private int deliveriesElsewhere(String id) {
        return CompletableFuture.supplyAsync(() -> host.publish(id).deliveries(), ANOTHER_THREAD)
                .join();
    }

    private void awaitDeliveries(int deliveries) {
        await().until(() ->
                host.webhooks.publish(Event.of("order.placed", Map.of())).deliveries() == deliveries);
    }

    /** Has the node read all changes: one that follows them in a transaction of its own has been seen. */
    private void awaitViewOfEverything() {
        host.required()
                .executeWithoutResult(status ->
                        host.webhooks.register(host.webhook("fence", "*").build()));
        awaitDeliveries(2);
    }
}
