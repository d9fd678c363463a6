package io.github.webhooks4j.documents;

import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.store.Document;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
     * @param missing whether it is removed by all appearances: the store did not show it
     * @param value null if it was removed
     */
    private record Known<T>(
            long version,
            long statusVersion,
            Instant changedAt,
            boolean missing,
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

        boolean givesWayTo(Known<T> other) {
            boolean isSame = version == other.version && statusVersion == other.statusVersion;
            return isOlderThan(other)
                    || (missing && !other.isRemoved()) // it was there after all
                    || (isSame && unreadable && !other.unreadable);
        }

        private boolean isOlderThan(Known<T> other) {
            // Each change raises one of the two. An id that is used again after its removal was forgotten begins with
            // version 1.
            return version + statusVersion < other.version + other.statusVersion
                    || (isRemoved() && !other.isRemoved() && changedAt.isBefore(other.changedAt));
        }
    }

    /** The document of this id; null if none is known, or it was removed. */
    public @Nullable T get(String id) {
        Known<T> found = known.get(id);
        return found == null ? null : found.value;
    }

    /** Whether anything is known of this id, be it that it was removed. */
    public boolean knows(String id) {
        return known.containsKey(id);
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
                    before.missing,
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
                false,
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
            if (before != null && !before.givesWayTo(fresh)) {
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

    /** The store shows no document of this id any more. */
    void missing(String id) {
        Known<T> before = known.get(id);
        if (before != null && !before.isRemoved()) {
            var change = new Object() {
                boolean happened;
            };
            known.computeIfPresent(id, (key, now) -> {
                if (!now.equals(before)) {
                    return now;
                }
                change.happened = true;
                watcher.replaced(id, before.value, null);
                return new Known<>(before.version, before.statusVersion, clock.now(), true, null, false);
            });
            if (change.happened) {
                watcher.changed(id, before.value, null);
            }
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
