package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.engine.Verdict;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Writers;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What attempts say of a webhook while what earlier ones said is not written yet. */
class StatusChangesTest {
    private final ManualClock clock = new ManualClock();
    private final StoreClock storeClock = new StoreClock(clock);
    private boolean dies;
    /** Whether the store does not take changes, or takes them without an answer. */
    private boolean refuses;

    private boolean isCutOff;
    private final DeliveryStore store =
            ForwardingStore.withDocuments(ManualStore.on(clock), documents -> new ForwardingDocuments(documents) {
                @Override
                public Optional<Document> saveStatus(
                        DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events) {
                    if (dies) {
                        throw new OutOfMemoryError("as if");
                    }
                    if (refuses) {
                        throw unavailable();
                    }
                    Optional<Document> saved = super.saveStatus(kind, id, statusVersion, status, events);
                    if (isCutOff) {
                        throw unavailable();
                    }
                    return saved;
                }
            });
    private final Deque<Runnable> writers = new ArrayDeque<>();
    private boolean noThread;
    private final List<String> afterwards = new ArrayList<>();
    private final KnownDocuments documents = new KnownDocuments(store, storeClock, clock, () -> {});
    private final Registry registry = new Registry(
            documents,
            new SharedSigners(documents),
            new Extensions(Map.of(), Map.of()),
            EgressPolicy.strict(),
            new Unwatched() {
                @Override
                public void seen(WebhookSettings webhook, long statusVersion) {
                    statuses.seen(webhook, statusVersion);
                }
            });
    private final StatusChanges statuses = new StatusChanges(
            store,
            documents,
            registry,
            storeClock,
            new Announcer(List.of()),
            new Writers(this::start, clock),
            new Outage(clock, e -> false, () -> Duration.ZERO));

    private static StoreException unavailable() {
        return new StoreException("as if", true, new IOException("as if"));
    }

    @BeforeEach
    void register() {
        WebhookSettings webhook =
                (WebhookSettings) SteppedClient.webhook("a", "*").build();
        assertThat(store.documents().save(WebhookDocument.write(webhook), List.of()))
                .isPresent();
        documents.refresh();
    }

    private void attempted(int status, DeliveryState state) {
        attempted(status, state, () -> afterwards.add(status + " " + stored().state()));
    }

    private void attempted(int status, DeliveryState state, Runnable then) {
        Delivery delivery = new Delivery(
                "82345678-1234-8234-8234-123456789012",
                "e",
                "t",
                "a",
                Optional.empty(),
                state,
                1,
                Instant.EPOCH,
                Optional.empty(),
                state == DeliveryState.PENDING ? Optional.empty() : Optional.of(Instant.EPOCH),
                OptionalInt.of(status),
                state == DeliveryState.DELIVERED ? Optional.empty() : Optional.of("answered " + status),
                false);
        Attempt attempt = new Attempt(
                1,
                Instant.EPOCH,
                Duration.ofMillis(1),
                OptionalInt.of(status),
                Optional.empty(),
                Optional.empty(),
                "",
                false);
        statuses.attempted(delivery, attempt, meaning(status), false, then);
    }

    private static Verdict.Meaning meaning(int status) {
        return switch (status) {
            case 200 -> Verdict.Meaning.DELIVERED;
            case 410 -> Verdict.Meaning.GONE;
            default -> Verdict.Meaning.FAILED;
        };
    }

    private WebhookStatus stored() {
        return WebhookStatus.read(
                store.documents().find(DocumentKind.WEBHOOK, "a").orElseThrow());
    }

    private void start(Runnable task) {
        if (noThread) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        writers.add(task);
    }

    private void write() {
        while (!writers.isEmpty()) {
            writers.remove().run();
        }
    }

    @Test
    void successAfterAFailureThatIsNotWrittenYetIsNotLost() {
        attempted(500, DeliveryState.EXHAUSTED);
        attempted(200, DeliveryState.DELIVERED);
        write();

        assertThat(stored().failing()).isFalse();
        assertThat(stored().failingSince()).isEmpty();
        assertThat(registry.status("a")).contains(stored());
    }

    /** The states that the log tells of, in their order. */
    private static List<String> told(Logged logged) {
        return logged.lines("webhook a (").stream()
                .map(line -> line.replaceAll(".*\\) is ([A-Za-z]+).*", "$1"))
                .toList();
    }

    @Test
    void changeThatWasNotStoredIsToldOnceWhenItIsRepeated() {
        try (Logged logged = new Logged()) {
            refuses = true;
            attempted(410, DeliveryState.EXHAUSTED);
            write();
            documents.refresh();
            assertThat(told(logged)).isEmpty();
            refuses = false;
            attempted(410, DeliveryState.EXHAUSTED);
            write();
            documents.refresh();

            assertThat(told(logged)).containsExactly("disabled");
        }
    }

    @Test
    void changeThatWasStoredWithoutAnAnswerIsToldOnceWhenItIsSeen() {
        try (Logged logged = new Logged()) {
            isCutOff = true;
            attempted(410, DeliveryState.EXHAUSTED);
            write();
            assertThat(told(logged)).isEmpty();
            documents.refresh();
            documents.refresh();

            assertThat(told(logged)).containsExactly("disabled");
        }
    }

    @Test
    void changeThatWasStoredWithoutAnAnswerIsToldBeforeTheNextOne() {
        try (Logged logged = new Logged()) {
            isCutOff = true;
            attempted(410, DeliveryState.EXHAUSTED);
            write();
            isCutOff = false;
            statuses.apply("a", WebhookStatus::paused);
            assertThat(told(logged)).containsExactly("disabled");
        }
    }

    @Test
    void changeThatAnotherClientMadeLaterIsNotToldHere() {
        try (Logged logged = new Logged()) {
            refuses = true;
            attempted(410, DeliveryState.EXHAUSTED);
            write();
            refuses = false;
            for (String status :
                    List.of("{}", stored().disabled(Webhook.DisabledReason.GONE).writeOver("{}"))) {
                Document now = store.documents().find(DocumentKind.WEBHOOK, "a").orElseThrow();
                assertThat(store.documents()
                                .saveStatus(DocumentKind.WEBHOOK, "a", now.statusVersion(), status, List.of()))
                        .isPresent();
            }
            documents.refresh();

            assertThat(registry.status("a").orElseThrow().state()).isEqualTo(Webhook.State.DISABLED);
            assertThat(told(logged)).isEmpty();
        }
    }

    @Test
    void manyChangesAreWrittenTogetherAndEachIsToldWhenItIsWritten() {
        for (int i = 0; i < 5; i++) {
            attempted(410, DeliveryState.EXHAUSTED);
        }
        assertThat(writers).hasSize(1);
        assertThat(afterwards).isEmpty();
        write();

        assertThat(afterwards).hasSize(5).containsOnly("410 DISABLED");
        assertThat(store.documents()
                        .find(DocumentKind.WEBHOOK, "a")
                        .orElseThrow()
                        .statusVersion())
                .isEqualTo(1);
    }

    @Test
    void changeThatComesWhileAnotherIsBeingWrittenIsWrittenNext() {
        attempted(500, DeliveryState.PENDING);
        writers.add(() -> {}); // a second writer has nothing to do with it
        Runnable first = writers.remove();
        attempted(410, DeliveryState.EXHAUSTED);
        first.run();

        assertThat(stored().state()).isEqualTo(Webhook.State.DISABLED);
        assertThat(afterwards).containsExactly("500 DISABLED", "410 DISABLED");
    }

    @Test
    void errorWhileAStateIsWrittenKeepsNothingFromBeingWrittenLater() {
        dies = true;
        attempted(410, DeliveryState.EXHAUSTED);
        write();
        assertThat(stored().state()).isEqualTo(Webhook.State.ACTIVE);
        dies = false;

        attempted(410, DeliveryState.EXHAUSTED);
        write();

        assertThat(stored().state()).isEqualTo(Webhook.State.DISABLED);
        assertThat(afterwards).containsExactly("410 ACTIVE", "410 DISABLED");
    }

    @Test
    void noThreadToBeHadKeepsNothingFromBeingWrittenLater() {
        noThread = true;
        attempted(410, DeliveryState.EXHAUSTED);
        assertThat(afterwards).as("nobody waits for what is not written").containsExactly("410 ACTIVE");
        noThread = false;

        attempted(410, DeliveryState.EXHAUSTED);
        write();

        assertThat(stored().state()).isEqualTo(Webhook.State.DISABLED);
    }

    /** What comes while the first is being written is written by the same thread, if there is no other. */
    @Test
    void noThreadForTheRestLeavesItToTheThreadThatIsAtIt() {
        attempted(500, DeliveryState.PENDING, () -> {
            noThread = true;
            attempted(410, DeliveryState.EXHAUSTED);
        });
        write();

        assertThat(stored().state()).isEqualTo(Webhook.State.DISABLED);
        assertThat(afterwards).containsExactly("410 DISABLED");
    }

    @Test
    void oneNodeAsksForAProbeAndOnlyOneWins() {
        for (int i = 0; i < 10; i++) {
            attempted(503, DeliveryState.PENDING);
            write();
        }
        assertThat(stored().breaker().isOpen()).isTrue();
        clock.advance(Duration.ofMinutes(1));
        List<Boolean> won = new ArrayList<>();
        statuses.probe("a", Duration.ofMinutes(1), won::add);
        statuses.probe("a", Duration.ofMinutes(1), won::add);
        write();

        assertThat(won).containsExactly(true, false);
    }
}
