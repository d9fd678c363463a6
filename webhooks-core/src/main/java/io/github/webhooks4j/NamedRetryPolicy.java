package io.github.webhooks4j;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** A name that stands for a retry policy of the application's own; the client puts that policy in its place. */
record NamedRetryPolicy(String name) implements RetryPolicy {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    NamedRetryPolicy {
        Objects.requireNonNull(name, "name");
    }

    boolean isName() {
        return NAME.matcher(name).matches();
    }

    @Override
    public Optional<Duration> delayAfter(Attempt attempt) {
        throw new IllegalStateException("no retry policy is registered under the name " + name
                + "; register it with WebhookClient.builder().retryPolicy(\"" + name + "\", …)");
    }
}
