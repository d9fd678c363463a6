package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.engine.RetryAfter;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.payload.RenderException;
import io.github.webhooks4j.signing.AccessTokens;
import io.github.webhooks4j.signing.TokenException;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt: renders, signs, sends. The bytes that are signed are the bytes that are sent. */
public final class Sender {
    private static final Logger log = LoggerFactory.getLogger(Sender.class);

    /**
     * What was sent.
     *
     * @param stale the first request, if its connection was stale and it was sent once more; empty as a rule
     * @param attempt the attempt that counts
     */
    public record Sent(Optional<Attempt> stale, Attempt attempt) {}

    private static final int UNAUTHORIZED = 401;
    private static final int MAX_EXCERPT = 16 * 1024;

    private final Transport transport;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Duration timeout;
    private final EgressPolicy policy;
    private final AccessTokens tokens;

    Sender(
            Transport transport,
            StoreClock clock,
            Ticker ticker,
            Duration timeout,
            EgressPolicy policy,
            AccessTokens tokens) {
        this.transport = transport;
        this.clock = clock;
        this.ticker = ticker;
        this.timeout = timeout;
        this.policy = policy;
        this.tokens = tokens;
    }

    /**
     * Sends the delivery: one request, and one more if it met a stale connection, both within one timeout. Whatever goes
     * wrong is in the attempts; nothing is thrown.
     *
     * @param mayStart asked right before the request, for which a token may have had to be fetched; if not, it is not made, and
     *     the attempt failed as {@link Failure#OURS}
     */
    public Sent send(Claimed delivery, Subscription subscription, BooleanSupplier mayStart) {
        Duration time = subscription.webhook().timeout(timeout);
        Attempt first = attempt(delivery, subscription, mayStart, time, false);
        Duration left = time.minus(first.duration());
        if (!failedAs(first, Failure.STALE) || left.isNegative() || left.isZero()) {
            return new Sent(Optional.empty(), first);
        }
        Attempt second = attempt(delivery, subscription, mayStart, left, true);
        // One that failed on our side is not recorded; the request that was made before it must be.
        return failedAs(second, Failure.OURS)
                ? new Sent(Optional.empty(), first)
                : new Sent(Optional.of(first), second);
    }

    private static boolean failedAs(Attempt attempt, Failure failure) {
        return attempt.failure().equals(Optional.of(failure));
    }

    private Attempt attempt(
            Claimed delivery,
            Subscription subscription,
            BooleanSupplier mayStart,
            Duration time,
            boolean onNewConnection) {
        Instant startedAt = clock.now();
        long began = ticker.nanos();
        Answer answer = subscription.denied()
                ? Answer.failed(Failure.DENIED)
                : exchange(delivery, subscription, mayStart, startedAt, time, onNewConnection);
        return new Attempt(
                delivery.attempts() + 1,
                startedAt,
                Duration.ofNanos(ticker.nanos() - began),
                answer.status(),
                answer.failure(),
                answer.retryAfter().flatMap(value -> RetryAfter.parse(value, clock.now())),
                excerpt(answer.body()),
                subscription.webhook().tls().skipsVerification() && !subscription.denied());
    }

    private Answer exchange(
            Claimed delivery,
            Subscription subscription,
            BooleanSupplier mayStart,
            Instant now,
            Duration time,
            boolean onNewConnection) {
        Rendering rendering;
        long began = ticker.nanos();
        try {
            rendering = Rendering.of(delivery.event(), subscription, policy, now);
        } catch (TokenRequests.Failed e) {
            return Answer.failed(e.failure());
        } catch (TokenException e) {
            // The wait for a token that another thread fetches; nothing was sent.
            return Thread.currentThread().isInterrupted()
                    ? Answer.failed(Failure.OURS)
                    : invalid(delivery, subscription, e.getMessage());
        } catch (RenderException e) {
            return invalid(delivery, subscription, e.getMessage());
        } catch (RuntimeException | Error e) {
            // Only the kind of exception: its text may hold what the signer was given.
            return invalid(delivery, subscription, e.getClass().getName());
        }
        // A token may have been fetched in the meantime.
        Duration left = time.minusNanos(ticker.nanos() - began);
        if (left.isNegative() || left.isZero()) {
            return Answer.failed(Failure.TIMEOUT);
        }
        if (!mayStart.getAsBoolean()) {
            return Answer.failed(Failure.OURS);
        }
        Answer answer = exchange(request(rendering, subscription, left, onNewConnection));
        if (answer.status().orElse(0) == UNAUTHORIZED) {
            subscription.webhook().signers().forEach(signer -> tokens.refused(signer, rendering.headers()));
        }
        return answer;
    }

    /** The reason is for the log, and must hold nothing secret. */
    private static Answer invalid(Claimed delivery, Subscription subscription, @Nullable String reason) {
        log.warn(
                "the request of event {} to webhook {} could not be made: {}",
                delivery.event().id(),
                subscription.webhook().id(),
                reason);
        return Answer.failed(Failure.INVALID);
    }

    private Answer exchange(Request request) {
        try {
            Answer answer = transport.send(request);
            return Objects.requireNonNull(answer, "the transport's answer");
        } catch (RuntimeException | Error e) {
            // Only the kind of exception: its text may hold parts of the request.
            log.error(
                    "the transport threw {}; it must answer with a Failure instead",
                    e.getClass().getName());
            return Answer.failed(Failure.INVALID);
        }
    }

    private static Request request(
            Rendering rendering, Subscription subscription, Duration time, boolean onNewConnection) {
        return new Request(
                rendering.method(),
                rendering.url(),
                rendering.headers(),
                rendering.body(),
                time,
                subscription.webhook().tls(),
                onNewConnection);
    }

    /** The body as text that any database can hold: what is not UTF-8, and U+0000, become U+FFFD. */
    private static String excerpt(byte[] body) {
        int length = Math.min(body.length, MAX_EXCERPT);
        return new String(body, 0, length, StandardCharsets.UTF_8).replace('\0', '\uFFFD');
    }
}
