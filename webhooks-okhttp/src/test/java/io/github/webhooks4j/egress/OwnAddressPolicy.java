package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/** Policies of a machine with other addresses than this one has. */
public final class OwnAddressPolicy {
    private OwnAddressPolicy() {}

    /** One with a proxy. */
    public static EgressPolicy of(InetSocketAddress proxy, InetAddress... own) {
        EgressPolicyBuilder builder = new EgressPolicyBuilder().own(new OwnAddresses(() -> Set.of(own), () -> 0));
        return builder.allowSkipVerification().proxy(proxy).build();
    }
}
