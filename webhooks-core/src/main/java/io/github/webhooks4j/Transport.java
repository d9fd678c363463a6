package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Sends requests: the seam to an HTTP client. {@code webhooks-okhttp} has the one that is meant for production.
 *
 * <p>A transport belongs to one client, which opens it when it is built and closes it when it is closed.
 *
 * <p>An implementation of your own must hold to this, since nobody else can: exactly one request on the wire for each
 * call, no redirect followed, no proxy or cookie taken from the environment, nothing connected to that {@link
 * EgressPolicy#allows} refuses <em>after the host name was resolved</em>, and an end to every call within its timeout.
 */
public interface Transport extends AutoCloseable {
    /** Called once, before the first {@link #send}, with the rules that every connection must obey. */
    void open(EgressPolicy policy);

    /**
     * Sends one request and waits for the answer. Called by many threads at once, each of which may be interrupted.
     *
     * <p>What a receiver does is never an exception: it is an answer or a {@link Failure}. Whatever an implementation
     * throws all the same is logged and recorded as {@link Failure#INVALID}.
     */
    Answer send(Request request);

    /** Frees connections and threads. Calls under way may be cut off. */
    @Override
    void close();

    /**
     * A request, ready to be sent as it is.
     *
     * @param method the HTTP method, in upper case
     * @param url the absolute http or https URL
     * @param headers every header that the request is to have, by name, {@code Content-Type} included; the transport adds
     *     only those of the connection and the length
     * @param body the bytes of the body, not to be changed
     * @param timeout the time for the whole exchange, from name resolution to the last byte read
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(String method, String url, Map<String, String> headers, byte[] body, Duration timeout) {
        /** Copies the headers. */
        public Request {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(url, "url");
            headers = Map.copyOf(headers);
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(timeout, "timeout");
        }

        /** Shows neither URL, headers nor body: each may hold a secret. */
        @Override
        public String toString() {
            return "Request[" + method + ", " + headers.size() + " headers, " + body.length + " bytes]";
        }
    }

    /**
     * What came back.
     *
     * @param status the HTTP status, 100 to 599, as soon as a status line and headers were read, whatever happened to the
     *     body; empty if they were not
     * @param retryAfter the raw value of the {@code Retry-After} header; empty if there is none
     * @param body the beginning of the answer's body, at most 16 KiB
     * @param failure why there is no status; empty if there is one
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(OptionalInt status, Optional<String> retryAfter, byte[] body, Optional<Failure> failure) {
        private static final byte[] EMPTY = new byte[0];

        /** Checks that there is either a status or a failure. */
        public Answer {
            Objects.requireNonNull(retryAfter, "retryAfter");
            Objects.requireNonNull(body, "body");
            if (status.isPresent() == failure.isPresent()) {
                throw new IllegalArgumentException("an answer has either a status or a failure");
            }
        }

        /** An answer with this status, no body and no {@code Retry-After}. */
        public static Answer of(int status) {
            return new Answer(OptionalInt.of(status), Optional.empty(), EMPTY, Optional.empty());
        }

        /** No answer, for this reason. */
        public static Answer failed(Failure failure) {
            return new Answer(OptionalInt.empty(), Optional.empty(), EMPTY, Optional.of(failure));
        }

        /** Shows no body: it may echo a secret. */
        @Override
        public String toString() {
            return "Answer[" + (status.isPresent() ? status.getAsInt() : failure.orElseThrow()) + "]";
        }
    }
}
