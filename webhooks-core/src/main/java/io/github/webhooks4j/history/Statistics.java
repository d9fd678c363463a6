package io.github.webhooks4j.history;

import io.github.webhooks4j.delivery.HourlyCount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Numbers for those who watch. Most of them are about this client alone, since it was built: they are read from memory, when they are
 * asked for, and cost the database nothing. {@link #hourly} is about all clients, and reads what they have added up in the store.
 *
 * <pre>{@code
 * Statistics statistics = webhooks.statistics();
 * System.out.println(statistics.delivered() + " delivered, " + statistics.failed() + " failed, "
 *         + statistics.queued() + " wait here");
 * }</pre>
 *
 * <p>Any thread may call any method, at any time. Numbers that are read one after the other need not fit together. Test calls do not
 * count. A client that is confined to one tenant has {@link #hourly} alone, of its own webhooks; all other numbers are of all tenants, and
 * throw {@link UnsupportedOperationException}.
 */
public interface Statistics {
    // ---- at the moment

    /** How many requests are under way. */
    int inFlight();

    /** How many deliveries wait in memory for their request: this client has claimed them, and no other sends them. */
    int queued();

    /** How many outcomes of attempts are not in the store yet. More than a few hundred: the store cannot keep up, or is away. */
    int buffered();

    /** How many webhooks have deliveries that are due and have found no room here yet, as far as this client knows. */
    int lanesDue();

    /**
     * Since when the delivery has been due that has been due longest, of those that nobody has claimed and nothing holds back; empty if
     * there is none. As of the last look into the store: every second while something is pending, otherwise every five. What was
     * redelivered by hand, and what waits for a paused, disabled or broken webhook, is left out. Empty unless this client is started.
     */
    Optional<Instant> oldestDue();

    /** How many webhooks get nothing but a request now and then, since their receivers seem to be down. */
    int breakersOpen();

    // ---- since this client was built

    /** How many events this client has published. In a transaction of the application's it counts at once, be it rolled back or not. */
    long publishedEvents();

    /** How many deliveries were made of them: one for each webhook that an event matched. */
    long publishedDeliveries();

    /** How many deliveries this client has brought to their receivers. */
    long delivered();

    /** How many deliveries were exhausted here. */
    long exhausted();

    /** How many deliveries were canceled here. */
    long canceled();

    /** How many deliveries were abandoned here. */
    long abandoned();

    /**
     * How many attempts failed, by what failed: the name of a {@link io.github.webhooks4j.delivery.Failure}, or the class of the status,
     * such as {@code 5xx}. {@code OURS} are no attempts and in no history: the trouble was on this side, and the request is made later.
     * What has not happened is not in the map.
     */
    Map<String, Long> failed();

    /**
     * How many outcomes came too late: another client had claimed the delivery meanwhile, and may have sent it a second time. More than
     * a few: processes or the database stall for longer than a lease.
     */
    long leaseLosses();

    /** How long attempts took, whatever came of them. */
    Latency attempts();

    /**
     * How long it took from when a delivery was due for the first time, which is when its event was published unless it has a {@code
     * deliverAt}, until the store knew that it was delivered: with all waits and failed attempts.
     */
    Latency publishToDelivered();

    // ---- over time, of all clients

    /**
     * What came of the attempts of one webhook, by hour: each hour has a count for each outcome and failure that there was, in the
     * order of the hours. Clients add what they have counted once a minute; one that crashes loses what it had not added yet. Kept
     * as long as the history, 90 days by default.
     *
     * @param from the first hour, or a moment within it
     * @param to where it ends: hours that begin then are left out
     * @throws IllegalArgumentException if it is more than 92 days
     * @throws io.github.webhooks4j.store.StoreException if the store fails
     */
    List<HourlyCount> hourly(String webhookId, Instant from, Instant to);

    /**
     * What came of the attempts of all webhooks together, by hour, see {@link #hourly(String, Instant, Instant)}.
     *
     * @throws IllegalArgumentException if it is more than 92 days, or more than 200,000 counts would have to be added up: a thousand
     *     webhooks that have two kinds of outcomes each hour have so many within four days. Ask for fewer hours
     * @throws io.github.webhooks4j.store.StoreException if the store fails
     */
    List<HourlyCount> hourly(Instant from, Instant to);
}
