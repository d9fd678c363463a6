package io.github.webhooks4j.operations;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.history.Latency;
import io.github.webhooks4j.history.Statistics;
import io.github.webhooks4j.store.Rollups;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.telemetry.Counts;
import io.github.webhooks4j.telemetry.Latencies;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The numbers of this node, and those that the store has added up, within a scope. */
public final class NodeStatistics implements Statistics {
    private static final Duration LONGEST = Duration.ofDays(92);
    /** More than a webhook can have in so many hours. */
    private static final int MOST_OF_WEBHOOK = 100_000;

    private static final int MOST_ADDED_UP = 200_000;
    private static final int MEDIAN = 50;

    private final Counts counts;
    private final Node node;
    private final Rollups rollups;
    private final TenantScope scope;

    /** What this node is doing at the moment. */
    public interface Node {
        /** See {@link Statistics#inFlight}. */
        int inFlight();

        /** See {@link Statistics#queued}. */
        int queued();

        /** See {@link Statistics#buffered}. */
        int buffered();

        /** See {@link Statistics#lanesDue}. */
        int lanesDue();

        /** See {@link Statistics#oldestDue}. */
        Optional<Instant> oldestDue();

        /** See {@link Statistics#breakersOpen}. */
        int breakersOpen();
    }

    /**
     * The numbers of a node.
     *
     * @param scope whose counts by hour are shown
     */
    public NodeStatistics(Counts counts, Node node, Rollups rollups, TenantScope scope) {
        this.counts = counts;
        this.node = node;
        this.rollups = rollups;
        this.scope = scope;
    }

    @Override
    public int inFlight() {
        return node().inFlight();
    }

    @Override
    public int queued() {
        return node().queued();
    }

    @Override
    public int buffered() {
        return node().buffered();
    }

    @Override
    public int lanesDue() {
        return node().lanesDue();
    }

    @Override
    public Optional<Instant> oldestDue() {
        return node().oldestDue();
    }

    @Override
    public int breakersOpen() {
        return node().breakersOpen();
    }

    @Override
    public long publishedEvents() {
        return counts().events();
    }

    @Override
    public long publishedDeliveries() {
        return counts().deliveries();
    }

    @Override
    public long delivered() {
        return counts().ended(DeliveryState.DELIVERED);
    }

    @Override
    public long exhausted() {
        return counts().ended(DeliveryState.EXHAUSTED);
    }

    @Override
    public long canceled() {
        return counts().ended(DeliveryState.CANCELED);
    }

    @Override
    public long abandoned() {
        return counts().ended(DeliveryState.ABANDONED);
    }

    @Override
    public Map<String, Long> failed() {
        return counts().failed();
    }

    @Override
    public long leaseLosses() {
        return counts().leasesLost();
    }

    @Override
    public Latency attempts() {
        return latency(counts().exchanges());
    }

    @Override
    public Latency publishToDelivered() {
        return latency(counts().arrivals());
    }

    private static Latency latency(Latencies of) {
        return new Latency(of.count(), of.percentile(MEDIAN), of.percentile(95), of.percentile(99));
    }

    @Override
    public List<HourlyCount> hourly(String webhookId, Instant from, Instant to) {
        Objects.requireNonNull(webhookId, "webhookId");
        check(from, to);
        return rollups.ofWebhook(scope, webhookId, from, to, MOST_OF_WEBHOOK);
    }

    @Override
    public List<HourlyCount> hourly(Instant from, Instant to) {
        check(from, to);
        return rollups.totals(scope, from, to, MOST_ADDED_UP)
                .orElseThrow(() -> new IllegalArgumentException("from " + from + " to " + to + " there are more than "
                        + MOST_ADDED_UP + " counts to add up; ask for fewer hours, or for one webhook"));
    }

    private static void check(Instant from, Instant to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        if (Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "from " + from + " to " + to + " is more than " + LONGEST.toDays() + " days; ask for fewer hours");
        }
    }

    private Counts counts() {
        refuseOfOneTenant();
        return counts;
    }

    private Node node() {
        refuseOfOneTenant();
        return node;
    }

    private void refuseOfOneTenant() {
        if (!scope.everything()) {
            throw new UnsupportedOperationException(
                    "this number is of the whole client, all tenants included; a client that is"
                            + " confined to one tenant has the counts by hour only: call hourly");
        }
    }
}
