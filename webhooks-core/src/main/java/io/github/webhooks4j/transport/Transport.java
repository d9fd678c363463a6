package io.github.webhooks4j.transport;

import io.github.webhooks4j.delivery.Failure;
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
 * <p><strong>What the engine guards, whatever the transport.</strong> It checks the URL with {@link EgressPolicy#check}
 * before every attempt, not only when the webhook is registered, and the webhook's TLS settings; what the policy refuses
 * never gets here. It makes the headers and checks what signers set. It reads at most 16 KiB of the body that an answer
 * brings, and takes whatever {@link #send} throws for an attempt that failed.
 *
 * <p><strong>What only the transport can guard,</strong> since it alone sees addresses, sockets and bytes. Where it does
 * not, customers can make the application talk to its own network:
 *
 * <ul>
 *   <li>Nothing is connected to that {@link EgressPolicy#allows} refuses. The address must be judged <em>after</em> the
 *       name was resolved, and it must be the one that the socket then connects to: a name may resolve differently the
 *       second time. If one address of a name is refused, all are. With {@link EgressPolicy#proxy}, nothing is connected
 *       to but the proxy.
 *   <li>No redirect is followed, and neither proxy, cookie, cache nor credential is taken from the environment.
 *   <li>Each call puts exactly one request on the wire. HTTP clients like to send again by themselves after a 408, a 503
 *       or a lost connection.
 *   <li>Each call ends within its timeout, name resolution included, and needs no more than a bounded amount of memory,
 *       whatever the receiver sends: endless headers, chunks, or one byte a second.
 *   <li>The receiver's certificate is verified for the host's name, as {@link Request#tls} asks, with TLS 1.2 or later.
 * </ul>
 *
 * <p>A transport over an HTTP client that resolves names by itself, and gives no say over the socket, cannot hold the first
 * of these. {@code java.net.http.HttpClient} is one. Use such a transport only where the network itself keeps requests
 * away from internal addresses.
 */
public interface Transport extends AutoCloseable {
    /** Called once, before the first {@link #send}, with the rules that every connection must obey. */
    void open(EgressPolicy policy);

    /**
     * Sends one request and waits for the answer. Called by many threads at once, each of which may be interrupted.
     *
     * <p>What a receiver does is never an exception: it is an answer or a {@link Failure}. Whatever an implementation
     * throws all the same is logged and recorded as {@link Failure#INVALID}.
     *
     * <p>{@link Failure#OURS} uses up no attempt, and is sent again and again: only for what no receiver can bring about,
     * such as a proxy out of reach, an interrupt, or the end of this transport. {@link Failure#STALE} is for a request on a
     * kept connection that ended before the first byte of an answer.
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
     * @param tls how the connection is secured; one that was made with other settings must not be used
     * @param onNewConnection whether it must not go out on a connection that is kept from an earlier request, since it did
     *     so just now and met {@link Failure#STALE}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(
            String method,
            String url,
            Map<String, String> headers,
            byte[] body,
            Duration timeout,
            TlsSettings tls,
            boolean onNewConnection) {
        /** A request with standard security, on any connection. */
        public Request(String method, String url, Map<String, String> headers, byte[] body, Duration timeout) {
            this(method, url, headers, body, timeout, TlsSettings.standard(), false);
        }

        /** Copies the headers. */
        public Request {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(url, "url");
            headers = Map.copyOf(headers);
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(timeout, "timeout");
            Objects.requireNonNull(tls, "tls");
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
