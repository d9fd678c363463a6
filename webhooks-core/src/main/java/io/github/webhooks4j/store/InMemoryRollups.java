package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** The counts by hour of the in-memory store. Bounded: of too many, the oldest are forgotten. */
final class InMemoryRollups implements Rollups {
    private static final int MAX = 100_000;

    private final Object lock;
    // guarded by lock
    private final NavigableMap<Key, HourlyCount> counts = new TreeMap<>(Key.ORDER);
    private final Map<UUID, Long> last = new HashMap<>();

    InMemoryRollups(Object lock) {
        this.lock = lock;
    }

    private record Key(Instant hour, String webhookId, DeliveryState outcome, String failure) {
        static final Comparator<Key> ORDER = Comparator.comparing(Key::hour)
                .thenComparing(Key::webhookId)
                .thenComparing(Key::outcome)
                .thenComparing(Key::failure);

        static Key of(HourlyCount count) {
            return new Key(count.hour(), count.webhookId(), count.outcome(), count.failure());
        }

        /** Before all counts of an hour. */
        static Key before(Instant hour) {
            return new Key(hour, "", DeliveryState.PENDING, "");
        }
    }

    @Override
    public void add(UUID writer, long number, List<HourlyCount> added) {
        synchronized (lock) {
            if (last.getOrDefault(writer, 0L) >= number) {
                return;
            }
            last.put(writer, number);
            added.forEach(count -> counts.merge(Key.of(count), count, InMemoryRollups::sum));
            while (counts.size() > MAX) {
                counts.pollFirstEntry();
            }
        }
    }

    private static HourlyCount sum(HourlyCount one, HourlyCount other) {
        return new HourlyCount(
                one.hour(),
                one.webhookId(),
                one.tenant(),
                one.outcome(),
                one.failure(),
                one.count() + other.count(),
                one.duration().plus(other.duration()));
    }

    @Override
    public List<HourlyCount> ofWebhook(TenantScope scope, String webhookId, Instant from, Instant to, int limit) {
        synchronized (lock) {
            return within(from, to).stream()
                    .filter(count -> count.webhookId().equals(webhookId) && scope.includes(count.tenant()))
                    .limit(limit)
                    .toList();
        }
    }

    private Collection<HourlyCount> within(Instant from, Instant to) {
        Instant first = from.truncatedTo(ChronoUnit.HOURS);
        return first.isBefore(to)
                ? counts.subMap(Key.before(first), Key.before(to)).values()
                : List.of();
    }

    @Override
    public Optional<List<HourlyCount>> totals(TenantScope scope, Instant from, Instant to, int budget) {
        synchronized (lock) {
            List<HourlyCount> read = within(from, to).stream()
                    .filter(count -> scope.includes(count.tenant()))
                    .toList();
            return read.size() > budget
                    ? Optional.empty()
                    : Optional.of(List.copyOf(read.stream()
                            .map(count -> ofAll(count, scope))
                            .collect(Collectors.toMap(
                                    Key::of, count -> count, InMemoryRollups::sum, () -> new TreeMap<>(Key.ORDER)))
                            .values()));
        }
    }

    private static HourlyCount ofAll(HourlyCount count, TenantScope scope) {
        return new HourlyCount(
                count.hour(), "", scope.tenant(), count.outcome(), count.failure(), count.count(), count.duration());
    }

    @Override
    public int forget(Instant begunBefore, int limit) {
        synchronized (lock) {
            int forgotten = 0;
            while (forgotten < limit
                    && !counts.isEmpty()
                    && counts.firstKey().hour.isBefore(begunBefore)) {
                counts.pollFirstEntry();
                forgotten++;
            }
            return forgotten;
        }
    }
}
