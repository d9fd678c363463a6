package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store must hold to with documents of any kind. */
abstract class DocumentsContract extends StoreFixture {
    private static final Optional<String> ACME = Optional.of("acme");
    private static final List<NewEvent> NO_EVENTS = List.of();

    private Optional<Document> save(Document document) {
        return store.documents().save(document, NO_EVENTS);
    }

    private Optional<Document> saveStatus(DocumentKind kind, String id, long statusVersion, String status) {
        return store.documents().saveStatus(kind, id, statusVersion, status, NO_EVENTS);
    }

    private boolean remove(DocumentKind kind, String id) {
        return store.documents().remove(kind, id, NO_EVENTS);
    }

    private Optional<Document> find(DocumentKind kind, String id) {
        return store.documents().find(kind, id);
    }

    private Document found(DocumentKind kind, String id) {
        return find(kind, id).orElseThrow();
    }

    private List<String> list(DocumentKind kind, TenantScope scope, String after, int limit) {
        return store.documents().list(kind, scope, after, limit).stream()
                .map(Document::id)
                .toList();
    }

    private List<Document> changedSince(Instant since) {
        return store.documents().changedSince(since).documents();
    }

    // ---- save

    @ParameterizedTest
    @EnumSource
    void newDocumentGetsVersionOneAndTheTimeOfTheStore(DocumentKind kind) {
        Document saved = saved(document(kind, "a", ACME));

        assertThat(saved.version()).isEqualTo(1);
        assertThat(saved.statusVersion()).isZero();
        assertThat(saved.changedAt()).isEqualTo(store.now());
        assertThat(find(kind, "a")).contains(saved);
    }

    @ParameterizedTest
    @EnumSource
    void savedDocumentIsFoundWithAllItsParts(DocumentKind kind) {
        Map<String, String> secrets = Map.of("a", "", "b\"\\", "\n\u0001/'ü€\uD83D\uDE00", "c", "${prefix} ?; --");
        String settings = "{\"name\":\"Grüße \uD83D\uDE00 'x' ? ${prefix}\",\"pad\":\"" + "x".repeat(100_000) + "\"}";

        saved(Document.of(kind, "a", ACME, 0, settings, secrets));

        assertThat(found(kind, "a"))
                .isEqualTo(
                        new Document(kind, "a", ACME, 1, store.now(), false, settings, secrets, Document.NOTHING, 0));
    }

    @ParameterizedTest
    @EnumSource
    void unknownDocumentIsNotFound(DocumentKind kind) {
        assertThat(find(kind, "a")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void changedDocumentGetsTheNextVersionAndANewTime(DocumentKind kind) {
        Document first = saved(document(kind, "a"));
        elapse(TICK);

        Document second = saved(next(first, "{}", Map.of()));

        assertThat(second.version()).isEqualTo(2);
        assertThat(second.changedAt()).isEqualTo(first.changedAt().plus(TICK));
        assertThat(second.secrets()).isEmpty();
        assertThat(find(kind, "a")).contains(second);
    }

    @ParameterizedTest
    @EnumSource
    void newDocumentWithATakenIdIsRefused(DocumentKind kind) {
        Document first = saved(document(kind, "a", ACME));

        assertThat(save(document(kind, "a", Optional.of("other")))).isEmpty();
        assertThat(find(kind, "a")).contains(first);
    }

    @ParameterizedTest
    @EnumSource
    void changeOfAnOldVersionIsRefused(DocumentKind kind) {
        Document first = saved(document(kind, "a"));
        Document second = saved(first);

        assertThat(save(first)).isEmpty();
        assertThat(find(kind, "a")).contains(second);
    }

    @ParameterizedTest
    @EnumSource
    void changeOfALaterVersionOrOfNothingIsRefused(DocumentKind kind) {
        Document first = saved(document(kind, "a"));
        Document later = Document.of(kind, "a", NO_TENANT, 2, "{}", Map.of());
        Document other = Document.of(kind, "b", NO_TENANT, 1, "{}", Map.of());

        assertThat(save(later)).isEmpty();
        assertThat(save(other)).isEmpty();
        assertThat(find(kind, "a")).contains(first);
        assertThat(find(kind, "b")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void oneOfManyThatChangeTheSameVersionWins(DocumentKind kind) throws Exception {
        Document first = saved(document(kind, "a"));

        List<Optional<Document>> saved = inThreads(8, () -> save(first));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
        assertThat(found(kind, "a").version()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void oneOfManyThatInsertTheSameIdWins(DocumentKind kind) throws Exception {
        List<Optional<Document>> saved = inThreads(8, () -> save(document(kind, "a")));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void idsAreCaseSensitive(DocumentKind kind) {
        saved(document(kind, "a"));

        assertThat(find(kind, "A")).isEmpty();
        assertThat(save(document(kind, "A"))).isPresent();
    }

    @Test
    void idIsUniqueWithinItsKind() {
        Document webhook = saved(Document.of(DocumentKind.WEBHOOK, "a", ACME, 0, "{\"w\":1}", Map.of()));
        Document signer = saved(Document.of(DocumentKind.SIGNER, "a", ACME, 0, "{\"s\":1}", Map.of("k", "geheim")));

        remove(DocumentKind.SIGNER, "a");

        assertThat(signer.settings()).isEqualTo("{\"s\":1}");
        assertThat(find(DocumentKind.WEBHOOK, "a")).contains(webhook);
        assertThat(find(DocumentKind.SIGNER, "a")).isEmpty();
        assertThat(list(DocumentKind.SIGNER, TenantScope.ALL, "", 10)).isEmpty();
    }

    // ---- status

    @ParameterizedTest
    @EnumSource
    void statusIsChangedApartFromSettings(DocumentKind kind) {
        Document first = saved(document(kind, "a", ACME));
        elapse(TICK);
        Document paused = saveStatus(kind, "a", 0, "{\"since\":1}").orElseThrow();

        assertThat(paused.status()).isEqualTo("{\"since\":1}");
        assertThat(paused.statusVersion()).isEqualTo(1);
        assertThat(paused.version()).isEqualTo(first.version());
        assertThat(paused.settings()).isEqualTo(first.settings());
        assertThat(paused.secrets()).isEqualTo(first.secrets());
        assertThat(paused.changedAt()).isEqualTo(first.changedAt().plus(TICK));
        assertThat(changedSince(store.now())).containsExactly(paused);

        Document updated = saved(next(first, "{\"n\":2}", Map.of()));
        assertThat(updated.settings()).isEqualTo("{\"n\":2}");
        assertThat(updated.statusVersion()).isEqualTo(1);
        assertThat(updated.status()).isEqualTo(paused.status());
    }

    @ParameterizedTest
    @EnumSource
    void changeOfAnOldStatusIsRefused(DocumentKind kind) {
        saved(document(kind, "a"));
        Document paused = saveStatus(kind, "a", 0, "{\"since\":1}").orElseThrow();

        assertThat(saveStatus(kind, "a", 0, "{}")).isEmpty();
        assertThat(saveStatus(kind, "a", 2, "{}")).isEmpty();
        assertThat(find(kind, "a")).contains(paused);
    }

    @ParameterizedTest
    @EnumSource
    void oneOfManyThatChangeTheSameStatusWins(DocumentKind kind) throws Exception {
        saved(document(kind, "a"));

        List<Optional<Document>> saved = inThreads(8, () -> saveStatus(kind, "a", 0, "{}"));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
        assertThat(found(kind, "a").statusVersion()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void statusOfWhatIsNotThereCannotBeChanged(DocumentKind kind) {
        saved(document(kind, "a"));
        remove(kind, "a");

        assertThat(saveStatus(kind, "a", 0, "{}")).isEmpty();
        assertThat(saveStatus(kind, "b", 0, "{}")).isEmpty();
    }

    // ---- list

    @ParameterizedTest
    @EnumSource
    void documentsAreListedByTheirCharacterCodes(DocumentKind kind) {
        for (String id : List.of("b", "a", "B", "_", "-", "1", "a-", "aa", "a/b", "/a")) {
            saved(document(kind, id));
        }

        List<String> ordered = List.of("-", "/a", "1", "B", "_", "a", "a-", "a/b", "aa", "b");
        assertThat(list(kind, TenantScope.ALL, "", 100)).isEqualTo(ordered);
        assertThat(list(kind, TenantScope.NONE, "", 100)).isEqualTo(ordered);
    }

    @ParameterizedTest
    @EnumSource
    void listContinuesAfterAnId(DocumentKind kind) {
        for (String id : List.of("a", "b", "c", "d")) {
            saved(document(kind, id));
        }

        for (TenantScope scope : List.of(TenantScope.ALL, TenantScope.NONE)) {
            assertThat(list(kind, scope, "", 2)).containsExactly("a", "b");
            assertThat(list(kind, scope, "b", 2)).containsExactly("c", "d");
            assertThat(list(kind, scope, "d", 2)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void scopeIsOneTenantOrNoneOrAll(DocumentKind kind) {
        saved(document(kind, "a", ACME));
        saved(document(kind, "b", Optional.of("Acme")));
        Document nobodys = saved(document(kind, "c"));
        saved(document(kind, "d", ACME));

        assertThat(list(kind, TenantScope.of(ACME), "", 100)).containsExactly("a", "d");
        assertThat(list(kind, TenantScope.of(ACME), "a", 1)).containsExactly("d");
        assertThat(list(kind, TenantScope.of(Optional.of("nobody")), "", 100)).isEmpty();
        assertThat(store.documents().list(kind, TenantScope.NONE, "", 100)).containsExactly(nobodys);
        assertThat(list(kind, TenantScope.ALL, "", 100)).containsExactly("a", "b", "c", "d");
    }

    // ---- remove

    @ParameterizedTest
    @EnumSource
    void removedDocumentIsNeitherFoundNorListed(DocumentKind kind) {
        saved(document(kind, "a"));

        assertThat(remove(kind, "a")).isTrue();
        assertThat(find(kind, "a")).isEmpty();
        assertThat(list(kind, TenantScope.ALL, "", 100)).isEmpty();
        assertThat(list(kind, TenantScope.NONE, "", 100)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void removingTellsWhetherItWasThere(DocumentKind kind) {
        saved(document(kind, "a"));

        assertThat(remove(kind, "b")).isFalse();
        assertThat(remove(kind, "a")).isTrue();
        assertThat(remove(kind, "a")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void removedDocumentIsReportedAsAChangeThatLeavesNothingOfIt(DocumentKind kind) {
        saved(document(kind, "a", ACME));
        saveStatus(kind, "a", 0, "{\"since\":1}");
        elapse(TICK);
        remove(kind, "a");

        assertThat(changedSince(store.now()))
                .containsExactly(new Document(
                        kind, "a", ACME, 2, store.now(), true, Document.NOTHING, Map.of(), Document.NOTHING, 1));
    }

    @Test
    void removalIsNewerThanEveryChangeBefore() {
        saved(document(DocumentKind.WEBHOOK, "a"));
        saveStatus(DocumentKind.WEBHOOK, "a", 0, "{}");
        saveStatus(DocumentKind.WEBHOOK, "a", 1, "{}");
        remove(DocumentKind.WEBHOOK, "a");

        assertThat(changedSince(Instant.EPOCH)).singleElement().satisfies(removed -> {
            assertThat(removed.removed()).isTrue();
            assertThat(removed.version() + removed.statusVersion()).isEqualTo(4);
        });
    }

    @ParameterizedTest
    @EnumSource
    void removedDocumentCannotBeChanged(DocumentKind kind) {
        Document saved = saved(document(kind, "a"));
        remove(kind, "a");
        long version = changedSince(Instant.EPOCH).get(0).version();

        assertThat(save(saved)).isEmpty();
        assertThat(save(Document.of(kind, "a", NO_TENANT, version, "{}", Map.of())))
                .isEmpty();
        assertThat(find(kind, "a")).isEmpty();
    }

    @Test
    void idOfARemovedWebhookStaysTakenForADay() {
        saved(document(DocumentKind.WEBHOOK, "a"));
        remove(DocumentKind.WEBHOOK, "a");
        elapse(Duration.ofHours(23));

        assertThat(save(document(DocumentKind.WEBHOOK, "a"))).isEmpty();
        elapse(Duration.ofHours(2));
        assertThat(save(document(DocumentKind.WEBHOOK, "a"))).isPresent();
        assertThat(find(DocumentKind.WEBHOOK, "a")).isPresent();
    }

    @Test
    void idOfARemovedSignerCanBeUsedAtOnce() {
        saved(document(DocumentKind.SIGNER, "acme/ours", ACME));
        remove(DocumentKind.SIGNER, "acme/ours");

        Document again = saved(document(DocumentKind.SIGNER, "acme/ours", ACME));

        assertThat(again.removed()).isFalse();
        assertThat(again.secrets()).isEqualTo(Map.of("s", "geheim"));
        assertThat(find(DocumentKind.SIGNER, "acme/ours")).contains(again);
    }

    @Test
    void oneOfManyThatUseAFreeIdAgainWins() throws Exception {
        saved(document(DocumentKind.SIGNER, "a"));
        remove(DocumentKind.SIGNER, "a");

        List<Optional<Document>> saved = inThreads(8, () -> save(document(DocumentKind.SIGNER, "a")));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void versionsGoOnAfterARemovalThatIsRemembered(DocumentKind kind) {
        saved(document(kind, "a", ACME));
        saveStatus(kind, "a", 0, "{\"since\":1}");
        remove(kind, "a");
        elapse(Duration.ofHours(25));

        Document again = saved(document(kind, "a", Optional.of("other")));

        assertThat(again.version()).isEqualTo(3);
        assertThat(again.statusVersion()).isEqualTo(1);
        assertThat(again.status()).as("nothing has happened to it").isEqualTo(Document.NOTHING);
        assertThat(again.tenant()).contains("other");
        assertThat(found(kind, "a")).isEqualTo(again);
        assertThat(changedSince(Instant.EPOCH)).containsExactly(again);
    }

    @ParameterizedTest
    @EnumSource
    void removedDocumentIsForgottenAfterADay(DocumentKind kind) {
        saved(document(kind, "a"));
        Document kept = saved(document(kind, "b"));
        remove(kind, "a");

        elapse(Duration.ofHours(23));
        store.documents().forgetRemoved();
        assertThat(changedSince(Instant.EPOCH)).hasSize(2);
        elapse(Duration.ofHours(2));
        assertThat(changedSince(Instant.EPOCH))
                .as("nobody but forgetRemoved forgets")
                .hasSize(2);
        store.documents().forgetRemoved();
        assertThat(changedSince(Instant.EPOCH)).containsExactly(kept);
        assertThat(saved(document(kind, "a")).version()).isEqualTo(1);
    }

    // ---- changes

    @ParameterizedTest
    @EnumSource
    void changesAreReportedFromTheInstantOnIncludingIt(DocumentKind kind) {
        saved(document(kind, "a"));
        elapse(TICK);
        Instant since = store.now();
        saved(document(kind, "b"));
        elapse(TICK);
        saved(document(kind, "c"));

        assertThat(changedSince(since)).extracting(Document::id).containsExactlyInAnyOrder("b", "c");
        assertThat(changedSince(since.plus(TICK))).extracting(Document::id).containsExactly("c");
        assertThat(changedSince(since.plus(TICK).plus(TICK))).isEmpty();
        assertThat(changedSince(Instant.EPOCH)).hasSize(3);
    }

    @Test
    void changesOfAllKindsAndTenantsAreReportedTogether() {
        Document webhook = saved(document(DocumentKind.WEBHOOK, "a", ACME));
        Document signer = saved(document(DocumentKind.SIGNER, "/s"));

        assertThat(changedSince(store.now())).containsExactlyInAnyOrder(webhook, signer);
    }

    @Test
    void changesTellWhatTheClockShowed() {
        Instant now = store.now();
        assertThat(store.documents().changedSince(Instant.EPOCH)).isEqualTo(new Documents.Changes(now, List.of()));

        Document saved = saved(document(DocumentKind.WEBHOOK, "a"));
        elapse(TICK);
        assertThat(store.documents().changedSince(Instant.EPOCH))
                .isEqualTo(new Documents.Changes(now.plus(TICK), List.of(saved)));
        assertThat(store.documents().changedSince(now.plus(TICK)))
                .isEqualTo(new Documents.Changes(now.plus(TICK), List.of()));
    }

    // ---- events that go with a change

    private static List<NewEvent> events(String eventId) {
        return List.of(due(event(eventId), "observer"), new NewEvent(event(eventId + " for nobody"), List.of()));
    }

    private List<String> observed() {
        return ids(claim("observer", 100));
    }

    @ParameterizedTest
    @EnumSource
    void eventsOfAChangeAreStoredWithIt(DocumentKind kind) {
        Documents documents = store.documents();

        Document first =
                documents.save(document(kind, "a"), events("registered")).orElseThrow();
        documents.save(next(first, "{}", Map.of()), events("updated"));
        documents.saveStatus(kind, "a", 0, "{\"since\":1}", events("disabled"));
        documents.remove(kind, "a", events("removed"));

        assertThat(observed()).containsExactlyInAnyOrder("registered", "updated", "disabled", "removed");
        assertThat(store.queue().insert(events("registered")))
                .as("they are there")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void eventsOfAChangeThatIsRefusedAreNotStored(DocumentKind kind) {
        Documents documents = store.documents();
        Document first = saved(document(kind, "a"));
        saved(first);
        saveStatus(kind, "a", 0, "{}");

        assertThat(documents.save(document(kind, "a"), events("registered"))).isEmpty();
        assertThat(documents.save(first, events("updated"))).isEmpty();
        assertThat(documents.saveStatus(kind, "a", 0, "{}", events("disabled"))).isEmpty();
        assertThat(documents.remove(kind, "b", events("removed"))).isFalse();

        assertThat(observed()).isEmpty();
        assertThat(store.queue().insert(events("registered")))
                .as("they are not there")
                .hasSize(2);
    }

    @Test
    void eventsOfOneOfManyThatChangeTheSameAreStored() throws Exception {
        saved(document(DocumentKind.WEBHOOK, "a"));

        inThreads(8, () -> {
            List<NewEvent> mine = List.of(due(event(key().toString()), "observer"));
            return store.documents().saveStatus(DocumentKind.WEBHOOK, "a", 0, "{}", mine);
        });

        assertThat(observed()).hasSize(1);
    }
}
