package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.store.DeliveryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long events and the history are kept. */
class RetentionSettingsTest {
    private static WebhookClient.Builder builder() {
        return WebhookClient.builder().store(DeliveryStore.inMemory()).transport(new FakeTransport());
    }

    @ParameterizedTest
    @CsvSource({
        "PT59M, P90D, eventRetention is PT59M; it must be 1 hour to 3650 days",
        "PT0S, P90D, eventRetention is 0 days; it must be 1 hour to 3650 days",
        "P-1D, P90D, eventRetention is -1 days; it must be 1 hour to 3650 days",
        "P3651D, P90D, eventRetention is 3651 days; it must be 1 hour to 3650 days",
        "P30D, P3651D, historyRetention is 3651 days; it must be 1 hour to 3650 days",
        "P180D, P90D, 'historyRetention is 90 days and eventRetention 180 days; set historyRetention to 180 days or more,"
                + " or a replay would send again what was delivered'"
    })
    void retentionsOutOfRangeAreRefused(Duration events, Duration history, String message) {
        WebhookClient.Builder builder = builder().historyRetention(history).eventRetention(events);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"PT1H, PT1H", "P3650D, P3650D", "P1D, P90D"})
    void retentionsWithinTheRangeAreTaken(Duration events, Duration history) {
        assertThatCode(() -> builder()
                        .eventRetention(events)
                        .historyRetention(history)
                        .build()
                        .close())
                .doesNotThrowAnyException();
    }

    @Test
    void clientForgetsOldEventsAndLaterWhatBecameOfTheirDeliveries() {
        try (SteppedClient node = new SteppedClient(
                        settings -> settings.eventRetention(Duration.ofDays(1)).historyRetention(Duration.ofDays(2)))
                .open()) {
            node.register("a", "*");
            node.client.publish(event());
            node.step();
            Delivery delivery = all(node).get(0);
            assertThat(delivery.state()).isEqualTo(DeliveryState.DELIVERED);

            node.elapse(Duration.ofHours(23));
            assertThat(node.client.publish(event()).duplicate()).isTrue();
            node.elapse(Duration.ofHours(2));
            assertThat(all(node)).containsExactly(delivery);
            assertThat(node.client.deliveries().redeliver(delivery.id())).isEqualTo(Redelivery.EVENT_GONE);
            node.elapse(Duration.ofHours(24));
            assertThat(all(node)).isEmpty();
            assertThat(node.client.publish(event()).duplicate()).isFalse();
        }
    }

    @Test
    void clientThatIsNotStartedForgetsNothing() {
        try (SteppedClient node = new SteppedClient(settings -> settings.eventRetention(Duration.ofDays(1)))) {
            node.client.publish(event());
            node.clock.advance(Duration.ofDays(100));
            node.keepHouse();

            assertThat(node.client.publish(event()).duplicate()).isTrue();
        }
    }

    private static Event event() {
        return Event.builder("x").id("1").data(Map.of()).build();
    }

    private static List<Delivery> all(SteppedClient node) {
        return node.client.deliveries().list(DeliveryQuery.all()).items();
    }
}
