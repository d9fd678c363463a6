package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * The rules about where requests may go. Immutable and safe for use by any thread.
 *
 * <p>Two questions are asked of it: may this URL be registered and sent to ({@link #check}), and may a socket connect to
 * this address ({@link #allows}). The second is the authority: it is asked of every address right before a connection is
 * made.
 */
public final class EgressPolicy {
    private final UrlRules urls;
    private final AddressRules addresses;

    private EgressPolicy(Set<String> schemes, Set<String> names, AddressRules addresses) {
        this.urls = new UrlRules(schemes, new HostRules(names, addresses));
        this.addresses = addresses;
    }

    /** Public addresses over https only. The default, and what production uses. */
    public static EgressPolicy strict() {
        return new EgressPolicy(Set.of("https"), Set.of(), AddressRules.publicOnly());
    }

    /**
     * Also http, and also addresses of this machine (loopback) and the name {@code localhost}. For development and tests
     * on one machine.
     */
    public static EgressPolicy development() {
        AddressRules loopbackToo = AddressRules.publicAnd(Cidr.list("127.0.0.0/8 ::1/128"));
        return new EgressPolicy(Set.of("http", "https"), Set.of("localhost"), loopbackToo);
    }

    /**
     * What is wrong with this URL, all at once; empty if requests may be sent to it, as far as the text alone tells. No
     * name is looked up.
     */
    public List<Refusal> check(String url) {
        return urls.check(url);
    }

    /** Whether a connection to this address may be made. */
    public boolean allows(InetAddress address) {
        return addresses.allows(address);
    }
}
