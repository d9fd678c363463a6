package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
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
    private boolean listsFail;
    private Runnable onceAPageIsRead = () -> {};
    private final List<String> pages = new ArrayList<>();
    /** A store whose changes carry times so old, when they become visible, that no look for changes finds them. */
    private boolean blind = true;
    /** The secrets of webhooks are missing from their rows, as if their key could not be fetched. */
    private boolean keyIsAway;

    private final KnownDocuments documents =
            new KnownDocuments(blindForChanges(), new StoreClock(clock), clock, () -> {});
    private final Registry registry = new Registry(
            documents,
            new SharedSigners(documents),
            new Extensions(Map.of(), Map.of()),
            EgressPolicy.strict(),
            new Unwatched() {
                @Override
                public void removed(String webhookId) {
                    removed.add(webhookId);
                }
            });

    private DeliveryStore blindForChanges() {
        return new ForwardingStore(others) {
            private final Documents documents = new ForwardingDocuments(others.documents()) {
                @Override
                public Changes changedSince(Instant since) {
                    return blind ? new Changes(clock.instant(), List.of()) : super.changedSince(since);
                }

                @Override
                public List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit) {
                    if (listsFail) {
                        throw new StoreException("away", true, new IllegalStateException());
                    }
                    pages.add(kind + " after " + after);
                    List<Document> page = super.list(kind, scope, after, limit);
                    if (kind == DocumentKind.WEBHOOK) {
                        onceAPageIsRead.run(); // what happens now is not on it
                    }
                    return page.stream().map(RegistryTest.this::asReadHere).toList();
                }

                @Override
                public Optional<Document> find(DocumentKind kind, String id) {
                    return super.find(kind, id).map(RegistryTest.this::asReadHere);
                }
            };

            @Override
            public Documents documents() {
                return documents;
            }
        };
    }

    private Document asReadHere(Document document) {
        return !keyIsAway
                ? document
                : new Document(
                        document.kind(),
                        document.id(),
                        document.tenant(),
                        document.version(),
                        document.changedAt(),
                        document.removed(),
                        document.settings(),
                        Map.of(),
                        document.status(),
                        document.statusVersion());
    }

    private Document save(String id) {
        WebhookSettings webhook =
                (WebhookSettings) SteppedClient.webhook(id, "*").build();
        return others.documents()
                .save(WebhookDocument.write(webhook), List.of())
                .orElseThrow();
    }

    private void remove(String id) {
        others.documents().remove(DocumentKind.WEBHOOK, id, List.of());
    }

    private List<String> matches() {
        return registry.match(Optional.empty(), "t");
    }

    private void refreshAfter(Duration duration) {
        clock.advance(duration);
        documents.refresh();
        documents.rereadUnreadable();
        while (documents.reload().isZero()) {
            // the next page
        }
    }

    @Test
    void whatWasCommittedTooLateToBeSeenAsAChangeIsSeenWithinFiveMinutes() {
        save("a");
        documents.refresh();
        save("b");
        remove("a");

        refreshAfter(Duration.ofMinutes(4));
        assertThat(matches()).containsExactly("a");
        refreshAfter(Duration.ofMinutes(1));

        assertThat(matches()).containsExactly("b");
        assertThat(removed).containsExactly("a");
        assertThat(registry.isThere("a")).isFalse();
    }

    @Test
    void changeThatWasSeenCountsThoughReadingEverythingFails() {
        save("a");
        documents.refresh();
        assertThat(matches()).containsExactly("a");
        clock.advance(Duration.ofMinutes(5));
        save("b");
        blind = false;
        listsFail = true;
        assertThatThrownBy(documents::reload).isInstanceOf(StoreException.class);

        documents.refresh();

        assertThat(matches()).containsExactly("a", "b");
        assertThat(documents.age())
                .as("reading everything is nothing that sending waits for")
                .isZero();
    }

    @Test
    void keyThatComesBackIsNoticedThoughNoRowWasChanged() {
        for (int i = 0; i < 25; i++) {
            save("w" + i);
        }
        keyIsAway = true;
        try (Logged log = new Logged()) {
            documents.refresh();
            refreshAfter(Duration.ofMinutes(1));
            refreshAfter(Duration.ofSeconds(1));
            assertThat(log.lines("this node cannot send to webhook w7"))
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
    void whatWasReadOnceIsKeptWhileItsKeyIsOutOfReach() {
        save("a");
        documents.refresh();
        keyIsAway = true;

        refreshAfter(Duration.ofMinutes(5));

        assertThat(registry.active("a")).isNotNull();
    }

    /** Its transaction took so long that the time of its change is past when it becomes visible. */
    @Test
    void webhookThatIsCommittedWhileEverythingIsReadIsNotTakenForRemoved() {
        documents.refresh();
        clock.advance(Duration.ofMinutes(5));
        onceAPageIsRead = () -> {
            onceAPageIsRead = () -> {};
            Document late = save("late");
            clock.advance(Duration.ofMinutes(2));
            documents.found(late); // as this node does when its transaction has ended
        };

        while (documents.reload().isZero()) {
            // the next page
        }

        assertThat(matches()).containsExactly("late");
        assertThat(removed).isEmpty();
    }

    /** It seemed to have been removed, and shows itself again unchanged. */
    @Test
    void webhookThatWasMissingComesBackAsItWas() {
        Document webhook = save("a");
        documents.refresh();
        remove("a");
        refreshAfter(Duration.ofMinutes(5));
        assertThat(matches()).isEmpty();

        documents.found(webhook);

        assertThat(matches()).containsExactly("a");
    }

    @Test
    void readingEverythingGoesOnWhereItFailed() {
        for (int i = 0; i < 1500; i++) {
            save("w" + (10_000 + i));
        }
        documents.refresh();
        for (int i = 0; i < 1500; i += 5) {
            remove("w" + (10_000 + i));
        }
        pages.clear();
        clock.advance(Duration.ofMinutes(5));
        assertThat(documents.reload()).as("signers").isZero();
        assertThat(documents.reload()).as("the first 1,000 webhooks").isZero();
        listsFail = true;
        assertThatThrownBy(documents::reload).isInstanceOf(StoreException.class);
        listsFail = false;

        while (documents.reload().isZero()) {
            // the next page
        }

        assertThat(pages).containsExactly("SIGNER after ", "WEBHOOK after ", "WEBHOOK after w11249");
        assertThat(matches()).hasSize(1200);
        assertThat(removed).hasSize(300);
    }
}
