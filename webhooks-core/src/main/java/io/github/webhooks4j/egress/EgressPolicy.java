package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules for where requests may go. Immutable and safe for use by any thread.
 *
 * <p>It answers two questions: may this URL be registered and sent to ({@link #check}), and may a socket connect to this address
 * ({@link #allows}). The second one decides: the transport asks it for every address, right before it connects.
 */
public final class EgressPolicy {
    private final UrlRules urls;
    private final AddressRules addresses;
    private final OwnAddresses own;
    private final Optional<InetSocketAddress> proxy;
    private final String userAgent;
    private final boolean skipVerification;

    EgressPolicy(EgressPolicyBuilder builder) {
        addresses = new AddressRules(builder.allowed, builder.translators);
        urls = new UrlRules(
                builder.schemes(), builder.ports, new HostRules(builder.hosts, addresses, builder.proxy == null));
        own = builder.own;
        proxy = Optional.ofNullable(builder.proxy);
        userAgent = builder.userAgent;
        skipVerification = builder.skipVerification;
    }

    /** Public addresses over https only. The default, and what production uses. */
    public static EgressPolicy strict() {
        return builder().build();
    }

    /**
     * As {@link #strict}, and also http, the loopback addresses of this machine, and the name {@code localhost}. For development
     * and tests on one machine.
     */
    public static EgressPolicy development() {
        return builder()
                .allowHttp()
                .allow("127.0.0.0/8")
                .allow("::1")
                .allowHost("localhost")
                .build();
    }

    /** A builder that starts from {@link #strict}. */
    public static Builder builder() {
        return new EgressPolicyBuilder();
    }

    /**
     * Everything that is wrong with this URL; empty if requests may be sent to it, as far as its text tells. Looks up no name.
     */
    public List<Refusal> check(String url) {
        return urls.check(url);
    }

    /**
     * The one spelling of a URL that passes {@link #check}: scheme and host in lower case, an IPv6 address as RFC 5952 writes it,
     * no port if it is the scheme's default, a path that begins with a slash and has no dot segments ({@code ..}, {@code %2e}),
     * and {@code %27} for an apostrophe in the query. Nothing else changes. This spelling is stored, and is sent.
     *
     * @throws IllegalArgumentException if the URL does not pass
     */
    public String canonical(String url) {
        return urls.canonical(url);
    }

    /**
     * Everything that is wrong with these headers of a webhook; empty if they may be sent. Messages name headers and never show a
     * value.
     *
     * @param headers values by name, as a customer entered them
     * @param signed the names of the headers that the webhook's signers set
     */
    public List<Refusal> checkHeaders(Map<String, String> headers, Set<String> signed) {
        return HeaderRules.check(headers, signed);
    }

    /**
     * Everything that is wrong with the names of the headers that the signers of a webhook set; empty if they may be sent. The
     * rules are those of {@link #checkHeaders}, except that signers may set {@code webhook-signature} and {@code Content-Digest}.
     *
     * @param names the names of each signer
     */
    public List<Refusal> checkSigned(Collection<Set<String>> names) {
        return HeaderRules.checkSigned(names);
    }

    /** Whether a signer may set this value of a header: 1 to 16,384 printable ASCII characters, no space at either end. */
    public boolean isSignedValue(String value) {
        return HeaderRules.isSignedValue(value);
    }

    /**
     * Whether a socket may connect to this address: it is public and not one of this machine's own, or the operator has allowed
     * it.
     */
    public boolean allows(InetAddress address) {
        byte[] bytes = address.getAddress();
        return addresses.names(bytes) || (addresses.allows(bytes) && !isOwn(address));
    }

    /** Also by way of a translator. */
    private boolean isOwn(InetAddress address) {
        return own.contains(address)
                || addresses.embedded(address.getAddress()).stream().anyMatch(own::contains);
    }

    /**
     * The call of {@link Builder} that would allow this address, for the operator's log. Empty if the address is allowed already,
     * or if nobody should allow it: cloud metadata, unspecified and multicast addresses.
     */
    public Optional<String> remedy(InetAddress address) {
        return allows(address) ? Optional.empty() : AddressRules.remedy(address.getAddress());
    }

    /**
     * The HTTP proxy that every request must go through; empty if the transport connects directly. A proxy resolves the names, and
     * must keep them away from internal addresses: {@link #allows} then judges only the addresses in URLs.
     */
    public Optional<InetSocketAddress> proxy() {
        return proxy;
    }

    /** The value of the header {@code User-Agent}. */
    public String userAgent() {
        return userAgent;
    }

    /** Whether webhooks may skip the verification of their receiver's certificate. */
    public boolean allowsSkipVerification() {
        return skipVerification;
    }

    /**
     * Sets up an {@link EgressPolicy}, starting from {@link EgressPolicy#strict}. The order of the calls does not matter. Each call
     * checks its value. Not safe for use by several threads.
     */
    public sealed interface Builder permits EgressPolicyBuilder {
        /**
         * Also allows these addresses, which need not be public. A block does not allow unspecified, multicast and cloud metadata
         * addresses inside it: allow those one by one. An IPv6 block does not allow addresses that contain an IPv4 address (NAT64,
         * 6to4 and others) unless that IPv4 address is allowed itself.
         *
         * @param block such as {@code 10.1.0.0/16}, {@code fd12:3456::/32}, or one address
         * @throws IllegalArgumentException if it is not a block of addresses
         */
        Builder allow(String block);

        /**
         * Also allows this host name, which need not be public, such as {@code hooks.internal}. This does not allow the addresses
         * that it resolves to: {@link #allow} them, too, unless they are public. For {@code localhost}, allow {@code 127.0.0.1}
         * and {@code ::1}.
         *
         * @throws IllegalArgumentException if it is not a host name
         */
        Builder allowHost(String name);

        /** Also allows http, which anyone on the way can read and change. Not together with {@link #proxy}. */
        Builder allowHttp();

        /**
         * Allows these ports and no others. Default: 80, 443, and all from 1024 on that are not known for another protocol.
         *
         * @throws IllegalArgumentException if no port is given, or one is not 1 to 65535
         */
        Builder ports(int... ports);

        /**
         * Judges the addresses of a NAT64 translator (RFC 6052) by the IPv4 address inside: they are allowed if that address is
         * public, or {@link #allow} allows it. For networks that have only IPv6. Default: no translator; such addresses are
         * denied, unless the prefix is within the public addresses of IPv6, where nothing tells them from others.
         *
         * @param prefix such as {@code 64:ff9b::/96}; its length is 32, 40, 48, 56, 64 or 96
         * @throws IllegalArgumentException if it is not such a prefix
         */
        Builder nat64(String prefix);

        /**
         * Sends every request through this HTTP proxy, by {@code CONNECT}, and connects to no other address. The proxy then
         * resolves the names, and must deny internal addresses. Default: no proxy.
         *
         * <p>The JVM's own settings are ignored: {@code http.proxyHost}, {@code https.proxyHost}, {@code socksProxyHost}, {@code
         * java.net.useSystemProxies} and a default {@code ProxySelector}. If your network lets requests out through such a proxy
         * only, name it here, too.
         *
         * @param address resolved; it is not looked up again
         * @throws IllegalArgumentException if it is not resolved
         */
        Builder proxy(InetSocketAddress address);

        /**
         * The value of the header {@code User-Agent}. Default: {@code webhooks4j}.
         *
         * @throws IllegalArgumentException if it is not 1 to 200 printable ASCII characters
         */
        Builder userAgent(String text);

        /**
         * Lets webhooks skip the verification of their receiver's certificate. Anyone on the way can then read and answer their
         * requests.
         */
        Builder allowSkipVerification();

        /**
         * The policy.
         *
         * @throws IllegalStateException if both http and a proxy are set
         */
        EgressPolicy build();
    }
}
