package io.github.webhooks4j.documents;

import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.store.Document;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one kind, as this node knows them. It remembers what was removed for a while, so that what was read before,
 * and comes late, does not bring it back. Safe for use by any thread.
 *
 * @param <T> what they are in memory
 */
public final class View<T> {
    /** How late something may come that was read before this node removed it. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private final Reader<T> reader;
    private final Watcher<T> watcher;
    private final StoreClock clock;
    private final Map<String, Known<T>> known = new ConcurrentHashMap<>();

    View(Reader<T> reader, Watcher<T> watcher, StoreClock clock) {
        this.reader = reader;
        this.watcher = watcher;
        this.clock = clock;
    }

    /**
     * What is known of one document.
     *
     * @param sureUntil until when nothing that was read before can undo this; if the store shows a document later, it is there
     * @param value null if it was removed
     */
    private record Known<T>(
            long version,
            long statusVersion,
            Instant changedAt,
            Instant sureUntil,
            @Nullable T value,
            boolean unreadable) {
        boolean isRemoved() {
            return value == null;
        }

        boolean isSameAs(Document document) {
            return version == document.version()
                    && statusVersion == document.statusVersion()
                    && isRemoved() == document.removed();
        }

        boolean isSameAs(Known<T> other) {
            return version == other.version && statusVersion == other.statusVersion;
        }

        boolean givesWayTo(Known<T> other, Instant now) {
            return isOlderThan(other)
                    || (isRemoved() && !other.isRemoved() && now.isAfter(sureUntil)) // it was there after all
                    || (isSameAs(other) && unreadable && !other.unreadable);
        }

        private boolean isOlderThan(Known<T> other) {
            // Each change raises one of the two. An id that is used again goes on with the next version, and without a
            // status; after its removal was forgotten it begins with version 1.
            boolean isUsedAgain = isRemoved()
                    && !other.isRemoved()
                    && (version < other.version || changedAt.isBefore(other.changedAt));
            return isUsedAgain || version + statusVersion < other.version + other.statusVersion;
        }
    }

    /** The document of this id; null if none is known, or it was removed. */
    public @Nullable T get(String id) {
        Known<T> found = known.get(id);
        return found == null ? null : found.value;
    }

    /** All documents that are there. */
    public Stream<T> all() {
        return known.values().stream().flatMap(each -> Stream.ofNullable(each.value));
    }

    /** Makes something else of a document that has not changed. */
    public @Nullable T renew(String id, UnaryOperator<T> change) {
        Known<T> renewed = known.computeIfPresent(id, (key, before) -> {
            if (before.value == null) {
                return before;
            }
            T value = change.apply(before.value);
            return new Known<>(
                    before.version,
                    before.statusVersion,
                    before.changedAt,
                    before.sureUntil,
                    value,
                    reader.isUnreadable(value));
        });
        return renewed == null ? null : renewed.value;
    }

    // ---- what the store shows

    /** Takes over a document, removed or not, unless a newer one is known. */
    void put(Document document) {
        Known<T> before = known.get(document.id());
        if (before == null || !before.isSameAs(document) || before.unreadable) {
            replace(document.id(), known(document));
        }
    }

    private Known<T> known(Document document) {
        @Nullable T value = document.removed() ? null : reader.read(document);
        return new Known<>(
                document.version(),
                document.statusVersion(),
                document.changedAt(),
                Instant.MAX,
                value,
                value != null && reader.isUnreadable(value));
    }

    private void replace(String id, Known<T> fresh) {
        var change = new Object() {
            boolean happened;

            @Nullable
            T before;
        };
        known.compute(id, (key, before) -> {
            if (before != null && !before.givesWayTo(fresh, clock.now())) {
                return before;
            }
            change.happened = true;
            change.before = before == null ? null : before.value;
            watcher.replaced(id, change.before, fresh.value);
            return fresh;
        });
        if (change.happened) {
            watcher.changed(id, change.before, fresh.value);
        }
    }

    /** Takes over what the store shows of this id; nothing means that it was removed, unless it has changed here meanwhile. */
    void reread(String id, Supplier<Optional<Document>> find) {
        Known<T> before = known.get(id);
        Optional<Document> found = find.get();
        if (found.isPresent()) {
            put(found.get());
        } else if (before != null) {
            remove(id, now -> now.isSameAs(before) ? missing(now) : now);
        }
    }

    /** This node has removed the document: what was read before and comes late does not bring it back. */
    void removed(String id) {
        remove(id, this::tombstone);
    }

    private Known<T> missing(Known<T> now) {
        return new Known<>(now.version, now.statusVersion, clock.now(), Instant.MIN, null, false);
    }

    private Known<T> tombstone(Known<T> now) {
        // Not for good: somebody may have used the id again before this is known here.
        Instant at = clock.now();
        return new Known<>(now.version + 1, now.statusVersion, at, at.plus(LATE), null, false);
    }

    private void remove(String id, UnaryOperator<Known<T>> change) {
        var gone = new Object() {
            @Nullable
            T before;
        };
        known.computeIfPresent(id, (key, now) -> {
            Known<T> after = now.isRemoved() ? now : change.apply(now);
            if (now.value != null && after.isRemoved()) {
                gone.before = now.value;
                watcher.replaced(id, now.value, null);
            }
            return after;
        });
        if (gone.before != null) {
            watcher.changed(id, gone.before, null);
        }
    }

    /** The ids that are there and stand behind one, up to another and with it; in no order. */
    List<String> between(String after, @Nullable String last) {
        return known.entrySet().stream()
                .filter(each -> !each.getValue().isRemoved())
                .map(Map.Entry::getKey)
                .filter(id -> id.compareTo(after) > 0 && (last == null || id.compareTo(last) <= 0))
                .toList();
    }

    /** The ids of what cannot be read here, in their order. */
    List<String> unreadable() {
        return known.entrySet().stream()
                .filter(each -> each.getValue().unreadable)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Forgets what was removed before this instant. */
    void forgetRemovedBefore(Instant instant) {
        known.values().removeIf(each -> each.isRemoved() && each.changedAt.isBefore(instant));
    }
}
