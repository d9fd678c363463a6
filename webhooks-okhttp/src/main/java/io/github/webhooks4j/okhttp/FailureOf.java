package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Tells why a call brought no status: by what was thrown where that is clear, otherwise by how far the call got. */
final class FailureOf {
    // Texts of the JDK, for what has no class of its own. They only tell cases apart; no exception's text goes any
    // further.
    private static final Pattern REFUSED = Pattern.compile("Connection refused");
    private static final Pattern RESET = Pattern.compile("Connection reset");
    private static final Pattern UNREACHABLE = Pattern.compile("Network is unreachable");
    private static final Pattern TIMED_OUT = Pattern.compile("timed out");
    private static final Pattern NO_RECORD = Pattern.compile("(?i)unrecognized SSL message");
    private static final Pattern NOTHING_IN_COMMON =
            Pattern.compile("protocol[ _]version|improper ciphersuite|Received fatal alert: insufficient_security");
    /** What the receiver says of a certificate is of ours. */
    private static final Pattern REFUSED_CERTIFICATE =
            Pattern.compile("Received fatal alert: (?:\\w*certificate\\w*|unknown_ca|access_denied)");

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
        return exchange.onKeptConnection() && !exchange.answerBegun() ? Failure.STALE : Failure.PROTOCOL;
    }

    // ---- details

    /** What exactly failed; empty if what was thrown does not tell. */
    static Optional<FailureDetail> detail(Failure failure, Throwable thrown) {
        return Optional.ofNullable(
                switch (failure) {
                    case DNS -> detailOfName(thrown);
                    case CONNECT -> detailOfConnect(thrown);
                    case TLS -> detailOfTls(thrown);
                    default -> null;
                });
    }

    private static @Nullable FailureDetail detailOfName(Throwable thrown) {
        if (has(thrown, SilentResolverException.class)) {
            return FailureDetail.NAME_SERVER_SILENT;
        }
        return has(thrown, ExecutionException.class) ? FailureDetail.NAME_UNKNOWN : null; // it did answer
    }

    /** Of several addresses, one that answered counts for more than one that did not. */
    private static @Nullable FailureDetail detailOfConnect(Throwable thrown) {
        if (says(thrown, REFUSED)) {
            return FailureDetail.REFUSED;
        }
        if (says(thrown, RESET)) {
            return FailureDetail.RESET;
        }
        if (has(thrown, NoRouteToHostException.class) || says(thrown, UNREACHABLE)) {
            return FailureDetail.UNREACHABLE;
        }
        // The texts are the system's, in its language; the class stands for little else.
        return has(thrown, ConnectException.class) && !says(thrown, TIMED_OUT) ? FailureDetail.REFUSED : null;
    }

    private static @Nullable FailureDetail detailOfTls(Throwable thrown) {
        FailureDetail ofCertificate = detailOfCertificate(thrown);
        if (ofCertificate != null) {
            return ofCertificate;
        }
        if (says(thrown, REFUSED_CERTIFICATE)) {
            return FailureDetail.CLIENT_CERTIFICATE;
        }
        if (says(thrown, NOTHING_IN_COMMON)) {
            return FailureDetail.TLS_PROTOCOL;
        }
        if (says(thrown, NO_RECORD)) {
            return FailureDetail.NO_TLS;
        }
        return has(thrown, SocketException.class) || has(thrown, EOFException.class)
                ? FailureDetail.HANDSHAKE_BROKEN_OFF
                : null;
    }

    private static @Nullable FailureDetail detailOfCertificate(Throwable thrown) {
        if (has(thrown, CertificateExpiredException.class)) {
            return FailureDetail.CERTIFICATE_EXPIRED;
        }
        if (has(thrown, CertificateNotYetValidException.class)) {
            return FailureDetail.CERTIFICATE_NOT_YET_VALID;
        }
        if (has(thrown, CertPathBuilderException.class)) {
            return FailureDetail.UNKNOWN_AUTHORITY;
        }
        return has(thrown, SSLPeerUnverifiedException.class) ? FailureDetail.WRONG_NAME : null;
    }

    // ---- what was thrown

    private static boolean has(Throwable thrown, Class<? extends Throwable> type) {
        return any(thrown, type::isInstance);
    }

    private static boolean says(Throwable thrown, Pattern text) {
        return any(
                thrown,
                t -> t.getMessage() != null && text.matcher(t.getMessage()).find());
    }

    private static boolean any(Throwable thrown, Predicate<Throwable> wanted) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>()); // causes may form a circle
        Deque<Throwable> next = new ArrayDeque<>(List.of(thrown));
        while (!next.isEmpty()) {
            Throwable t = next.remove();
            if (wanted.test(t)) {
                return true;
            }
            if (seen.add(t)) {
                next.addAll(Arrays.asList(t.getSuppressed()));
                Optional.ofNullable(t.getCause()).ifPresent(next::add);
            }
        }
        return false;
    }
}
