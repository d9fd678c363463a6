package io.github.webhooks4j.signing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Remembers the messages that were accepted, for as long as their timestamps could be accepted again. Only what was signed
 * gets in, so that nobody but the sender can fill it.
 */
final class ReplayGuard {
    private static final int MAX_MESSAGES = 100_000;

    private final Cache<Seen, Boolean> seen;

    private record Seen(String id, Instant timestamp) {}

    ReplayGuard(InstantSource clock, Duration memory) {
        Instant start = clock.instant();
        seen = Caffeine.newBuilder()
                .maximumSize(MAX_MESSAGES)
                .expireAfterWrite(memory)
                .ticker(() -> Duration.between(start, clock.instant()).toNanos())
                .executor(Runnable::run) // no thread of the host's
                .build();
    }

    boolean isNew(Message message) {
        return seen.asMap().putIfAbsent(new Seen(message.id(), message.timestamp()), true) == null;
    }
}
