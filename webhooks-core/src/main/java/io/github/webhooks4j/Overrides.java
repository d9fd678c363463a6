package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.delivery.StoredRetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook has of its own in the place of what its client says.
 *
 * @param retryPolicy when to try again; null for the client's
 * @param successCodes the statuses that mean delivered; empty for any of 200 to 299
 * @param timeout the time for one exchange; null for the client's
 * @param concurrency how many requests each node makes at a time, at most; null for the client's
 * @param rateLimit how many requests all nodes make in a time, at most; null for no limit
 */
record Overrides(
        @Nullable RetryPolicy retryPolicy,
        Set<Integer> successCodes,
        @Nullable Duration timeout,
        @Nullable Integer concurrency,
        @Nullable RateLimit rateLimit) {
    static final Overrides NONE = new Overrides(null, Set.of(), null, null, null);

    private static final int MAX_CONCURRENCY = 64;
    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);
    private static final int MILLI = 1_000_000;
    private static final int MIN_CODE = 200;
    private static final int MAX_CODE = 599;

    Overrides {
        successCodes = Set.copyOf(successCodes);
    }

    Overrides with(RetryPolicy retryPolicy) {
        return new Overrides(retryPolicy, successCodes, timeout, concurrency, rateLimit);
    }

    Overrides with(Set<Integer> successCodes) {
        return new Overrides(retryPolicy, successCodes, timeout, concurrency, rateLimit);
    }

    Overrides with(Duration timeout) {
        return new Overrides(retryPolicy, successCodes, timeout, concurrency, rateLimit);
    }

    Overrides with(int concurrency) {
        return new Overrides(retryPolicy, successCodes, timeout, concurrency, rateLimit);
    }

    Overrides with(RateLimit rateLimit) {
        return new Overrides(retryPolicy, successCodes, timeout, concurrency, rateLimit);
    }

    /** The time for one exchange, where the client grants so much. */
    Duration timeout(Duration granted) {
        return timeout != null && timeout.compareTo(granted) < 0 ? timeout : granted;
    }

    // ---- what can be wrong

    /**
     * Everything that is wrong.
     *
     * @param longest the longest time-out that can be kept
     * @param policies the names of the retry policies that are registered
     */
    List<Problem> problems(Duration longest, Set<String> policies) {
        List<Problem> problems = new ArrayList<>();
        Optional<String> policyName = Optional.ofNullable(retryPolicy).flatMap(StoredRetryPolicy::customName);
        if (policyName.isPresent()) {
            String name = policyName.get();
            if (!StoredRetryPolicy.isName(name)) {
                problems.add(new Problem(
                        "retryPolicy",
                        "retryPolicy.form",
                        "must have a name of 1 to 64 letters, digits, dots, _ or -"));
            } else if (!policies.contains(name)) {
                problems.add(new Problem(
                        "retryPolicy",
                        "retryPolicy.unknown",
                        "refers to the policy " + name
                                + ", which is not registered: add WebhookClient.builder().retryPolicy(\"" + name
                                + "\", …)"));
            }
        } else if (retryPolicy != null && write(retryPolicy) == null) {
            problems.add(new Problem(
                    "retryPolicy",
                    "retryPolicy.unstorable",
                    "cannot be stored: register it with WebhookClient.builder().retryPolicy(name, policy) and refer to it as"
                            + " RetryPolicy.custom(name)"));
        }
        if (!successCodes.stream().allMatch(code -> code >= MIN_CODE && code <= MAX_CODE)) {
            problems.add(new Problem("successCodes", "successCodes.form", "must be from 200 to 599"));
        }
        if (timeout != null && !isTimeout(timeout, longest)) {
            problems.add(new Problem(
                    "timeout",
                    "timeout.range",
                    "is " + timeout + "; it must be " + SHORTEST_TIMEOUT + " to " + longest
                            + ", which WebhookClient.builder().requestTimeout(…) says, in whole milliseconds"));
        }
        if (concurrency != null && (concurrency < 1 || concurrency > MAX_CONCURRENCY)) {
            problems.add(new Problem(
                    "concurrency", "concurrency.range", "is " + concurrency + "; it must be 1 to " + MAX_CONCURRENCY));
        }
        if (rateLimit != null) {
            rateLimit.problems().forEach(problem -> problems.add(new Problem("rateLimit", "rateLimit.range", problem)));
        }
        return problems;
    }

    /** Very short ones would end in the middle of what is ours: a dial to the proxy, or a look-up of a name. */
    private static boolean isTimeout(Duration timeout, Duration longest) {
        boolean isLongEnough = timeout.compareTo(SHORTEST_TIMEOUT) >= 0 || timeout.equals(longest);
        return isLongEnough && timeout.compareTo(longest) <= 0 && timeout.toNanosPart() % MILLI == 0;
    }

    // ---- as they are stored

    /** The form in which they are stored; times in milliseconds. */
    record Document(
            @Nullable RetryDocument retry,
            @Nullable List<Integer> successCodes,
            @Nullable Long timeout,
            @Nullable Integer concurrency,
            @Nullable RateDocument rate) {}

    /** A retry policy: either a name, or a list of delays in milliseconds, which may vary by a part. */
    record RetryDocument(@Nullable String name, @Nullable List<Long> delays, double jitter) {}

    record RateDocument(int requests, long per, int burst) {}

    @Nullable
    Document write() {
        return equals(NONE)
                ? null
                : new Document(
                        retryPolicy == null ? null : write(retryPolicy),
                        successCodes.isEmpty() ? null : List.copyOf(new TreeSet<>(successCodes)),
                        timeout == null ? null : timeout.toMillis(),
                        concurrency,
                        rateLimit == null
                                ? null
                                : new RateDocument(
                                        rateLimit.requests(), rateLimit.per().toMillis(), rateLimit.burst()));
    }

    private static @Nullable RetryDocument write(RetryPolicy policy) {
        return StoredRetryPolicy.of(policy)
                .map(stored -> new RetryDocument(
                        stored.name().orElse(null),
                        stored.name().isPresent()
                                ? null
                                : stored.delays().stream()
                                        .map(Duration::toMillis)
                                        .toList(),
                        stored.jitter()))
                .orElse(null);
    }

    /**
     * What was stored.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    static Overrides read(Document stored) {
        return new Overrides(
                stored.retry == null ? null : read(stored.retry),
                Set.copyOf(Optional.ofNullable(stored.successCodes).orElse(List.of())),
                stored.timeout == null ? null : Duration.ofMillis(stored.timeout),
                stored.concurrency,
                stored.rate == null ? null : read(stored.rate));
    }

    private static RateLimit read(RateDocument stored) {
        RateLimit limit = new RateLimit(stored.requests, Duration.ofMillis(stored.per), stored.burst);
        if (!limit.problems().isEmpty()) {
            throw new IllegalArgumentException(limit.problems().toString());
        }
        return limit;
    }

    private static RetryPolicy read(RetryDocument stored) {
        List<Long> delays = Optional.ofNullable(stored.delays).orElse(List.of());
        return new StoredRetryPolicy(
                        Optional.ofNullable(stored.name),
                        delays.stream().map(Duration::ofMillis).toList(),
                        stored.jitter)
                .restore();
    }
}
