package io.github.webhooks4j.transport;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.delivery.Timing;
import io.github.webhooks4j.egress.EgressPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Sends requests: the seam to an HTTP client. For production, {@code webhooks-okhttp} has an implementation.
 *
 * <p>A transport belongs to one client. Building the client opens the transport, and closing the client closes it.
 *
 * <p><strong>What the client guards, whatever the transport.</strong> Before every attempt, and not only at registration, it checks
 * the URL with {@link EgressPolicy#check}, and the webhook's TLS settings. The transport never gets what the policy refuses. The
 * client makes the headers and checks what signers set. It uses at most 16 KiB of an answer's body and 4 KiB of its headers, and
 * treats whatever {@link #send} throws as a failed attempt.
 *
 * <p><strong>What only the transport can guard,</strong> because it alone sees addresses, sockets and bytes. If it does not,
 * customers can make the application talk to its own network:
 *
 * <ul>
 *   <li>It connects to no address that {@link EgressPolicy#allows} refuses. It judges the address <em>after</em> resolving the
 *       name, and connects to that same address: a name may resolve differently the second time. If one address of a name is
 *       refused, all are. With {@link EgressPolicy#proxy}, it connects only to the proxy.
 *   <li>It follows no redirect, and takes no proxy, cookie, cache or credential from the environment.
 *   <li>Each call sends exactly one request. Many HTTP clients send again by themselves after a 408, a 503 or a lost connection.
 *   <li>Each call ends within its timeout, name resolution included, and needs a bounded amount of memory, whatever the receiver
 *       sends: endless headers, chunks, or one byte a second.
 *   <li>It verifies the receiver's certificate for the host's name, as {@link Request#tls} says, with TLS 1.2 or later.
 * </ul>
 *
 * <p>Some HTTP clients resolve names themselves and give no control over the socket, such as {@code java.net.http.HttpClient}. A
 * transport over such a client cannot keep the first rule. Use it only where the network itself keeps requests away from internal
 * addresses.
 */
public interface Transport extends AutoCloseable {
    /**
     * Opens the transport, with the rules that every connection must obey. The client calls it once, before the first {@link #send}.
     */
    void open(EgressPolicy policy);

    /**
     * Sends one request and waits for the answer. Many threads call it at once, and each may be interrupted.
     *
     * <p>Nothing that a receiver does is an exception: it is an answer or a {@link Failure}. If an implementation throws anyway, the
     * client logs it and records {@link Failure#INVALID}, or {@link Failure#OURS} for a {@link LinkageError}.
     *
     * <p>{@link Failure#OURS} uses up no attempt, and the client sends again without end. Use it only for what no receiver can cause:
     * the proxy is out of reach, the thread was interrupted, or the transport was closed. {@link Failure#STALE} is for a request on
     * a kept connection that ended before the first byte of an answer.
     */
    Answer send(Request request);

    /** Frees connections and threads. Calls under way may be cut off. */
    @Override
    void close();

    /**
     * A request to send as it is.
     *
     * @param method the HTTP method, in upper case
     * @param url the absolute http or https URL
     * @param headers all headers of the request, by name, {@code Content-Type} included; the transport adds only those of the
     *     connection and the length
     * @param body the bytes of the body; do not change them
     * @param timeout the time for the whole exchange, from name resolution to the last byte read
     * @param tls how the connection is secured; do not use a connection that was made with other settings
     * @param onNewConnection whether the request needs a new connection, because it failed as {@link Failure#STALE} on a kept one
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
     * @param status the HTTP status, 100 to 599, if a status line and headers were read, whatever happened to the body; empty if not
     * @param retryAfter the raw value of the {@code Retry-After} header; empty if there is none
     * @param body the beginning of the answer's body, at most 16 KiB
     * @param failure why there is no status; empty if there is one
     * @param detail what exactly failed; empty if there is a status, or no more is known
     * @param timing where the time went; {@link Timing#UNKNOWN} if the transport does not measure it
     * @param headers the headers of the answer, by name; none if there is no status, or the transport does not tell. The client looks
     *     at them only if it keeps some of them, and then at 50 at most. So this may be a view that reads them when asked; it is
     *     not copied, and must not change
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(
            OptionalInt status,
            Optional<String> retryAfter,
            byte[] body,
            Optional<Failure> failure,
            Optional<FailureDetail> detail,
            Timing timing,
            Map<String, String> headers) {
        private static final byte[] EMPTY = new byte[0];

        /** What came back, without a detail. */
        public Answer(OptionalInt status, Optional<String> retryAfter, byte[] body, Optional<Failure> failure) {
            this(status, retryAfter, body, failure, Optional.empty());
        }

        /** What came back, without its headers and without where the time went. */
        public Answer(
                OptionalInt status,
                Optional<String> retryAfter,
                byte[] body,
                Optional<Failure> failure,
                Optional<FailureDetail> detail) {
            this(status, retryAfter, body, failure, detail, Timing.UNKNOWN, Map.of());
        }

        /** Checks that there is either a status or a failure, and that the detail is one of it. */
        public Answer {
            Objects.requireNonNull(retryAfter, "retryAfter");
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(timing, "timing");
            Objects.requireNonNull(headers, "headers");
            if (status.isPresent() == failure.isPresent()) {
                throw new IllegalArgumentException("an answer has either a status or a failure");
            }
            if (detail.isPresent() && !detail.map(FailureDetail::failure).equals(failure)) {
                throw new IllegalArgumentException("the detail " + detail.get() + " is none of the answer's failure");
            }
        }

        /** An answer with this status, no body and no {@code Retry-After}. */
        public static Answer of(int status) {
            return new Answer(OptionalInt.of(status), Optional.empty(), EMPTY, Optional.empty());
        }

        /** No answer, for this reason. */
        public static Answer failed(Failure failure) {
            return failed(failure, Optional.empty());
        }

        /**
         * No answer, for this reason.
         *
         * @param detail what exactly failed; empty if no more is known
         */
        public static Answer failed(Failure failure, Optional<FailureDetail> detail) {
            return new Answer(OptionalInt.empty(), Optional.empty(), EMPTY, Optional.of(failure), detail);
        }

        /** Shows neither headers nor body: they may echo a secret. */
        @Override
        public String toString() {
            return "Answer[" + (status.isPresent() ? status.getAsInt() : failure.orElseThrow()) + "]";
        }
    }
}
