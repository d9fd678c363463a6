package io.github.webhooks4j.egress;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a policy is made of. */
final class EgressPolicyBuilder implements EgressPolicy.Builder {
    private static final Pattern USER_AGENT = Pattern.compile("(?! )[\\x20-\\x7E]{1,200}(?<! )");
    private static final Set<Integer> NAT64_LENGTHS = Set.of(32, 40, 48, 56, 64, 96);
    private static final int LAST_PORT = 65535;

    final List<Cidr> allowed = new ArrayList<>();
    final List<Cidr> translators = new ArrayList<>();
    final Set<String> hosts = new HashSet<>();
    final Set<Integer> ports = new HashSet<>();
    OwnAddresses own = OwnAddresses.ofThisMachine();
    String userAgent = "webhooks4j";
    boolean skipVerification;
    private boolean http;

    @Nullable
    InetSocketAddress proxy;

    Set<String> schemes() {
        return http ? Set.of("http", "https") : Set.of("https");
    }

    @Override
    public EgressPolicyBuilder allow(String block) {
        allowed.add(Cidr.of(Objects.requireNonNull(block, "block")));
        return this;
    }

    @Override
    public EgressPolicyBuilder allowHost(String name) {
        String host = Objects.requireNonNull(name, "name").toLowerCase(Locale.ROOT);
        if (!HostRules.isName(host)) {
            throw new IllegalArgumentException("\"" + name
                    + "\" is not a host name; write it like hooks.internal, and allow addresses with allow(block)");
        }
        hosts.add(host);
        return this;
    }

    @Override
    public EgressPolicyBuilder allowHttp() {
        http = true;
        return this;
    }

    @Override
    public EgressPolicyBuilder ports(int... ports) {
        if (ports.length == 0) {
            throw new IllegalArgumentException("no port is given; name those that are allowed, such as 443");
        }
        for (int port : ports) {
            if (port < 1 || port > LAST_PORT) {
                throw new IllegalArgumentException("port " + port + " does not exist; it must be 1 to " + LAST_PORT);
            }
            this.ports.add(port);
        }
        return this;
    }

    @Override
    public EgressPolicyBuilder nat64(String prefix) {
        Cidr block = Cidr.of(Objects.requireNonNull(prefix, "prefix"));
        if (!block.isV6() || !NAT64_LENGTHS.contains(block.length())) {
            throw new IllegalArgumentException(
                    "\"" + prefix
                            + "\" is not a prefix of NAT64; write it like 64:ff9b::/96, with a length of 32, 40, 48, 56, 64 or 96");
        }
        translators.add(block);
        return this;
    }

    @Override
    public EgressPolicyBuilder proxy(InetSocketAddress address) {
        if (Objects.requireNonNull(address, "address").isUnresolved()) {
            throw new IllegalArgumentException("the proxy " + address.getHostString()
                    + " has no address; give its IP address, or correct its name");
        }
        proxy = address;
        return this;
    }

    @Override
    public EgressPolicyBuilder userAgent(String text) {
        if (!USER_AGENT.matcher(Objects.requireNonNull(text, "text")).matches()) {
            throw new IllegalArgumentException(
                    "the user agent is not valid; use 1 to 200 printable ASCII characters, no space at either end");
        }
        userAgent = text;
        return this;
    }

    @Override
    public EgressPolicyBuilder allowSkipVerification() {
        skipVerification = true;
        return this;
    }

    /** For tests: other addresses of this machine. */
    EgressPolicyBuilder own(OwnAddresses addresses) {
        own = addresses;
        return this;
    }

    @Override
    public EgressPolicy build() {
        if (http && proxy != null) {
            throw new IllegalStateException(
                    "both allowHttp() and proxy(…) are set, and over http nobody can tell the proxy's"
                            + " answers from the receiver's; leave out one of the two");
        }
        return new EgressPolicy(this);
    }
}
