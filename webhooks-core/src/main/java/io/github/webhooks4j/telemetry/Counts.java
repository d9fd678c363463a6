package io.github.webhooks4j.telemetry;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * What this node has done since its start. Attempts count when their outcome was recorded, as the store has them. Nothing is allocated
 * for a delivery. Safe for use by any thread.
 */
public final class Counts {
    private static final long MICROS_OF_SECOND = 1_000_000;
    private static final int NANOS_OF_MICRO = 1000;

    private final LongAdder events = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder leasesLost = new LongAdder();
    private final Map<DeliveryState, LongAdder> ends = new EnumMap<>(DeliveryState.class);
    private final List<LongAdder> failures =
            Stream.generate(LongAdder::new).limit(Cause.count()).toList();
    private final Latencies exchanges;
    private final Latencies arrivals;
    private final HourlyCounts hourly = new HourlyCounts();
    private volatile Runnable onManyWait = () -> {};

    /** Nothing was done yet. */
    public Counts(Ticker ticker) {
        exchanges = new Latencies(ticker);
        arrivals = new Latencies(ticker);
        for (DeliveryState state : DeliveryState.values()) {
            ends.put(state, new LongAdder());
        }
    }

    private LongAdder ends(DeliveryState state) {
        return Objects.requireNonNull(ends.get(state));
    }

    // ---- what happens

    /** Events were stored with so many deliveries. */
    public void published(int events, int deliveries) {
        this.events.add(events);
        this.deliveries.add(deliveries);
    }

    /** An outcome was recorded. */
    public void recorded(Outcome outcome, Instant now) {
        Claimed claimed = outcome.claimed();
        List<AttemptDetails> attempts = outcome.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            boolean isLast = i == attempts.size() - 1;
            attempted(claimed, attempts.get(i).attempt(), isLast ? outcome.state() : DeliveryState.PENDING, now);
        }
        if (outcome.state() != DeliveryState.PENDING) {
            ends(outcome.state()).increment();
        }
        if (outcome.state() == DeliveryState.DELIVERED) {
            arrivals.record(micros(claimed.firstDueAt(), now));
        } else if (attempts.isEmpty()) {
            addHourly(claimed.claim().webhookId(), claimed.event().tenant(), outcome.state(), Cause.NONE, 0, now);
        }
    }

    private void attempted(Claimed claimed, Attempt attempt, DeliveryState outcome, Instant now) {
        int cause = outcome == DeliveryState.DELIVERED ? Cause.NONE : Cause.of(attempt);
        Duration took = attempt.duration();
        exchanges.record(took.getSeconds() * MICROS_OF_SECOND + took.getNano() / NANOS_OF_MICRO);
        if (cause != Cause.NONE) {
            failures.get(cause).increment();
        }
        addHourly(claimed.claim().webhookId(), claimed.event().tenant(), outcome, cause, took.toMillis(), now);
    }

    private static long micros(Instant from, Instant to) {
        return (to.getEpochSecond() - from.getEpochSecond()) * MICROS_OF_SECOND
                + (to.getNano() - from.getNano()) / NANOS_OF_MICRO;
    }

    /** A delivery was ended without an attempt, since nobody is to send it any more. One that is again what it was does not count. */
    public void ended(Delivery delivery, Instant now) {
        if (delivery.state() == DeliveryState.CANCELED || delivery.state() == DeliveryState.EXHAUSTED) {
            ends(delivery.state()).increment();
            addHourly(delivery.webhookId(), delivery.tenant(), delivery.state(), Cause.NONE, 0, now);
        }
    }

    /** An attempt failed by trouble of this side; it counts for nothing else. */
    public void failedHere() {
        failures.get(Cause.of(Failure.OURS)).increment();
    }

    /** So many outcomes came after their leases had been lost. */
    public void leasesLost(int outcomes) {
        leasesLost.add(outcomes);
    }

    private void addHourly(
            String webhookId, Optional<String> tenant, DeliveryState outcome, int cause, long millis, Instant now) {
        if (hourly.add(webhookId, tenant, outcome, cause, millis, now)) {
            onManyWait.run();
        }
    }

    /** Whom to tell when hourly counts should be taken soon. */
    void onManyWait(Runnable wake) {
        onManyWait = wake;
    }

    // ---- what happened

    /** How many events were stored. */
    public long events() {
        return events.sum();
    }

    /** How many deliveries were stored with them. */
    public long deliveries() {
        return deliveries.sum();
    }

    /** How many deliveries this node has brought to an end of this kind. */
    public long ended(DeliveryState state) {
        return ends(state).sum();
    }

    /** How many attempts failed, by what they are called; without those that never did. */
    public Map<String, Long> failed() {
        Map<String, Long> failed = new LinkedHashMap<>();
        for (int cause = 0; cause < failures.size(); cause++) {
            long count = failures.get(cause).sum();
            if (count > 0) {
                failed.put(Cause.name(cause), count);
            }
        }
        return failed;
    }

    /** How many outcomes came after their leases had been lost. */
    public long leasesLost() {
        return leasesLost.sum();
    }

    /** How long attempts took. */
    public Latencies exchanges() {
        return exchanges;
    }

    /** How long it took from when a delivery was due for the first time until the store knew that it had arrived. */
    public Latencies arrivals() {
        return arrivals;
    }

    /** What is to be written of the counts by hour. */
    HourlyCounts hourly() {
        return hourly;
    }
}
