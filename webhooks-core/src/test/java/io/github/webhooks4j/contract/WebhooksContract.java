package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a store must hold to with webhooks. */
abstract class WebhooksContract extends StoreFixture {
    @Test
    void newWebhookGetsVersionOneAndTheTimeOfTheStore() {
        WebhookRow saved = store.saveWebhook(webhook("a", Optional.of("acme"))).orElseThrow();

        assertThat(saved.version()).isEqualTo(1);
        assertThat(saved.changedAt()).isEqualTo(store.now());
        assertThat(store.findWebhook("a")).contains(saved);
    }

    @Test
    void savedWebhookIsFoundWithAllItsParts() {
        Map<String, String> secrets = Map.of("a", "", "b\"\\", "\n\u0001/'ü€\uD83D\uDE00", "c", "${prefix} ?; --");
        String settings = "{\"name\":\"Grüße \uD83D\uDE00 'x' ? ${prefix}\",\"pad\":\"" + "x".repeat(100_000) + "\"}";

        store.saveWebhook(with(webhook("a", Optional.of("acme")), Webhook.State.PAUSED, settings, secrets));

        WebhookRow found = store.findWebhook("a").orElseThrow();
        assertThat(found.tenant()).contains("acme");
        assertThat(found.state()).isEqualTo(Webhook.State.PAUSED);
        assertThat(found.settings()).isEqualTo(settings);
        assertThat(found.secrets()).isEqualTo(secrets);
        assertThat(found.removed()).isFalse();
    }

    @Test
    void unknownWebhookIsNotFound() {
        assertThat(store.findWebhook("a")).isEmpty();
    }

    @Test
    void changedWebhookGetsTheNextVersionAndANewTime() {
        WebhookRow first = store.saveWebhook(webhook("a")).orElseThrow();
        elapse(TICK);

        WebhookRow second = store.saveWebhook(with(first, Webhook.State.DISABLED, "{}", Map.of()))
                .orElseThrow();

        assertThat(second.version()).isEqualTo(2);
        assertThat(second.changedAt()).isEqualTo(first.changedAt().plus(TICK));
        assertThat(store.findWebhook("a")).contains(second);
        assertThat(second.state())
                .as("the state is changed by saveStatus alone")
                .isEqualTo(Webhook.State.ACTIVE);
        assertThat(second.secrets()).isEmpty();
    }

    @Test
    void statusIsChangedApartFromSettings() {
        WebhookRow first = store.saveWebhook(webhook("a", Optional.of("acme"))).orElseThrow();
        elapse(TICK);
        WebhookRow paused =
                store.saveStatus("a", 0, Webhook.State.PAUSED, "{\"since\":1}").orElseThrow();

        assertThat(paused.state()).isEqualTo(Webhook.State.PAUSED);
        assertThat(paused.status()).isEqualTo("{\"since\":1}");
        assertThat(paused.statusVersion()).isEqualTo(1);
        assertThat(paused.version()).isEqualTo(first.version());
        assertThat(paused.settings()).isEqualTo(first.settings());
        assertThat(paused.secrets()).isEqualTo(first.secrets());
        assertThat(paused.changedAt()).isEqualTo(first.changedAt().plus(TICK));
        assertThat(changedSince(store.now())).containsExactly(paused);

        WebhookRow updated = store.saveWebhook(with(first, Webhook.State.ACTIVE, "{\"n\":2}", Map.of()))
                .orElseThrow();
        assertThat(updated.state()).isEqualTo(Webhook.State.PAUSED);
        assertThat(updated.statusVersion()).isEqualTo(1);
        assertThat(updated.status()).isEqualTo(paused.status());
    }

    @Test
    void oneOfManyThatChangeTheSameStatusWins() throws Exception {
        store.saveWebhook(webhook("a"));

        List<Optional<WebhookRow>> saved = inThreads(8, () -> store.saveStatus("a", 0, Webhook.State.DISABLED, "{}"));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
        assertThat(store.findWebhook("a").orElseThrow().statusVersion()).isEqualTo(1);
    }

    @Test
    void statusOfAWebhookThatIsNotThereCannotBeChanged() {
        store.saveWebhook(webhook("a"));
        store.removeWebhook("a");

        assertThat(store.saveStatus("a", 0, Webhook.State.PAUSED, "{}")).isEmpty();
        assertThat(store.saveStatus("b", 0, Webhook.State.PAUSED, "{}")).isEmpty();
    }

    @Test
    void newWebhookWithATakenIdIsRefused() {
        WebhookRow first = store.saveWebhook(webhook("a", Optional.of("acme"))).orElseThrow();

        assertThat(store.saveWebhook(webhook("a", Optional.of("other")))).isEmpty();
        assertThat(store.findWebhook("a")).contains(first);
    }

    @Test
    void changeOfAnOldVersionIsRefused() {
        WebhookRow first = store.saveWebhook(webhook("a")).orElseThrow();
        WebhookRow second = store.saveWebhook(first).orElseThrow();

        assertThat(store.saveWebhook(first)).isEmpty();
        assertThat(store.findWebhook("a")).contains(second);
    }

    @Test
    void changeOfAWebhookThatDoesNotExistIsRefused() {
        WebhookRow first = store.saveWebhook(webhook("a")).orElseThrow();
        WebhookRow other = new WebhookRow(
                "b", first.tenant(), first.state(), 1, first.changedAt(), false, first.settings(), first.secrets());

        assertThat(store.saveWebhook(other)).isEmpty();
        assertThat(store.findWebhook("b")).isEmpty();
    }

    @Test
    void oneOfManyThatChangeTheSameVersionWins() throws Exception {
        WebhookRow first = store.saveWebhook(webhook("a")).orElseThrow();

        List<Optional<WebhookRow>> saved = inThreads(8, () -> store.saveWebhook(first));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
        assertThat(store.findWebhook("a").orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void oneOfManyThatInsertTheSameIdWins() throws Exception {
        List<Optional<WebhookRow>> saved = inThreads(8, () -> store.saveWebhook(webhook("a")));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
    }

    @Test
    void webhookIdsAreCaseSensitive() {
        store.saveWebhook(webhook("a"));

        assertThat(store.findWebhook("A")).isEmpty();
        assertThat(store.saveWebhook(webhook("A"))).isPresent();
    }

    @Test
    void webhooksAreListedByTheirCharacterCodes() {
        for (String id : List.of("b", "a", "B", "_", "-", "1", "a-", "aa")) {
            store.saveWebhook(webhook(id));
        }

        assertThat(list(Optional.empty(), "", 100)).containsExactly("-", "1", "B", "_", "a", "a-", "aa", "b");
    }

    @Test
    void listContinuesAfterAnId() {
        for (String id : List.of("a", "b", "c", "d")) {
            store.saveWebhook(webhook(id));
        }

        assertThat(list(Optional.empty(), "", 2)).containsExactly("a", "b");
        assertThat(list(Optional.empty(), "b", 2)).containsExactly("c", "d");
        assertThat(list(Optional.empty(), "d", 2)).isEmpty();
    }

    @Test
    void listOfATenantHasItsWebhooksOnly() {
        store.saveWebhook(webhook("a", Optional.of("acme")));
        store.saveWebhook(webhook("b", Optional.of("Acme")));
        store.saveWebhook(webhook("c"));
        store.saveWebhook(webhook("d", Optional.of("acme")));

        assertThat(list(Optional.of("acme"), "", 100)).containsExactly("a", "d");
        assertThat(list(Optional.of("acme"), "", 1)).containsExactly("a");
        assertThat(list(Optional.empty(), "", 100)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void removedWebhookIsNeitherFoundNorListed() {
        store.saveWebhook(webhook("a"));

        assertThat(store.removeWebhook("a")).isTrue();
        assertThat(store.findWebhook("a")).isEmpty();
        assertThat(list(Optional.empty(), "", 100)).isEmpty();
    }

    @Test
    void removingTellsWhetherItWasThere() {
        store.saveWebhook(webhook("a"));

        assertThat(store.removeWebhook("b")).isFalse();
        assertThat(store.removeWebhook("a")).isTrue();
        assertThat(store.removeWebhook("a")).isFalse();
    }

    @Test
    void removedWebhookIsReportedAsAChangeWithoutItsSecrets() {
        WebhookRow saved = store.saveWebhook(webhook("a", Optional.of("acme"))).orElseThrow();
        elapse(TICK);
        store.removeWebhook("a");

        WebhookRow row = changedSince(store.now()).get(0);
        assertThat(row.id()).isEqualTo("a");
        assertThat(row.removed()).isTrue();
        assertThat(row.version()).isGreaterThan(saved.version());
        assertThat(row.secrets()).isEmpty();
        assertThat(row.settings()).doesNotContain("n");
    }

    @Test
    void idOfARemovedWebhookStaysTakenForADay() {
        store.saveWebhook(webhook("a"));
        store.removeWebhook("a");
        elapse(Duration.ofHours(23));

        assertThat(store.saveWebhook(webhook("a"))).isEmpty();
        elapse(Duration.ofHours(2));
        changedSince(store.now());
        assertThat(store.saveWebhook(webhook("a"))).isPresent();
        assertThat(store.findWebhook("a")).isPresent();
    }

    @Test
    void removalIsNewerThanEveryChangeOfTheStateBefore() {
        store.saveWebhook(webhook("a"));
        store.saveStatus("a", 0, Webhook.State.PAUSED, "{}");
        store.saveStatus("a", 1, Webhook.State.ACTIVE, "{}");
        store.removeWebhook("a");

        assertThat(store.webhooksChangedSince(Instant.EPOCH)).singleElement().satisfies(row -> {
            assertThat(row.removed()).isTrue();
            assertThat(row.version() + row.statusVersion()).isEqualTo(4);
        });
    }

    @Test
    void removedWebhookCannotBeChanged() {
        WebhookRow saved = store.saveWebhook(webhook("a")).orElseThrow();
        store.removeWebhook("a");
        long version = changedSince(Instant.EPOCH).get(0).version();

        assertThat(store.saveWebhook(saved)).isEmpty();
        assertThat(store.saveWebhook(
                        new WebhookRow("a", NO_TENANT, saved.state(), version, store.now(), false, "{}", Map.of())))
                .isEmpty();
    }

    @Test
    void changesAreReportedFromTheInstantOnIncludingIt() {
        store.saveWebhook(webhook("a"));
        elapse(TICK);
        Instant since = store.now();
        store.saveWebhook(webhook("b"));
        elapse(TICK);
        store.saveWebhook(webhook("c"));

        assertThat(changedSince(since)).extracting(WebhookRow::id).containsExactlyInAnyOrder("b", "c");
        assertThat(changedSince(since.plus(TICK))).extracting(WebhookRow::id).containsExactly("c");
        assertThat(changedSince(since.plus(TICK).plus(TICK))).isEmpty();
        assertThat(changedSince(Instant.EPOCH)).hasSize(3);
    }

    private List<WebhookRow> changedSince(Instant since) {
        return store.webhooksChangedSince(since);
    }

    private List<String> list(Optional<String> tenant, String after, int limit) {
        return store.listWebhooks(tenant, after, limit).stream()
                .map(WebhookRow::id)
                .toList();
    }
}
