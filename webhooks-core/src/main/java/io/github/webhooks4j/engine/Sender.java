package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt. The bytes that are signed are the bytes that are sent. */
public final class Sender {
    private static final Logger log = LoggerFactory.getLogger(Sender.class);
    private static final int UNAUTHORIZED = 401;

    private final Transport transport;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Duration timeout;
    private final Captures captures;
    private final String node;

    /**
     * A sender whose exchanges take so long at most.
     *
     * @param captures what is kept of them
     * @param node the name of the client
     */
    public Sender(
            Transport transport, StoreClock clock, Ticker ticker, Duration timeout, Captures captures, String node) {
        this.transport = transport;
        this.clock = clock;
        this.ticker = ticker;
        this.timeout = timeout;
        this.captures = captures;
        this.node = node;
    }

    /**
     * What was sent, and what came of it.
     *
     * @param prepared null if nothing was sent
     */
    private record Exchange(@Nullable Prepared prepared, Answer answer) {
        static Exchange none(Failure failure) {
            return new Exchange(null, Answer.failed(failure));
        }
    }

    /**
     * Sends the delivery: one request, and one more if it met a stale connection, both within one timeout. Whatever goes wrong is
     * in the attempts; nothing is thrown.
     *
     * @param mayStart asked right before the request, for which a token may have had to be fetched; if not, it is not made, and
     *     the attempt failed as {@link Failure#OURS}
     * @return the attempts, as {@link io.github.webhooks4j.store.Outcome} has them
     */
    public List<AttemptDetails> send(Claimed delivery, Target target, BooleanSupplier mayStart) {
        Duration time = target.timeout(timeout);
        AttemptDetails first = attempt(delivery, target, mayStart, time, false);
        Duration left = time.minus(first.attempt().duration());
        if (!failedAs(first, Failure.STALE) || left.isNegative() || left.isZero()) {
            return List.of(first);
        }
        AttemptDetails second = attempt(delivery, target, mayStart, left, true);
        // One that failed on our side is not recorded; the request that was made before it must be.
        return failedAs(second, Failure.OURS) ? List.of(first) : List.of(first, second);
    }

    private static boolean failedAs(AttemptDetails made, Failure failure) {
        return made.attempt().failure().isPresent() && made.attempt().failure().get() == failure;
    }

    private AttemptDetails attempt(
            Claimed delivery, Target target, BooleanSupplier mayStart, Duration time, boolean onNewConnection) {
        Instant startedAt = clock.now();
        long began = ticker.nanos();
        Exchange exchange = target.denied()
                ? Exchange.none(Failure.DENIED)
                : exchange(delivery, target, mayStart, startedAt, time, onNewConnection);
        Duration duration = Duration.ofNanos(ticker.nanos() - began);
        Answer answer = exchange.answer;
        Captures.Captured captured = exchange.prepared == null
                ? Captures.Captured.NOTHING
                : captures.of(exchange.prepared, answer, Verdict.isDelivered(answer.status(), target.successCodes()));
        Attempt attempt = new Attempt(
                delivery.attempts() + 1,
                startedAt,
                duration,
                answer.status(),
                answer.failure(),
                answer.detail(),
                answer.retryAfter().flatMap(value -> RetryAfter.parse(value, clock.now())),
                captured.excerpt(),
                target.skipsVerification() && !target.denied());
        return new AttemptDetails(
                attempt,
                answer.timing(),
                target.origin(),
                Optional.empty(),
                target.version(),
                captured.request(),
                captured.answerHeaders(),
                node);
    }

    private Exchange exchange(
            Claimed delivery,
            Target target,
            BooleanSupplier mayStart,
            Instant now,
            Duration time,
            boolean onNewConnection) {
        Prepared prepared;
        long began = ticker.nanos();
        try {
            prepared = target.request(
                    delivery.event(), now, () -> time.minusNanos(ticker.nanos() - began), onNewConnection);
        } catch (UnsendableException e) {
            return unsendable(delivery, e.failure(), e.reason());
        } catch (RuntimeException | Error e) {
            // Only the kind of exception: its text may hold what the signer was given.
            return unsendable(delivery, Failure.INVALID, e.getClass().getName());
        }
        Transport.Request request = prepared.request();
        if (request.timeout().isNegative() || request.timeout().isZero()) {
            return Exchange.none(Failure.TIMEOUT); // a token was fetched in the meantime
        }
        if (!mayStart.getAsBoolean()) {
            return Exchange.none(Failure.OURS);
        }
        Answer answer = exchange(request);
        if (answer.status().orElse(0) == UNAUTHORIZED) {
            target.unauthorized(request);
        }
        return new Exchange(prepared, answer);
    }

    /** The reason is for the log, and must hold nothing secret. */
    private static Exchange unsendable(Claimed delivery, Failure failure, String reason) {
        if (!reason.isEmpty()) {
            log.warn(
                    "could not make the request of event {} to webhook {}: {}",
                    delivery.event().id(),
                    delivery.claim().webhookId(),
                    reason);
        }
        return Exchange.none(failure);
    }

    private Answer exchange(Transport.Request request) {
        try {
            Answer answer = transport.send(request);
            return Objects.requireNonNull(answer, "the transport's answer");
        } catch (RuntimeException | Error e) {
            // Only the kind of exception: its text may hold parts of the request.
            log.error(
                    "the transport threw {}; it must answer with a Failure instead",
                    e.getClass().getName());
            // What does not fit together is the same for all receivers, and none of them can mend it.
            return Answer.failed(e instanceof LinkageError ? Failure.OURS : Failure.INVALID);
        }
    }
}
