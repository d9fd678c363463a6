package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A name that stands for a retry policy of the application's own; the client puts that policy in its place. */
record NamedRetryPolicy(String name) implements RetryPolicy {

    NamedRetryPolicy {
        Objects.requireNonNull(name, "name");
    }

    @Override
    public Optional<Duration> delayAfter(Attempt attempt) {
        throw new IllegalStateException("no retry policy is registered under the name " + name
                + "; register it with WebhookClient.builder().retryPolicy(\"" + name + "\", …)");
    }
}
