package io.github.webhooks4j.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The documents of the in-memory store. A removed one stays as a tombstone. */
final class InMemoryDocuments implements Documents {
    private static final Duration TOMBSTONE_KEPT = Duration.ofDays(1);

    private final Object lock;
    private final InstantSource clock;
    private final InMemoryQueue queue;
    private final NavigableMap<Key, Document> documents = new TreeMap<>(); // guarded by lock

    InMemoryDocuments(Object lock, InstantSource clock, InMemoryQueue queue) {
        this.lock = lock;
        this.clock = clock;
        this.queue = queue;
    }

    private record Key(DocumentKind kind, String id) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::kind).thenComparing(Key::id);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    @Override
    public Optional<Document> save(Document document, List<NewEvent> events) {
        synchronized (lock) {
            Document before = documents.get(new Key(document.kind(), document.id()));
            boolean expected = before == null
                    ? document.version() == 0
                    : before.removed()
                            ? document.version() == 0 && isFree(before)
                            : document.version() != 0 && document.version() == before.version();
            if (!expected) {
                return Optional.empty();
            }
            Document after = new Document(
                    document.kind(),
                    document.id(),
                    document.tenant(),
                    before == null ? 1 : before.version() + 1,
                    clock.instant(),
                    false,
                    document.settings(),
                    document.secrets(),
                    before == null || before.removed() ? document.status() : before.status(),
                    before == null ? 0 : before.statusVersion());
            return Optional.of(put(after, events));
        }
    }

    private boolean isFree(Document removed) {
        return !removed.kind().keepsIds() || isForgettable(removed);
    }

    private boolean isForgettable(Document document) {
        return document.removed()
                && document.changedAt().isBefore(clock.instant().minus(TOMBSTONE_KEPT));
    }

    private Document put(Document document, List<NewEvent> events) {
        documents.put(new Key(document.kind(), document.id()), document);
        queue.insert(events);
        return document;
    }

    @Override
    public Optional<Document> saveStatus(
            DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events) {
        synchronized (lock) {
            return find(kind, id)
                    .filter(before -> before.statusVersion() == statusVersion)
                    .map(before -> put(
                            new Document(
                                    kind,
                                    id,
                                    before.tenant(),
                                    before.version(),
                                    clock.instant(),
                                    false,
                                    before.settings(),
                                    before.secrets(),
                                    status,
                                    statusVersion + 1),
                            events));
        }
    }

    @Override
    public boolean remove(DocumentKind kind, String id, List<NewEvent> events) {
        synchronized (lock) {
            Optional<Document> before = find(kind, id);
            before.ifPresent(found -> {
                put(
                        new Document(
                                kind,
                                id,
                                found.tenant(),
                                found.version() + 1,
                                clock.instant(),
                                true,
                                Document.NOTHING,
                                Map.of(),
                                Document.NOTHING,
                                found.statusVersion()),
                        events);
                if (kind == DocumentKind.WEBHOOK) {
                    queue.forgetRate(id);
                }
            });
            return before.isPresent();
        }
    }

    @Override
    public Optional<Document> find(DocumentKind kind, String id) {
        synchronized (lock) {
            return Optional.ofNullable(documents.get(new Key(kind, id))).filter(each -> !each.removed());
        }
    }

    @Override
    public List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit) {
        synchronized (lock) {
            return documents.tailMap(new Key(kind, after), false).values().stream()
                    .filter(each -> each.kind() == kind && !each.removed() && scope.includes(each.tenant()))
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public Changes changedSince(Instant since) {
        synchronized (lock) {
            return new Changes(
                    clock.instant(),
                    documents.values().stream()
                            .filter(each -> !each.changedAt().isBefore(since))
                            .toList());
        }
    }

    @Override
    public void forgetRemoved() {
        synchronized (lock) {
            documents.values().removeIf(this::isForgettable);
        }
    }
}
