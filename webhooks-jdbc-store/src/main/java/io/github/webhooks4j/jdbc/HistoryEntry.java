package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.CapturedRequest;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Timing;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row to be added to the history.
 *
 * @param fence of the claim whose outcome it is; below zero if the delivery was ended without one
 * @param number of the attempt, or of the last one before
 * @param repetition how many attempts of the same number come before it
 * @param details of the attempt; empty if the delivery ends without one
 * @param end what it ends; empty if it does not
 */
record HistoryEntry(
        UUID event,
        String webhookId,
        int fence,
        int number,
        int repetition,
        Optional<AttemptDetails> details,
        Optional<End> end) {
    /** The repetition of an end without an attempt: after all attempts of its number. */
    static final int END = 1000;

    /** As declared in the schema files. */
    private static final int MAX_EXCERPT = 16_384;

    /** NUL, and halves of surrogate pairs. */
    private static final Pattern UNSTORABLE = Pattern.compile("[\\x{0}\\x{D800}-\\x{DFFF}]");

    /**
     * The end of a delivery, with what names it when its event is gone.
     *
     * @param state how this row ends it
     * @param standing its state from now on
     */
    record End(
            DeliveryState state,
            DeliveryState standing,
            Optional<String> tenant,
            String eventId,
            String type,
            boolean test) {}

    /** A row for each attempt, of which the last ends the delivery if it has ended; or one for the end alone. */
    static Stream<HistoryEntry> of(Outcome outcome) {
        return of(outcome, false);
    }

    /** The rows of a test call, as {@link #of}. */
    static Stream<HistoryEntry> ofTest(Outcome test) {
        return of(test, true);
    }

    private static Stream<HistoryEntry> of(Outcome outcome, boolean test) {
        Optional<End> end =
                outcome.state() == DeliveryState.PENDING ? Optional.empty() : Optional.of(end(outcome, test));
        if (outcome.attempts().isEmpty()) {
            return end.stream()
                    .map(ends -> ended(outcome.claim(), outcome.claim().fence(), outcome.counted(), ends));
        }
        int last = outcome.attempts().size() - 1;
        return IntStream.rangeClosed(0, last).mapToObj(i -> {
            AttemptDetails details = outcome.attempts().get(i);
            return new HistoryEntry(
                    outcome.claim().event(),
                    outcome.claim().webhookId(),
                    outcome.claim().fence(),
                    details.attempt().number(),
                    i,
                    Optional.of(details),
                    i == last ? end : Optional.empty());
        });
    }

    private static End end(Outcome outcome, boolean test) {
        StoredEvent event = outcome.claimed().event();
        return new End(outcome.state(), outcome.standing(), event.tenant(), event.id(), event.type(), test);
    }

    /**
     * An end that is no outcome of a claim.
     *
     * @param last with the fence that the delivery had
     * @param attempts how many were made before
     */
    static HistoryEntry ended(Claim last, int attempts, End end) {
        return ended(last, -last.fence(), attempts, end);
    }

    private static HistoryEntry ended(Claim claim, int fence, int attempts, End end) {
        return new HistoryEntry(
                claim.event(), claim.webhookId(), fence, attempts, END, Optional.empty(), Optional.of(end));
    }

    /** Empty for the moment of the record. */
    Optional<Instant> startedAt() {
        return attempt().map(Attempt::startedAt);
    }

    int durationMillis() {
        return attempt().map(Attempt::duration).map(HistoryEntry::millis).orElse(0);
    }

    @Nullable
    Integer status() {
        OptionalInt status = attempt().map(Attempt::status).orElse(OptionalInt.empty());
        return status.isPresent() ? status.getAsInt() : null;
    }

    @Nullable
    String failure() {
        return attempt().flatMap(Attempt::failure).map(Enum::name).orElse(null);
    }

    @Nullable
    String failureDetail() {
        return attempt().flatMap(Attempt::detail).map(Enum::name).orElse(null);
    }

    @Nullable
    Long retryAfterMillis() {
        return attempt().flatMap(Attempt::retryAfter).map(Duration::toMillis).orElse(null);
    }

    boolean skippedVerification() {
        return attempt().map(Attempt::skippedVerification).orElse(false);
    }

    @Nullable
    Integer finalState() {
        return end.flatMap(ends -> States.code(ends.state)).orElse(null);
    }

    @Nullable
    Integer standing() {
        return end.flatMap(ends -> States.code(ends.standing)).orElse(null);
    }

    @Nullable
    String tenant() {
        return end.flatMap(End::tenant).orElse(null);
    }

    /** Null if it can be made of the key. */
    @Nullable
    String eventId() {
        return end.map(End::eventId)
                .filter(id -> !id.equals(StoredEvent.idOf(event)))
                .orElse(null);
    }

    @Nullable
    String type() {
        return end.map(End::type).orElse(null);
    }

    @Nullable
    Boolean test() {
        return end.filter(End::test).isPresent() ? true : null;
    }

    @Nullable
    Long webhookVersion() {
        return details.map(AttemptDetails::webhookVersion)
                .filter(version -> version > 0)
                .orElse(null);
    }

    @Nullable
    String origin() {
        return details.map(AttemptDetails::origin)
                .filter(origin -> !origin.isEmpty())
                .orElse(null);
    }

    @Nullable
    String node() {
        return details.map(AttemptDetails::node).filter(node -> !node.isEmpty()).orElse(null);
    }

    @Nullable
    Integer dnsMillis() {
        return timing().flatMap(Timing::dns).map(HistoryEntry::millis).orElse(null);
    }

    @Nullable
    Integer connectMillis() {
        return timing().flatMap(Timing::connect).map(HistoryEntry::millis).orElse(null);
    }

    @Nullable
    Integer tlsMillis() {
        return timing().flatMap(Timing::tls).map(HistoryEntry::millis).orElse(null);
    }

    @Nullable
    Integer firstByteMillis() {
        return timing().flatMap(Timing::firstByte).map(HistoryEntry::millis).orElse(null);
    }

    /** Not too long, and without the characters that some databases refuse, since they would refuse the outcome with it. */
    @Nullable
    String excerpt() {
        return attempt()
                .map(Attempt::excerpt)
                .map(text -> text.length() <= MAX_EXCERPT ? text : text.substring(0, MAX_EXCERPT))
                .map(text -> UNSTORABLE.matcher(text).replaceAll("\uFFFD"))
                .filter(text -> !text.isEmpty())
                .orElse(null);
    }

    /** See {@link #captured}. */
    @Nullable
    String request() {
        return details.flatMap(AttemptDetails::request)
                .map(request -> TextMap.write(Map.of(
                        "method", request.method(),
                        "headers", TextMap.write(request.headers()),
                        "body", request.body())))
                .orElse(null);
    }

    /** A request as {@link #request} wrote it. */
    static Optional<CapturedRequest> captured(@Nullable String request) {
        if (request == null) {
            return Optional.empty();
        }
        Map<String, String> parts = TextMap.read(request);
        return Optional.of(new CapturedRequest(
                parts.getOrDefault("method", ""),
                TextMap.read(parts.getOrDefault("headers", "{}")),
                parts.getOrDefault("body", "")));
    }

    @Nullable
    String answer() {
        return details.map(AttemptDetails::answerHeaders)
                .filter(headers -> !headers.isEmpty())
                .map(TextMap::write)
                .orElse(null);
    }

    private Optional<Attempt> attempt() {
        return details.map(AttemptDetails::attempt);
    }

    private Optional<Timing> timing() {
        return details.map(AttemptDetails::timing);
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, duration.toMillis());
    }
}
