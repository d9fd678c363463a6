package io.github.webhooks4j;

import io.github.webhooks4j.settings.UnreadableSigner;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.SignerRow;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** This node's view, in memory, of the signers that many webhooks use. Safe for use by any thread. */
final class SharedSigners {
    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private Optional<Key> lastReread = Optional.empty(); // guarded by this

    private record Key(Optional<String> tenant, String name) {
        static final Comparator<Key> ORDER =
                Comparator.comparing((Key key) -> key.tenant.orElse("")).thenComparing(Key::name);

        static Key of(SignerRow row) {
            return new Key(row.tenant(), row.name());
        }
    }

    private record Entry(long version, Instant changedAt, Optional<Signer> signer) {
        static Entry of(SignerRow row) {
            return new Entry(
                    row.version(),
                    row.changedAt(),
                    row.removed() ? Optional.empty() : Optional.of(SignerDocument.read(row)));
        }

        boolean isUnreadable() {
            return signer.filter(UnreadableSigner.class::isInstance).isPresent();
        }

        /** At one version, what was read once is kept when its key is out of reach. */
        Entry or(Entry now) {
            if (version == now.version) {
                return signer.isPresent() && now.isUnreadable() ? this : now;
            }
            return isOlderThan(now) ? now : this;
        }

        /** The memory of a removed one is forgotten after a day; its name begins with version 1 again. */
        private boolean isOlderThan(Entry other) {
            return version < other.version || (signer.isEmpty() && changedAt.isBefore(other.changedAt));
        }
    }

    /** The signer of this tenant's, and of no other's; an {@link UnreadableSigner} if this node cannot read it. */
    Optional<Signer> find(Optional<String> tenant, String name) {
        Entry entry = entries.get(new Key(tenant, name));
        return entry == null ? Optional.empty() : entry.signer;
    }

    /** Raised by each change: what was made of these signers before has to be made anew. */
    long changes() {
        return changes.get();
    }

    /** Takes over a row, unless a newer one is known. */
    void put(SignerRow row) {
        Entry fresh = Entry.of(row);
        Entry before = entries.get(Key.of(row));
        Entry after = entries.merge(Key.of(row), fresh, Entry::or);
        if (!after.equals(before)) {
            changes.incrementAndGet();
        }
    }

    void put(List<SignerRow> rows) {
        rows.forEach(this::put);
    }

    /** Reads some of those again that cannot be read, others each time: their key may be there now. */
    synchronized void reread(DeliveryStore store, int limit) {
        List<Key> keys = entries.entrySet().stream()
                .filter(each -> each.getValue().isUnreadable())
                .map(Map.Entry::getKey)
                .sorted(Key.ORDER)
                .toList();
        int after = lastReread.map(keys::indexOf).orElse(-1) + 1;
        for (int i = 0; i < Math.min(limit, keys.size()); i++) {
            Key key = keys.get((after + i) % keys.size());
            lastReread = Optional.of(key);
            store.findSigner(key.tenant, key.name).ifPresent(this::put);
        }
    }

    /** Takes over that these are all that there are, those changed since {@code settled} aside. */
    void replace(List<SignerRow> all, Instant settled) {
        put(all);
        Set<Key> keys = all.stream().map(Key::of).collect(Collectors.toSet());
        if (entries.entrySet()
                .removeIf(each -> !keys.contains(each.getKey())
                        && each.getValue().changedAt.isBefore(settled))) {
            changes.incrementAndGet();
        }
    }

    /** Takes over that the store shows none of this name any more. */
    void removed(Optional<String> tenant, String name) {
        if (entries.remove(new Key(tenant, name)) != null) {
            changes.incrementAndGet();
        }
    }
}
