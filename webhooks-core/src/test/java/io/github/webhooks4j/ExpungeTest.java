package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.history.DeliveryQuery;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The content of an event is forgotten by hand. */
class ExpungeTest {
    private final SteppedClient node = new SteppedClient().open();
    private final WebhookClient client = node.client;

    @AfterEach
    void close() {
        node.close();
    }

    private String publish(Event.Builder event) {
        String id = client.publish(event.build()).eventId();
        node.step();
        return id;
    }

    private static Event.Builder event() {
        return Event.builder("user.made").data(Map.of("name", "Ada"));
    }

    @Test
    void expungedEventIsSentToNobodyAnyMoreAndListenersAreTold() {
        node.register("a", "*");
        node.register("paused", "*");
        client.pause("paused");
        String id = publish(event());

        assertThat(client.events().expunge(id)).isTrue();
        node.step();

        EventDetails found = client.events().find(id).orElseThrow();
        assertThat(found.data()).isEmpty();
        assertThat(found.event().webhooks()).isEqualTo(2);
        List<Delivery> deliveries =
                client.deliveries().list(DeliveryQuery.all()).items();
        assertThat(deliveries)
                .extracting(Delivery::state)
                .containsExactlyInAnyOrder(DeliveryState.DELIVERED, DeliveryState.CANCELED);
        assertThat(node.ended).containsExactlyInAnyOrderElementsOf(deliveries);
        client.resume("paused");
        node.step();
        assertThat(node.requestsTo("paused")).isEmpty();
        deliveries.forEach(
                each -> assertThat(client.deliveries().redeliver(each.id())).isEqualTo(Redelivery.EVENT_GONE));
        assertThat(client.events().expunge(id)).as("again").isTrue();
    }

    @Test
    void clientOfATenantExpungesOnlyItsOwn() {
        String id = publish(event().tenant("acme"));
        publish(event().tenant("acme").id("1"));

        assertThat(client.tenant("other").events().expunge(id)).isFalse();
        assertThat(client.tenant("other").events().expunge("1")).isFalse();
        assertThat(client.events().expunge("1")).as("of no tenant").isFalse();
        assertThat(client.events().find(id).orElseThrow().data()).isNotEmpty();
        assertThat(client.tenant("acme").events().expunge("1")).isTrue();
        assertThat(client.events().expunge(id)).isTrue();
        assertThat(client.events().find(id).orElseThrow().data()).isEmpty();
    }

    @Test
    void whatIsNoEventIsNotExpunged() {
        assertThat(client.events().expunge("nothing")).isFalse();
        assertThat(client.events().expunge("\0")).isFalse();
        assertThatThrownBy(() -> client.events().expunge(null)).isInstanceOf(NullPointerException.class);
    }
}
