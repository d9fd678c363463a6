package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.util.List;

/**
 * The rules about where requests may go. Immutable and safe for use by any thread.
 *
 * <p>Two questions are asked of it: may this URL be registered and sent to ({@link #check}), and may a socket connect to
 * this address ({@link #allows}). The second is the authority: it is asked of every address right before a connection is
 * made.
 */
public final class EgressPolicy {
    private final boolean development;

    private EgressPolicy(boolean development) {
        this.development = development;
    }

    /** Public addresses over https only. The default, and what production uses. */
    public static EgressPolicy strict() {
        return new EgressPolicy(false);
    }

    /** Also http, and also addresses of this machine (loopback). For development and tests on one machine. */
    public static EgressPolicy development() {
        return new EgressPolicy(true);
    }

    /** What is wrong with this URL; empty if requests may be sent to it, as far as the text alone tells. */
    public List<Refusal> check(String url) {
        return List.of();
    }

    /** Whether a connection to this address may be made. */
    public boolean allows(InetAddress address) {
        return development || !address.isLoopbackAddress();
    }
}
