package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** How deliveries are sent to one webhook: what its settings make of an event, and of an answer. Safe for use by any thread. */
public interface Target {
    /** Scheme, host and port of its URL. */
    String origin();

    /** The version of its settings. */
    long version();

    /** Whether the egress policy refuses it: no request is made then, and the attempt fails. */
    boolean denied();

    /** Whether the receiver's certificate is not verified. */
    boolean skipsVerification();

    /** The time for one exchange, where the client grants so much. */
    Duration timeout(Duration granted);

    /**
     * The request for an event at this moment, signed. It may fetch an access token first.
     *
     * @param left how much of the time for the exchange is left, asked when all else is done
     * @param onNewConnection see {@link Transport.Request#onNewConnection}
     * @throws UnsendableException if there is none
     */
    Prepared request(StoredEvent event, Instant now, Supplier<Duration> left, boolean onNewConnection);

    /** The receiver answered that whoever made this request may not do so: a token that is in it may have ended. */
    void unauthorized(Transport.Request request);

    /** The statuses that mean delivered; empty for any of 200 to 299. */
    Set<Integer> successCodes();

    /** When to try again; empty for the client's own policy. */
    Optional<RetryPolicy> retryPolicy();

    /** When it was resumed last: what was held until then is no older than that. */
    Optional<Instant> resumedAt();
}
