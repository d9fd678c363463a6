package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A retry policy taken apart, so that a store can keep it: either the name of one that the application registered, or a list of
 * delays, which may vary at random.
 *
 * @param name what it was registered as; empty for a list of delays
 * @param delays how long to wait after each attempt but the last; empty if it has a name
 * @param jitter by which part of it each delay varies at most, 0 to 1
 */
public record StoredRetryPolicy(Optional<String> name, List<Duration> delays, double jitter) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Copies the delays. */
    public StoredRetryPolicy {
        Objects.requireNonNull(name, "name");
        delays = List.copyOf(delays);
    }

    /** The parts of a policy made by one of {@link RetryPolicy}'s factories; empty for any other, such as a lambda. */
    public static Optional<StoredRetryPolicy> of(RetryPolicy policy) {
        if (policy instanceof NamedRetryPolicy named) {
            return Optional.of(new StoredRetryPolicy(Optional.of(named.name()), List.of(), 0));
        }
        if (policy instanceof Jitter jitter) {
            return jitter.policy() instanceof Schedule schedule && jitter.random() instanceof Jitter.Shared
                    ? Optional.of(new StoredRetryPolicy(Optional.empty(), schedule.delays(), jitter.part()))
                    : Optional.empty();
        }
        return policy instanceof Schedule schedule
                ? Optional.of(new StoredRetryPolicy(Optional.empty(), schedule.delays(), 0))
                : Optional.empty();
    }

    /** The name of a {@link RetryPolicy#custom} policy; empty for any other. */
    public static Optional<String> customName(RetryPolicy policy) {
        return policy instanceof NamedRetryPolicy named ? Optional.of(named.name()) : Optional.empty();
    }

    /** Whether a policy can be registered under this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * The policy again.
     *
     * @throws IllegalArgumentException if a delay or the jitter is out of its range
     */
    public RetryPolicy restore() {
        if (name.isPresent()) {
            return RetryPolicy.custom(name.get());
        }
        RetryPolicy schedule = new Schedule(delays);
        return jitter == 0 ? schedule : schedule.withJitter(jitter);
    }
}
