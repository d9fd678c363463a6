package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.masking.Masks;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt. The bytes that are signed are the bytes that are sent. */
public final class Sender {
    private static final Logger log = LoggerFactory.getLogger(Sender.class);
    private static final int UNAUTHORIZED = 401;
    private static final int MAX_EXCERPT = 16 * 1024;

    private final Transport transport;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Duration timeout;

    /** A sender whose exchanges take so long at most. */
    public Sender(Transport transport, StoreClock clock, Ticker ticker, Duration timeout) {
        this.transport = transport;
        this.clock = clock;
        this.ticker = ticker;
        this.timeout = timeout;
    }

    /**
     * Sends the delivery: one request, and one more if it met a stale connection, both within one timeout. Whatever goes wrong is
     * in the attempts; nothing is thrown.
     *
     * @param mayStart asked right before the request, for which a token may have had to be fetched; if not, it is not made, and
     *     the attempt failed as {@link Failure#OURS}
     * @return the attempts, as {@link io.github.webhooks4j.store.Outcome} has them
     */
    public List<Attempt> send(Claimed delivery, Target target, BooleanSupplier mayStart) {
        Duration time = target.timeout(timeout);
        Attempt first = attempt(delivery, target, mayStart, time, false);
        Duration left = time.minus(first.duration());
        if (!failedAs(first, Failure.STALE) || left.isNegative() || left.isZero()) {
            return List.of(first);
        }
        Attempt second = attempt(delivery, target, mayStart, left, true);
        // One that failed on our side is not recorded; the request that was made before it must be.
        return failedAs(second, Failure.OURS) ? List.of(first) : List.of(first, second);
    }

    private static boolean failedAs(Attempt attempt, Failure failure) {
        return attempt.failure().isPresent() && attempt.failure().get() == failure;
    }

    private Attempt attempt(
            Claimed delivery, Target target, BooleanSupplier mayStart, Duration time, boolean onNewConnection) {
        Instant startedAt = clock.now();
        long began = ticker.nanos();
        Answer answer = target.denied()
                ? Answer.failed(Failure.DENIED)
                : exchange(delivery, target, mayStart, startedAt, time, onNewConnection);
        return new Attempt(
                delivery.attempts() + 1,
                startedAt,
                Duration.ofNanos(ticker.nanos() - began),
                answer.status(),
                answer.failure(),
                answer.detail(),
                answer.retryAfter().flatMap(value -> RetryAfter.parse(value, clock.now())),
                excerpt(answer.body()),
                target.skipsVerification() && !target.denied());
    }

    private Answer exchange(
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
            return Answer.failed(Failure.TIMEOUT); // a token was fetched in the meantime
        }
        if (!mayStart.getAsBoolean()) {
            return Answer.failed(Failure.OURS);
        }
        Answer answer = exchange(request);
        if (answer.status().orElse(0) == UNAUTHORIZED) {
            target.unauthorized(request);
        }
        return masked(answer, prepared);
    }

    /** The beginning of the body, which is to be kept, without the secrets that it echoes. */
    private static Answer masked(Answer answer, Prepared prepared) {
        if (answer.body().length < Masks.SHORTEST) {
            return answer;
        }
        byte[] beginning = Arrays.copyOf(answer.body(), Math.min(answer.body().length, MAX_EXCERPT));
        boolean isCut = beginning.length == MAX_EXCERPT;
        byte[] body = Masks.mask(beginning, isCut, prepared.secrets().get());
        return new Answer(answer.status(), answer.retryAfter(), body, answer.failure(), answer.detail());
    }

    /** The reason is for the log, and must hold nothing secret. */
    private static Answer unsendable(Claimed delivery, Failure failure, String reason) {
        if (!reason.isEmpty()) {
            log.warn(
                    "could not make the request of event {} to webhook {}: {}",
                    delivery.event().id(),
                    delivery.claim().webhookId(),
                    reason);
        }
        return Answer.failed(failure);
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

    /** The body as text that any database can hold: what is not UTF-8, and U+0000, become U+FFFD. */
    private static String excerpt(byte[] body) {
        return cut(new String(body, StandardCharsets.UTF_8).replace('\0', '\uFFFD'));
    }

    /** What was one byte and is U+FFFD takes three. */
    private static String cut(String text) {
        int bytes = 0;
        for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            int point = text.codePointAt(at);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > MAX_EXCERPT) {
                return text.substring(0, at);
            }
        }
        return text;
    }
}
