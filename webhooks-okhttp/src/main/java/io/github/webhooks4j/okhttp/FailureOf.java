package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.delivery.Failure;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.util.Arrays;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Tells why a call brought no status: by what was thrown where that is clear, otherwise by how far the call got. */
final class FailureOf {
    private static final int LONGEST_CLOSE_NOTIFY = 90;

    private FailureOf() {}

    /** Judges a call that neither an interrupt nor the end of the transport cut off. */
    static Failure call(Throwable thrown, ExchangeListener exchange, CallLimits limits) {
        if (thrown instanceof LinkageError) {
            return Failure.OURS; // versions that do not fit together, which no receiver chose
        }
        if (thrown instanceof Error) {
            // An answer that brings it about each time must end its delivery: ours is only what came before any byte.
            return thrown instanceof OutOfMemoryError && limits.bytesRead() == 0 ? Failure.OURS : Failure.PROTOCOL;
        }
        if (has(thrown, TargetDeniedException.class)) {
            return Failure.DENIED;
        }
        if (has(thrown, ResolverDownException.class) || limits.isRefusedByProxy()) {
            return Failure.OURS;
        }
        if (has(thrown, ProxyUnreachableException.class)) {
            // The end of the call's time cuts the way to a sound proxy off too.
            return limits.nanosLeft() <= 0 ? Failure.TIMEOUT : Failure.OURS;
        }
        if (has(thrown, UnknownHostException.class)) {
            return Failure.DNS;
        }
        if (has(thrown, InterruptedIOException.class) || limits.nanosLeft() <= 0) {
            return Failure.TIMEOUT;
        }
        if (!exchange.connected()) {
            return exchange.handshakeBegun() ? Failure.TLS : Failure.CONNECT;
        }
        // With TLS 1.3 a receiver that wants a client certificate says so only after the handshake. If it has closed
        // the connection by then, what it said is found beside the failure to write.
        if (has(thrown, SSLHandshakeException.class) || has(thrown, SSLPeerUnverifiedException.class)) {
            return Failure.TLS;
        }
        return exchange.onKeptConnection() && limits.bytesOfAnswer() <= mostBytesOfNoAnswer(exchange)
                ? Failure.STALE
                : Failure.PROTOCOL;
    }

    /** Within TLS, the other side's good-bye takes some bytes, less than any answer does together with its record. */
    private static int mostBytesOfNoAnswer(ExchangeListener exchange) {
        return exchange.isSecure() ? LONGEST_CLOSE_NOTIFY : 0;
    }

    private static boolean has(Throwable thrown, Class<? extends Throwable> type) {
        for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
            if (type.isInstance(t) || Arrays.stream(t.getSuppressed()).anyMatch(type::isInstance)) {
                return true;
            }
        }
        return false;
    }
}
