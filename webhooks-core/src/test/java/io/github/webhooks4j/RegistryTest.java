package io.github.webhooks4j;

import io.github.webhooks4j.store.DocumentKind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.StoreException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a node learns of what others changed, also when they committed it late. */
class RegistryTest {
    private final ManualClock clock = new ManualClock();
    private final DeliveryStore others = ManualStore.on(clock);
    private final List<String> removed = new ArrayList<>();
    private final List<String> mended = new ArrayList<>();
    private boolean listsFail;
    private final Registry registry = new Registry(
            blindForChanges(),
            new SharedSigners(),
            new StoreClock(clock),
            clock,
            new Extensions(Map.of(), Map.of()),
            EgressPolicy.strict(),
            removed::add,
            mended::add);

    /** A store whose changes carry times so old, when they become visible, that no look for changes finds them. */
    private boolean blind = true;

    private DeliveryStore blindForChanges() {
        return (DeliveryStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DeliveryStore.class}, (proxy, method, arguments) -> {
                    if (blind && method.getName().equals("webhooksChangedSince")) {
                        return List.of();
                    }
                    if (listsFail && method.getName().equals("listWebhooks")) {
                        throw new StoreException("away", true, new IllegalStateException());
                    }
                    Object answer = method.invoke(others, arguments);
                    return keyIsAway ? withoutSecrets(answer) : answer;
                });
    }

    private WebhookRow save(String id) {
        WebhookSettings webhook =
                (WebhookSettings) SteppedClient.webhook(id, "*").build();
        return others.documents().save(WebhookDocument.write(webhook), List.of()).orElseThrow();
    }

    private List<String> matches() {
        return registry.match(Optional.empty(), "t").stream()
                .map(WebhookSettings::id)
                .toList();
    }

    private void refreshAfter(Duration duration) {
        clock.advance(duration);
        registry.refresh();
    }

    @Test
    void whatWasCommittedTooLateToBeSeenAsAChangeIsSeenWithinFiveMinutes() {
        save("a");
        registry.refresh();
        save("b");
        others.documents().remove(DocumentKind.WEBHOOK, "a", List.of());

        refreshAfter(Duration.ofMinutes(4));
        assertThat(matches()).containsExactly("a");
        refreshAfter(Duration.ofMinutes(1));

        assertThat(matches()).containsExactly("b");
        assertThat(removed).containsExactly("a");
        assertThat(registry.isRemoved("a")).isTrue();
    }

    @Test
    void changeThatWasSeenCountsThoughReadingEverythingFails() {
        save("a");
        registry.refresh();
        assertThat(matches()).containsExactly("a");
        clock.advance(Duration.ofMinutes(5));
        save("b");
        blind = false;
        listsFail = true;
        assertThatThrownBy(registry::refresh).isInstanceOf(StoreException.class);
        listsFail = false;

        registry.refresh();

        assertThat(matches()).containsExactly("a", "b");
    }

    /** The secrets of webhooks are missing from their rows, as if their key could not be fetched. */
    private boolean keyIsAway;

    private Object withoutSecrets(Object answer) {
        if (answer instanceof Optional<?> optional) {
            return optional.map(this::withoutSecrets);
        }
        if (answer instanceof List<?> list) {
            return list.stream().map(this::withoutSecrets).toList();
        }
        return !(answer instanceof WebhookRow row)
                ? answer
                : new WebhookRow(
                        row.id(),
                        row.tenant(),
                        row.state(),
                        row.version(),
                        row.changedAt(),
                        row.removed(),
                        row.settings(),
                        Map.of());
    }

    @Test
    void keyThatComesBackIsNoticedThoughNoRowWasChanged() {
        for (int i = 0; i < 25; i++) {
            save("w" + i);
        }
        keyIsAway = true;
        try (Logged log = new Logged()) {
            registry.refresh();
            refreshAfter(Duration.ofMinutes(1));
            refreshAfter(Duration.ofSeconds(1));
            assertThat(log.lines("webhook w7 cannot be sent to"))
                    .as("said once")
                    .hasSize(1);
        }
        assertThat(matches()).as("events are stored for them").hasSize(25);
        assertThat(registry.active("w7")).isNull();

        keyIsAway = false;
        refreshAfter(Duration.ofSeconds(1));
        refreshAfter(Duration.ofSeconds(1));
        refreshAfter(Duration.ofSeconds(1));

        for (int i = 0; i < 25; i++) {
            assertThat(registry.active("w" + i)).as("w" + i).isNotNull();
        }
    }

    @Test
    void readingEverythingForgetsNothingThatThisNodeHasJustStored() {
        registry.refresh();
        clock.advance(Duration.ofMinutes(5));
        WebhookRow fresh = save("fresh");
        registry.put(fresh);
        others.documents().remove(DocumentKind.WEBHOOK, "fresh", List.of()); // as if it were not yet there to be read

        registry.refresh();

        assertThat(matches()).containsExactly("fresh");
    }
}
