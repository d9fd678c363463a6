package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A row to be added to the history.
 *
 * @param fence of the claim whose outcome it is; empty if the delivery was ended without one
 * @param repetition how many attempts of the same number come before it
 * @param attempt empty if the delivery ends without one
 * @param state {@code PENDING} if it is not the last one
 */
record HistoryEntry(
        UUID event,
        String webhookId,
        Optional<Integer> fence,
        int repetition,
        Optional<Attempt> attempt,
        DeliveryState state) {
    /** As declared in the schema files. */
    private static final int MAX_EXCERPT = 16_384;

    /** NUL, and halves of surrogate pairs. */
    private static final Pattern UNSTORABLE = Pattern.compile("[\\x{0}\\x{D800}-\\x{DFFF}]");

    /** A row for each attempt, of which the last has the state; or one for the state alone, if it is an end. */
    static Stream<HistoryEntry> of(Outcome outcome) {
        Claim claim = outcome.claim();
        Optional<Integer> fence = Optional.of(claim.fence());
        List<Attempt> attempts = outcome.attempts();
        if (attempts.isEmpty()) {
            return outcome.state() == DeliveryState.PENDING
                    ? Stream.empty()
                    : Stream.of(new HistoryEntry(
                            claim.event(), claim.webhookId(), fence, 0, Optional.empty(), outcome.state()));
        }
        int last = attempts.size() - 1;
        return IntStream.rangeClosed(0, last)
                .mapToObj(i -> new HistoryEntry(
                        claim.event(),
                        claim.webhookId(),
                        fence,
                        i,
                        Optional.of(attempts.get(i)),
                        i == last ? outcome.state() : DeliveryState.PENDING));
    }

    /** An end that is no outcome of a claim. */
    static HistoryEntry end(UUID event, String webhookId, DeliveryState state) {
        return new HistoryEntry(event, webhookId, Optional.empty(), 0, Optional.empty(), state);
    }

    int number() {
        return attempt.map(Attempt::number).orElse(0);
    }

    Optional<String> finalState() {
        return state == DeliveryState.PENDING ? Optional.empty() : Optional.of(state.name());
    }

    /** Empty for the moment of the record. */
    Optional<Instant> startedAt() {
        return attempt.map(Attempt::startedAt);
    }

    long durationMillis() {
        return attempt.map(Attempt::duration).orElse(Duration.ZERO).toMillis();
    }

    Optional<Integer> status() {
        OptionalInt status = attempt.map(Attempt::status).orElse(OptionalInt.empty());
        return status.isPresent() ? Optional.of(status.getAsInt()) : Optional.empty();
    }

    Optional<String> failure() {
        return attempt.flatMap(Attempt::failure).map(Enum::name);
    }

    Optional<String> failureDetail() {
        return attempt.flatMap(Attempt::detail).map(Enum::name);
    }

    Optional<Long> retryAfterMillis() {
        return attempt.flatMap(Attempt::retryAfter).map(Duration::toMillis);
    }

    /** Not too long, and without the characters that some databases refuse, since they would refuse the outcome with it. */
    Optional<String> excerpt() {
        return attempt.map(Attempt::excerpt)
                .map(text -> text.length() <= MAX_EXCERPT ? text : text.substring(0, MAX_EXCERPT))
                .map(text -> UNSTORABLE.matcher(text).replaceAll("\uFFFD"))
                .filter(text -> !text.isEmpty());
    }

    boolean skippedVerification() {
        return attempt.map(Attempt::skippedVerification).orElse(false);
    }
}
