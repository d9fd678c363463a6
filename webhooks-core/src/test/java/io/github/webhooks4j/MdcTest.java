package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Which ids the log shows while code of the application's runs for a delivery. */
class MdcTest {
    private final MdcInUse mdc = new MdcInUse();
    private final Map<String, Map<String, String>> seen = new LinkedHashMap<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private final SteppedClient node = new SteppedClient(settings -> {
        settings.signer("mine", message -> {
            see("signer");
            return Map.of("X-Mine", "1");
        });
        settings.retryPolicy("mine", attempt -> {
            see("retry policy");
            return Optional.empty();
        });
        settings.listener(new DeliveryListener() {
            @Override
            public void attempted(Delivery delivery, Attempt attempt) {
                see("attempted");
                deliveries.add(delivery);
            }

            @Override
            public void ended(Delivery delivery) {
                see("ended");
                MDC.clear(); // others are told the ids all the same
            }

            @Override
            public void webhookChanged(Webhook webhook) {
                see("changed");
            }
        });
        settings.listener(new DeliveryListener() {
            @Override
            public void ended(Delivery delivery) {
                see("second listener");
            }
        });
    });

    @AfterEach
    void close() {
        node.close();
        mdc.close();
    }

    private void see(String what) {
        Map<String, String> now = MDC.getCopyOfContextMap();
        seen.put(what, now == null ? Map.of() : now);
    }

    private void deliver(Optional<String> tenant) {
        node.open();
        node.transport.answerAll(request -> {
            see("transport");
            return Answer.of(500);
        });
        Webhook.Builder webhook =
                SteppedClient.webhook("a", "*").signer(Signer.custom("mine")).retryPolicy(RetryPolicy.custom("mine"));
        Event.Builder event = Event.builder("x").id("evt_1");
        tenant.ifPresent(webhook::tenant);
        tenant.ifPresent(event::tenant);
        node.client.register(webhook.build());
        node.client.publish(event.build());
        node.record();
    }

    @Test
    void requestPolicyAndListenersSeeTheIdsOfTheDelivery() {
        deliver(Optional.of("acme"));

        Map<String, String> ids = Map.of(
                "webhooks4j.delivery",
                deliveries.get(0).id(),
                "webhooks4j.event",
                "evt_1",
                "webhooks4j.webhook",
                "a",
                "webhooks4j.tenant",
                "acme");
        assertThat(seen)
                .containsEntry("signer", ids)
                .containsEntry("transport", ids)
                .containsEntry("retry policy", ids)
                .containsEntry("attempted", ids)
                .containsEntry("ended", ids)
                .containsEntry("second listener", ids)
                .containsEntry("changed", Map.of("webhooks4j.webhook", "a", "webhooks4j.tenant", "acme"));
    }

    @Test
    void withoutATenantThereIsNoneInTheMdc() {
        deliver(Optional.empty());

        assertThat(seen.get("transport"))
                .containsOnlyKeys("webhooks4j.delivery", "webhooks4j.event", "webhooks4j.webhook");
    }

    /** The thread of the test makes the second request, and calls listeners. */
    @Test
    void whatWasThereBeforeIsThereAfterwards() {
        node.open().register("b", "*");
        node.transport.answer(SteppedClient.url("b"), Answer.of(500)).answerAll(request -> {
            see("transport");
            return Answer.of(500);
        });
        node.client.publish(Event.of("x", 1));
        node.client.engine().recorder().write();
        MDC.put("host", "value");
        MDC.put("webhooks4j.event", "outer");
        MDC.put("webhooks4j.tenant", "outer");
        node.clock.advance(Duration.ofSeconds(6));
        node.client.engine().step();

        assertThat(seen.get("transport"))
                .containsEntry("host", "value")
                .doesNotContainEntry("webhooks4j.event", "outer")
                .doesNotContainKey("webhooks4j.tenant");
        assertThat(MDC.getCopyOfContextMap())
                .isEqualTo(Map.of("host", "value", "webhooks4j.event", "outer", "webhooks4j.tenant", "outer"));
        MDC.clear();
    }

    @Test
    void nothingIsLeftBehind() {
        deliver(Optional.of("acme"));

        Map<String, String> left = MDC.getCopyOfContextMap();
        assertThat(left == null ? Map.of() : left).isEmpty();
    }
}
