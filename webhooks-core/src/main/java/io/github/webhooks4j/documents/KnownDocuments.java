package io.github.webhooks4j.documents;

import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.CallersTransaction;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of all documents, and how it changes them. What it changes itself it knows at once, or when the caller's
 * transaction has been committed; what others change after the next {@link #refresh}. Safe for use by any thread.
 */
public final class KnownDocuments {
    private static final int PAGE = 1000;
    /** How long it is remembered here that something was removed. */
    private static final Duration REMOVED_KEPT = Duration.ofDays(2);
    /** Versions commit out of order: a change can become visible after a later one was read. */
    private static final Duration OVERLAP = Duration.ofSeconds(30);
    /** How often everything is read, to see what was committed even later than that. */
    private static final Duration RELOAD = Duration.ofMinutes(5);
    /** How often some of those that cannot be read are read again: their key may be there now. */
    private static final Duration REREAD = Duration.ofSeconds(1);

    /** How many documents are read again, one by one, before other chores have their turn. */
    private static final int REREAD_AT_ONCE = 10;

    private final DeliveryStore store;
    private final Documents documents;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Runnable onTouched;
    /** By kind; {@link #inOrder} says in which order changes are taken over. */
    private final Map<DocumentKind, View<?>> views = new EnumMap<>(DocumentKind.class);

    private final ReentrantLock refreshing = new ReentrantLock();
    private @Nullable Instant lastChange; // guarded by refreshing
    private volatile long refreshedNanos;
    private volatile boolean loaded;

    /** What was changed in transactions of the caller's that seem to have ended. */
    private final Set<Touched> touched = ConcurrentHashMap.newKeySet();

    // by the thread of the chores only
    private final List<DocumentKind> toReload = new ArrayList<>();
    private String reloadedUpTo = "";
    private long nextReload;
    private final Map<DocumentKind, String> lastReread = new HashMap<>();

    private record Touched(DocumentKind kind, String id) {}

    /**
     * Nothing yet.
     *
     * @param onTouched told, by any thread, that {@link #rereadTouched} has something to do
     */
    public KnownDocuments(DeliveryStore store, StoreClock clock, Ticker ticker, Runnable onTouched) {
        this.store = store;
        this.documents = store.documents();
        this.clock = clock;
        this.ticker = ticker;
        this.onTouched = onTouched;
        nextReload = ticker.nanos() + RELOAD.toNanos();
    }

    /** Has the documents of one kind kept in memory. Called before the first {@link #refresh}, once for each kind. */
    public <T> View<T> view(DocumentKind kind, Reader<T> reader, Watcher<T> watcher) {
        View<T> view = new View<>(reader, watcher, clock);
        views.put(kind, view);
        return view;
    }

    // ---- what others change

    /** How old this is. */
    public Duration age() {
        return Duration.ofNanos(ticker.nanos() - refreshedNanos);
    }

    /** Refreshes, unless this is younger than so much, or another thread is at it and there is something to go by. */
    public void refreshIfOlderThan(Duration age) {
        if (loaded && (age().compareTo(age) < 0 || refreshing.isLocked())) {
            return;
        }
        refreshing.lock();
        try {
            if (!loaded || age().compareTo(age) >= 0) {
                refresh();
            }
        } finally {
            refreshing.unlock();
        }
    }

    /** Reads from the store what has changed; the first time, everything. Never in a transaction of the caller's. */
    public void refresh() {
        refreshing.lock();
        try {
            long began = ticker.nanos();
            Instant last = lastChange;
            lastChange = last == null ? readEverything() : readChanges(last.minus(OVERLAP));
            refreshedNanos = began;
            loaded = true;
        } finally {
            refreshing.unlock();
        }
    }

    private Instant readChanges(Instant since) {
        Documents.Changes changes = documents.changedSince(since);
        clock.set(changes.now());
        inOrder()
                .forEach(kind -> changes.documents().stream()
                        .filter(each -> each.kind() == kind)
                        .forEach(view(kind)::put));
        return changes.now();
    }

    private Instant readEverything() {
        Instant now = store.now();
        clock.set(now);
        for (DocumentKind kind : inOrder()) {
            List<Document> page = documents.list(kind, TenantScope.ALL, "", PAGE);
            while (!page.isEmpty()) {
                page.forEach(view(kind)::put);
                page = documents.list(
                        kind, TenantScope.ALL, page.get(page.size() - 1).id(), PAGE);
            }
        }
        return now;
    }

    /** Webhooks last: they refer to others. */
    private List<DocumentKind> inOrder() {
        List<DocumentKind> order = new ArrayList<>(views.keySet());
        if (order.remove(DocumentKind.WEBHOOK)) {
            order.add(DocumentKind.WEBHOOK);
        }
        return order;
    }

    private View<?> view(DocumentKind kind) {
        return viewed(kind).orElseThrow();
    }

    /** Empty for a kind that this node does not keep in memory. */
    private Optional<View<?>> viewed(DocumentKind kind) {
        return Optional.ofNullable(views.get(kind));
    }

    // ---- chores

    /**
     * Reads one page of all documents, if it is time: what no look for changes has shown, because it was committed too late, is
     * known then. What is not there any more is looked up by itself, since it may have been committed while the page was read.
     *
     * @return how long until the next page
     */
    public Duration reload() {
        if (toReload.isEmpty()) {
            long left = nextReload - ticker.nanos();
            if (left > 0) {
                return Duration.ofNanos(left);
            }
            toReload.addAll(inOrder());
        }
        DocumentKind kind = toReload.get(0);
        List<Document> page = documents.list(kind, TenantScope.ALL, reloadedUpTo, PAGE);
        boolean isLast = page.size() < PAGE;
        String upTo = isLast ? null : page.get(page.size() - 1).id();
        takeOver(kind, page, reloadedUpTo, upTo);
        reloadedUpTo = upTo == null ? "" : upTo;
        if (isLast) {
            view(kind).forgetRemovedBefore(clock.now().minus(REMOVED_KEPT));
            toReload.remove(0);
            nextReload = ticker.nanos() + RELOAD.toNanos();
        }
        return toReload.isEmpty() ? RELOAD : Duration.ZERO;
    }

    private void takeOver(DocumentKind kind, List<Document> page, String after, @Nullable String last) {
        Set<String> there = new HashSet<>();
        for (Document document : page) {
            there.add(document.id());
            view(kind).put(document);
        }
        view(kind).between(after, last).stream()
                .filter(id -> !there.contains(id))
                .forEach(id -> reread(kind, id));
    }

    private void reread(DocumentKind kind, String id) {
        viewed(kind).ifPresent(view -> view.reread(id, () -> documents.find(kind, id)));
    }

    /** Reads some of those again that cannot be read, others each time; returns how long until the next. */
    public Duration rereadUnreadable() {
        views.forEach((kind, view) -> {
            List<String> ids = view.unreadable();
            int after = ids.indexOf(lastReread.getOrDefault(kind, "")) + 1;
            for (int i = 0; i < Math.min(REREAD_AT_ONCE, ids.size()); i++) {
                String id = ids.get((after + i) % ids.size());
                lastReread.put(kind, id);
                documents.find(kind, id).ifPresent(view::put);
            }
        });
        return REREAD;
    }

    /**
     * Reads some of what was changed in transactions of the caller's that seem to have ended, one after the other.
     *
     * @return whether there is more
     */
    public boolean rereadTouched() {
        for (Touched each : touched.stream().limit(REREAD_AT_ONCE).toList()) {
            touched.remove(each); // before it is read, since it may be changed again meanwhile
            try {
                reread(each.kind, each.id);
            } catch (RuntimeException | Error e) {
                touched.add(each);
                throw e;
            }
        }
        return !touched.isEmpty();
    }

    // ---- what this node changes

    /** See {@link Documents#save}. One that would change nothing is not written: {@code stored} is returned then. */
    public Optional<Document> save(Document document, Optional<Document> stored) {
        if (stored.filter(each -> isSame(each, document)).isPresent()) {
            stored.ifPresent(this::found);
            return stored;
        }
        Optional<Document> saved = documents.save(document, List.of());
        saved.ifPresent(this::changed);
        return saved;
    }

    private static boolean isSame(Document stored, Document document) {
        return stored.version() == document.version()
                && Json.isSame(stored.settings(), document.settings())
                && stored.secrets().equals(document.secrets());
    }

    /** See {@link Documents#saveStatus}. */
    public Optional<Document> saveStatus(Document stored, String status) {
        Optional<Document> saved =
                documents.saveStatus(stored.kind(), stored.id(), stored.statusVersion(), status, List.of());
        saved.ifPresent(this::changed);
        return saved;
    }

    /** See {@link Documents#remove}. */
    public boolean remove(DocumentKind kind, String id) {
        boolean removed = documents.remove(kind, id, List.of());
        if (removed && !touches(kind, id)) {
            viewed(kind).ifPresent(view -> view.removed(id));
        }
        return removed;
    }

    /** Takes over a document that was found in the store just now, unless the caller's transaction may show what others do not. */
    public void found(Document document) {
        if (store.callersTransaction().isEmpty()) {
            viewed(document.kind()).ifPresent(view -> view.put(document));
        }
    }

    /** Lets a change take effect on this node; one in the caller's transaction, when the store shows it as committed. */
    private void changed(Document document) {
        if (!touches(document.kind(), document.id())) {
            viewed(document.kind()).ifPresent(view -> view.put(document));
        }
    }

    private boolean touches(DocumentKind kind, String id) {
        Optional<CallersTransaction> joined = store.callersTransaction();
        joined.ifPresent(transaction -> transaction.afterCommit(() -> {
            touched.add(new Touched(kind, id));
            onTouched.run();
        }));
        return joined.isPresent();
    }
}
