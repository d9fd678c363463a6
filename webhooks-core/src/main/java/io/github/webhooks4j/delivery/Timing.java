package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the time of an exchange went. A part is empty if there was none, such as connecting where the connection was kept from an
 * earlier request, or if it did not come to its end.
 *
 * @param dns resolving the host name
 * @param connect making the connection, without TLS
 * @param tls the TLS handshake
 * @param firstByte from the beginning of the request until the head of the answer had come
 */
public record Timing(
        Optional<Duration> dns, Optional<Duration> connect, Optional<Duration> tls, Optional<Duration> firstByte) {
    /** Nothing is known. */
    public static final Timing UNKNOWN =
            new Timing(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Checks for null only. */
    public Timing {
        Objects.requireNonNull(dns, "dns");
        Objects.requireNonNull(connect, "connect");
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(firstByte, "firstByte");
    }
}
