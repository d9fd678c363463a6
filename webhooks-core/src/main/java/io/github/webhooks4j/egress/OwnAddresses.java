package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The addresses of this machine's own interfaces, public ones among them: what listens there may trust whoever comes from
 * the same machine. Read again when they are ten seconds old, since interfaces come and go.
 */
final class OwnAddresses {
    private static final Duration MAX_AGE = Duration.ofSeconds(10);

    private final Supplier<Set<InetAddress>> interfaces;
    private final LongSupplier nanos;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Set<InetAddress> known = Set.of();
    private volatile long readAt;
    private volatile boolean read;

    /**
     * Addresses as these suppliers tell.
     *
     * @param interfaces reads all addresses
     * @param nanos the time, as {@link System#nanoTime} tells it
     */
    OwnAddresses(Supplier<Set<InetAddress>> interfaces, LongSupplier nanos) {
        this.interfaces = interfaces;
        this.nanos = nanos;
    }

    static OwnAddresses ofThisMachine() {
        return new OwnAddresses(OwnAddresses::readAll, System::nanoTime);
    }

    boolean contains(InetAddress address) {
        refresh();
        return known.contains(address);
    }

    /** Whether this is one of them, as its bytes. */
    boolean contains(byte[] address) {
        try {
            return contains(InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }

    private void refresh() {
        if (!isOld()) {
            return;
        }
        // The first to come reads; others wait only if nothing is known yet.
        if (read && reading.isLocked()) {
            return;
        }
        reading.lock();
        try {
            if (isOld()) {
                Set<InetAddress> all = interfaces.get();
                // Nothing means that they could not be read: what was known is still the best guess.
                known = all.isEmpty() ? known : Set.copyOf(all);
                readAt = nanos.getAsLong();
                read = true;
            }
        } finally {
            reading.unlock();
        }
    }

    private boolean isOld() {
        return !read || nanos.getAsLong() - readAt > MAX_AGE.toNanos();
    }

    private static Set<InetAddress> readAll() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toSet());
        } catch (SocketException e) {
            return Set.of();
        }
    }
}
