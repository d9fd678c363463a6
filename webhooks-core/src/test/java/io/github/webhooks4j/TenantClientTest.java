package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.EventQuery;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client of one tenant does for it; that it does nothing to others is in the contract. */
class TenantClientTest {
    private final SteppedClient node = new SteppedClient().open();
    private final WebhookClient all = node.client;
    private final WebhookClient acme = all.tenant("acme");

    @AfterEach
    void close() {
        all.close();
    }

    private static Webhook.Builder webhook(String id) {
        return SteppedClient.webhook(id, "*");
    }

    @Test
    void eventsAndWebhooksGetTheTenant() {
        Webhook registered = acme.register(webhook("a").build());
        Publication publication = acme.publish(Event.of("invoice.paid", 1));
        acme.publishAll(List.of(Event.of("invoice.paid", 2)));
        acme.publishAsync(Event.of("invoice.paid", 3)).join();
        node.step();

        assertThat(registered.tenant()).contains("acme");
        assertThat(publication.deliveries()).isOne();
        assertThat(node.requestsTo("a")).hasSize(3);
        assertThat(acme.events().list(EventQuery.all()).items())
                .hasSize(3)
                .isEqualTo(all.events().list(EventQuery.all().tenant("acme")).items());
        assertThat(acme.deliveries().list(DeliveryQuery.all()).items())
                .extracting(Delivery::state)
                .containsOnly(DeliveryState.DELIVERED)
                .hasSize(3);
    }

    @Test
    void whatIsToldOfThisTenantIsTaken() {
        acme.register(webhook("a").tenant("acme").build());
        acme.publish(Event.builder("invoice.paid").tenant("acme").build());
        node.step();

        assertThat(acme.check(webhook("b").tenant("acme").build())).isEmpty();
        assertThat(acme.preview(
                                webhook("b").build(),
                                Event.builder("x").tenant("acme").build())
                        .method())
                .isEqualTo("POST");
        assertThat(node.requestsTo("a")).hasSize(1);
    }

    @Test
    void ownWebhookIsChangedInEveryWay() {
        acme.register(webhook("a").build());

        assertThat(acme.find("a")).isPresent();
        assertThat(acme.list(WebhookQuery.all()).items()).hasSize(1);
        assertThat(acme.update(acme.find("a").orElseThrow().toBuilder()
                                .name("Orders")
                                .build())
                        .name())
                .contains("Orders");
        assertThat(acme.pause("a").state()).isEqualTo(Webhook.State.PAUSED);
        assertThat(acme.resume("a").state()).isEqualTo(Webhook.State.ACTIVE);
        assertThat(acme.disable("a").state()).isEqualTo(Webhook.State.DISABLED);
        assertThat(acme.resume("a", WebhookClient.Backlog.DISCARD).state()).isEqualTo(Webhook.State.ACTIVE);
        assertThat(acme.rotateSecret("a", Duration.ZERO)).isNotEqualTo(SteppedClient.SECRET);
        assertThat(acme.remove("a")).isTrue();
        assertThat(acme.find("a")).isEmpty();
    }

    @Test
    void ownDeliveryIsSentAgainAndOwnSignersAreUsed() {
        acme.signers().save("ours", Signer.bearer(SteppedClient.SECRET));
        acme.register(Webhook.builder(SteppedClient.url("a"))
                .id("a")
                .events("*")
                .signer(Signer.shared("ours"))
                .build());
        node.transport.answer(SteppedClient.url("a"), Answer.of(500), Answer.of(500), Answer.of(500));
        acme.publish(Event.of("x", 1));
        node.step();
        node.elapse(Duration.ofSeconds(10));
        node.elapse(Duration.ofMinutes(6));
        Delivery exhausted = acme.deliveries().list(DeliveryQuery.all()).items().get(0);
        assertThat(exhausted.state()).isEqualTo(DeliveryState.EXHAUSTED);

        assertThat(acme.deliveries().redeliver(exhausted.id())).isEqualTo(Redelivery.DUE);
        node.elapse(Duration.ofSeconds(2));

        assertThat(acme.deliveries()
                        .find(exhausted.id())
                        .orElseThrow()
                        .delivery()
                        .state())
                .isEqualTo(DeliveryState.DELIVERED);
        assertThat(node.requestsTo("a").get(0).headers())
                .containsEntry("Authorization", "Bearer " + SteppedClient.SECRET.reveal());
    }

    @Test
    void eventOrWebhookOfAnotherTenantIsRefusedWithoutItsName() {
        Event event = Event.builder("x").tenant("globex").build();

        assertThatThrownBy(() -> acme.publish(event))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage("tenant is not that of this client, acme; leave it out, and it is set to that");
        assertThatThrownBy(() -> acme.publishAll(List.of(Event.of("x", 1), event)))
                .isInstanceOf(InvalidEventException.class);
        assertThatThrownBy(() -> acme.publishAsync(event)).isInstanceOf(InvalidEventException.class);
        assertThatThrownBy(() -> acme.register(webhook("a").tenant("globex").build()))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessage("tenant is not that of this client, acme; leave it out, and it is set to that");
        assertThat(all.events().list(EventQuery.all()).items()).isEmpty();
        assertThat(all.list(WebhookQuery.all()).items()).isEmpty();
    }

    @Test
    void webhookThatWasReadElsewhereIsNeitherUpdatedNorTaken() {
        Webhook nobodys = all.register(webhook("n").build());
        Webhook globexs = all.register(webhook("g").tenant("globex").build());

        assertThatThrownBy(() -> acme.update(nobodys.toBuilder().name("mine").build()))
                .isInstanceOf(StaleWebhookException.class)
                .hasMessageStartingWith("there is no webhook \"n\"");
        assertThatThrownBy(() -> acme.update(globexs.toBuilder().name("mine").build()))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageStartingWith("tenant ");
        assertThatThrownBy(() -> acme.register(nobodys))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageStartingWith("id is taken");
        assertThat(all.find("n").orElseThrow().version()).isOne();
        assertThat(all.find("g").orElseThrow().version()).isOne();
    }

    @Test
    void clientsOfTheSameTenantAreEqualAndOthersAreRefused() {
        assertThat(acme)
                .isEqualTo(all.tenant("acme"))
                .hasSameHashCodeAs(all.tenant("acme"))
                .isEqualTo(acme.tenant("acme"))
                .isNotEqualTo(all.tenant("Acme"))
                .isNotEqualTo(all)
                .hasToString("WebhookClient[tenant=acme]");
        assertThatThrownBy(() -> acme.tenant("globex"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this client is confined to the tenant acme; for another one, ask the client that it was"
                        + " made from");
        assertThatThrownBy(() -> acme.signers("globex")).isInstanceOf(IllegalArgumentException.class);
        assertThat(acme.signers("acme")).isSameAs(acme.signers());
        for (String name : List.of("", "a b", "a/b", "x".repeat(65), "a\n")) {
            assertThatThrownBy(() -> all.tenant(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("it must be 1 to 64 letters, digits, _ or -");
        }
    }

    @Test
    void othersGoOnWhenAClientOfATenantIsClosed() {
        all.register(webhook("a").build());
        acme.close();
        all.publish(Event.of("x", 1));
        node.step();

        assertThat(node.requestsTo("a")).hasSize(1);
        assertThat(acme.list(WebhookQuery.all()).items()).isEmpty();
    }

    @Test
    void itIsStartedByTheClientThatItWasMadeFrom() {
        assertThatThrownBy(acme::start)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageEndingWith("call start() of the client that it was made from");
    }

    @Test
    void itIsClosedWithTheClientThatItWasMadeFrom() {
        all.close();

        for (Runnable verb : List.<Runnable>of(
                () -> acme.publish(Event.of("x", 1)),
                () -> acme.register(webhook("a").build()),
                () -> acme.check(webhook("a").build()),
                () -> acme.find("a"),
                () -> acme.deliveries(),
                () -> acme.events(),
                () -> acme.signers(),
                () -> acme.signers("acme"),
                () -> acme.tenant("acme"),
                () -> acme.start(),
                () -> all.tenant("acme"))) {
            assertThatThrownBy(verb::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("the client is closed");
        }
        acme.close();
    }

    // ---- an id that had another tenant before

    @Test
    void deliveryOfATenantIsNeverSentToTheTenantThatHasItsWebhooksIdNow() {
        all.register(webhook("a").tenant("globex").build());
        all.pause("a");
        all.publish(Event.builder("x").tenant("globex").build());
        Delivery delivery = all.deliveries().list(DeliveryQuery.all()).items().get(0);
        node.elapse(Duration.ofSeconds(1));
        all.remove("a");
        node.elapse(Duration.ofSeconds(1));
        assertThat(all.deliveries().find(delivery.id()).orElseThrow().delivery().state())
                .isEqualTo(DeliveryState.CANCELED);
        node.clock.advance(Duration.ofDays(2));
        node.step();
        acme.register(webhook("a").build());

        assertThat(all.deliveries().redeliver(delivery.id())).isEqualTo(Redelivery.NO_WEBHOOK);
        assertThat(all.deliveries().recover(DeliveryQuery.all()).run()).isOne();
        node.elapse(Duration.ofSeconds(2));

        assertThat(node.requestsTo("a")).isEmpty();
        assertThat(acme.deliveries().list(DeliveryQuery.all()).items()).isEmpty();
    }
}
