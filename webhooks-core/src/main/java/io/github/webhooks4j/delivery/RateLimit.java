package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How many requests all nodes together may make to a webhook: in any time {@code t} at most {@code burst + requests × t / per}.
 * Deliveries above the limit wait in order, and use up no attempt.
 *
 * <p>It is a token bucket, by the generic cell rate algorithm. A store keeps one instant for it: until when the requests that were
 * made use up the rate.
 *
 * @param requests how many requests, 1 to 10,000
 * @param per the period, 1 s to a day
 * @param burst how many requests may start at once after a quiet period; at least as many as the rate allows in 200 ms, and at
 *     most {@code requests}
 */
public record RateLimit(int requests, Duration per, int burst) {
    private static final int MAX_REQUESTS = 10_000;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LEAST_BURST = Duration.ofMillis(200);
    private static final int MICRO = 1_000;
    private static final int MILLI = 1_000_000;
    /** A request starts at most so much of the burst, and at most so long, after it was allowed. */
    private static final int START_SHARE = 4;

    private static final Duration LONGEST_START = Duration.ofMillis(500);
    private static final Duration FORGIVEN = Duration.ofMinutes(1);

    /** Checks for null only: {@link io.github.webhooks4j.WebhookClient#check} says what is wrong with the numbers. */
    public RateLimit {
        Objects.requireNonNull(per, "per");
    }

    /** At most this many requests in this period; all of them may start at once. */
    public static RateLimit of(int requests, Duration per) {
        return new RateLimit(requests, per, requests);
    }

    /** This limit with fewer requests at once. */
    public RateLimit withBurst(int burst) {
        return new RateLimit(requests, per, burst);
    }

    /** What is wrong with it; empty if nothing is. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (requests < 1 || requests > MAX_REQUESTS) {
            problems.add("requests is " + requests + "; it must be 1 to " + MAX_REQUESTS);
        }
        if (per.compareTo(SHORTEST) < 0 || per.compareTo(LONGEST) > 0 || per.toNanos() % MILLI != 0) {
            problems.add("per is " + per + "; it must be 1 s to 24 h, in whole milliseconds");
        }
        if (problems.isEmpty() && (burst < 1 || burst > requests || nanosOf(burst) < LEAST_BURST.toNanos())) {
            long least = Math.max(1, (LEAST_BURST.toNanos() + interval() - 1) / interval());
            problems.add("burst is " + burst + "; it must be " + least + " to " + requests);
        }
        return problems;
    }

    /**
     * How many requests may be made now.
     *
     * @param usedUntil the instant that the store keeps; any instant in the past if it keeps none yet
     * @param now by the store's clock
     * @param startWithin how long after now the requests may start, at the latest
     */
    public int available(Instant usedUntil, Instant now, Duration startWithin) {
        long ahead = ahead(usedUntil, now);
        if (ahead > tolerance()) {
            return 0;
        }
        return 1 + (int) Math.max(0, (tolerance() - Math.max(ahead, startWithin.toNanos())) / interval());
    }

    /** The instant that the store has to keep after it has allowed this many of the available requests. */
    public Instant use(Instant usedUntil, Instant now, Duration startWithin, int allowed) {
        // As if they started as late as they may: whenever they do, those that follow are within the limit.
        return now.plusNanos(Math.max(ahead(usedUntil, now), startWithin.toNanos()) + nanosOf(allowed));
    }

    /** How long until another request is available; zero if one is. */
    public Duration untilNext(Instant usedUntil, Instant now) {
        return Duration.ofNanos(Math.max(0, ahead(usedUntil, now) - tolerance()));
    }

    /** How long after it was allowed a request may usually start. That time is a part of the burst, which shrinks accordingly. */
    public Duration startWithin() {
        Duration share = Duration.ofNanos(nanosOf(burst) / START_SHARE);
        return share.compareTo(LONGEST_START) < 0 ? share : LONGEST_START;
    }

    /** How far ahead of time a request may come: as far as those that come in a burst with it. */
    private long tolerance() {
        return nanosOf(burst - 1);
    }

    /** An instant that this limit cannot have reached, even if the clock was set back a little, is of another limit: start again. */
    private long ahead(Instant usedUntil, Instant now) {
        long most = nanosOf(burst) + FORGIVEN.toNanos();
        boolean used = usedUntil.isAfter(now) && !usedUntil.isAfter(now.plusNanos(most));
        return used ? Duration.between(now, usedUntil).toNanos() : 0;
    }

    private long nanosOf(int requests) {
        return requests * interval();
    }

    /** The time between two requests at a steady rate, in whole microseconds, which any database can keep. */
    private long interval() {
        long micros = (per.toNanos() / MICRO + requests - 1) / requests;
        return micros * MICRO;
    }
}
