package io.github.webhooks4j.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.NewEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a node knows of a document while it is read, changed and removed at the same moment. */
class ViewTest {
    private static final DocumentKind KIND = DocumentKind.SIGNER;

    private final ManualClock clock = new ManualClock();
    private final DeliveryStore store = ManualStore.on(clock);
    private Runnable afterFind = () -> {};
    private Runnable afterRemove = () -> {};
    private final KnownDocuments documents = new KnownDocuments(interrupted(), new StoreClock(clock), clock, () -> {});
    private final List<String> removed = new ArrayList<>();

    /** A store with something that happens between its answer and what the node makes of it. */
    private DeliveryStore interrupted() {
        return new ForwardingStore(store) {
            private final Documents documents = new ForwardingDocuments(store.documents()) {
                @Override
                public Optional<Document> find(DocumentKind kind, String id) {
                    Optional<Document> found = super.find(kind, id);
                    afterFind.run();
                    return found;
                }

                @Override
                public boolean remove(DocumentKind kind, String id, List<NewEvent> events) {
                    boolean happened = super.remove(kind, id, events);
                    afterRemove.run();
                    return happened;
                }
            };

            @Override
            public Documents documents() {
                return documents;
            }
        };
    }

    private View<Document> view() {
        return documents.view(
                KIND,
                new Reader<>() {
                    @Override
                    public Document read(Document document) {
                        return document;
                    }

                    @Override
                    public boolean isUnreadable(Document value) {
                        return false;
                    }
                },
                new Watcher<>() {
                    @Override
                    public void changed(String id, @Nullable Document before, @Nullable Document after) {
                        if (after == null) {
                            removed.add(id);
                        }
                    }
                });
    }

    private Document saveElsewhere(long version) {
        return store.documents().save(document(version), List.of()).orElseThrow();
    }

    private static Document document(long version) {
        return Document.of(KIND, "a", Optional.empty(), version, "{\"n\":" + version + "}", Map.of());
    }

    @Test
    void whatWasReadBeforeTheRemovalDoesNotBringTheDocumentBack() {
        View<Document> view = view();
        Document read = saveElsewhere(0);
        documents.refresh();

        documents.remove(KIND, "a");
        documents.found(read);

        assertThat(view.get("a")).isNull();
        assertThat(removed).containsExactly("a");
    }

    @Test
    void statusThatWasReadBeforeTheRemovalDoesNotBringTheDocumentBack() {
        View<Document> view = view();
        saveElsewhere(0);
        documents.refresh();
        clock.advance(Duration.ofSeconds(1));
        Document read =
                store.documents().saveStatus(KIND, "a", 0, "{}", List.of()).orElseThrow();

        documents.remove(KIND, "a");
        documents.found(read);

        assertThat(view.get("a")).isNull();
    }

    @Test
    void removedIdThatIsUsedAgainIsThere() {
        View<Document> view = view();
        Document first = documents.save(document(0), Optional.empty()).orElseThrow();
        for (int i = 0; i < 3; i++) {
            first = documents.saveStatus(first, "{\"i\":" + i + "}").orElseThrow();
        }
        documents.remove(KIND, "a");

        documents.save(document(0), Optional.empty());

        assertThat(view.get("a")).isNotNull();
    }

    /** Another node is as quick: this one sees the new document before it knows of its own removal. */
    @Test
    void documentThatIsTakenForRemovedIsThereAgainAfterTheNextReload() {
        View<Document> view = view();
        saveElsewhere(0);
        documents.refresh();
        afterRemove = () -> documents.found(saveElsewhere(0));
        documents.remove(KIND, "a");
        assertThat(view.get("a")).isNull();

        clock.advance(Duration.ofMinutes(5));
        while (documents.reload().isZero()) {
            // the next page
        }

        assertThat(view.get("a")).isNotNull();
    }

    @Test
    void documentThatIsSavedWhileTheStoreShowsNoneIsNotTakenForRemoved() {
        View<Document> view = view();
        saveElsewhere(0);
        documents.refresh();
        store.documents().remove(KIND, "a", List.of());
        clock.advance(Duration.ofMinutes(5));
        afterFind = () -> documents.found(saveElsewhere(0));

        while (documents.reload().isZero()) {
            // the next page
        }

        assertThat(view.get("a")).isNotNull();
        assertThat(removed).isEmpty();
    }

    @Test
    void removalCountsThoughTheDocumentIsRenewedAtTheSameMoment() {
        View<Document> view = view();
        saveElsewhere(0);
        documents.refresh();
        afterRemove = () -> view.renew("a", before -> document(7));

        documents.remove(KIND, "a");

        assertThat(view.get("a")).isNull();
        assertThat(removed).containsExactly("a");
    }

    @Test
    void kindThatNobodyKeepsInMemoryIsSavedAndRemoved() {
        Document saved = documents.save(document(0), Optional.empty()).orElseThrow();
        documents.found(saved);
        assertThat(documents.saveStatus(saved, "{\"n\":1}")).isPresent();

        assertThat(documents.remove(KIND, "a")).isTrue();
    }
}
