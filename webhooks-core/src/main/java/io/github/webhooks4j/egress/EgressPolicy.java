package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
     * Also http, and also addresses of this machine (loopback) and the name {@code localhost}. For development and tests
     * on one machine.
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
     * What is wrong with this URL, all at once; empty if requests may be sent to it, as far as the text alone tells. No
     * name is looked up.
     */
    public List<Refusal> check(String url) {
        return urls.check(url);
    }

    /**
     * The one spelling of a URL that {@link #check} lets pass: scheme and host in lower case, an IPv6 address as RFC 5952
     * writes it, no port if it is the scheme's own, a path that begins with a slash and has no dot segments ({@code ..},
     * {@code %2e}), and {@code %27} for an apostrophe in the query. All else stays as it is. This is what is stored, and what
     * is on the wire.
     *
     * @throws IllegalArgumentException if the URL does not pass
     */
    public String canonical(String url) {
        return urls.canonical(url);
    }

    /**
     * What is wrong with these headers of a webhook, all at once; empty if they may be sent. Messages name the headers and
     * never show a value.
     *
     * @param headers values by name, as a customer entered them
     * @param signed the names of the headers that the webhook's signers set
     */
    public List<Refusal> checkHeaders(Map<String, String> headers, Set<String> signed) {
        return HeaderRules.check(headers, signed);
    }

    /**
     * What is wrong with the names of the headers that the signers of a webhook set, all at once; empty if they may be sent.
     * The rules are those of {@link #checkHeaders}, except that signers may set {@code webhook-signature} and {@code
     * Content-Digest}.
     *
     * @param names those of each signer
     */
    public List<Refusal> checkSigned(Collection<Set<String>> names) {
        return HeaderRules.checkSigned(names);
    }

    /** Whether this may be the value of a header that a signer sets: 1 to 16,384 characters of ASCII, no space at the ends. */
    public boolean isSignedValue(String value) {
        return HeaderRules.isSignedValue(value);
    }

    /**
     * Whether a connection to this address may be made: it is public and not one of this machine's own, or the operator has
     * allowed it.
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
     * The call of {@link Builder} that would allow this address, for the operator's log. Empty if it is allowed, or if
     * nobody should be told to allow it: addresses of cloud metadata, unspecified ones and multicast.
     */
    public Optional<String> remedy(InetAddress address) {
        return allows(address) ? Optional.empty() : AddressRules.remedy(address.getAddress());
    }

    /**
     * The HTTP proxy that every request must go through; empty if connections are made directly. With a proxy, names are
     * resolved by it, and it must keep them away from internal addresses: {@link #allows} judges the addresses in URLs only.
     */
    public Optional<InetSocketAddress> proxy() {
        return proxy;
    }

    /** The value of the header {@code User-Agent}. */
    public String userAgent() {
        return userAgent;
    }

    /** Whether webhooks may have the certificate of their receiver not verified. */
    public boolean allowsSkipVerification() {
        return skipVerification;
    }

    /**
     * Sets up an {@link EgressPolicy}. What is not set is as in {@link EgressPolicy#strict}. The order of the calls does not
     * matter, values are checked at once. Not safe for use by several threads.
     */
    public sealed interface Builder permits EgressPolicyBuilder {
        /**
         * Also allows these addresses, though they are not public. Unspecified and multicast addresses and those of cloud
         * metadata are allowed only if they are named one by one, not by a block around them. Nor does a block of IPv6
         * allow addresses with an IPv4 address inside (NAT64, 6to4 and others) that is not allowed itself.
         *
         * @param block such as {@code 10.1.0.0/16}, {@code fd12:3456::/32}, or one address
         * @throws IllegalArgumentException if it is no block of addresses
         */
        Builder allow(String block);

        /**
         * Also allows this host name, though it is not public, such as {@code hooks.internal} or {@code localhost}. The
         * addresses that it resolves to are judged like any others: {@link #allow} them too.
         *
         * @throws IllegalArgumentException if it is no host name
         */
        Builder allowHost(String name);

        /** Also allows http, which anybody on the way can read and change. Not together with {@link #proxy}. */
        Builder allowHttp();

        /**
         * Allows these ports and no others. Default: 80, 443, and those from 1024 on that no other protocol is known for.
         *
         * @throws IllegalArgumentException if there is none, or one is not 1 to 65535
         */
        Builder ports(int... ports);

        /**
         * Has the addresses of a NAT64 translator (RFC 6052) judged by the IPv4 address inside: they are allowed if that one
         * is public, or {@link #allow} allows it. For networks with IPv6 only. Default: no translator; such addresses are
         * denied, but for prefixes within the public addresses of IPv6, which cannot be told from others.
         *
         * @param prefix such as {@code 64:ff9b::/96}; its length is 32, 40, 48, 56, 64 or 96
         * @throws IllegalArgumentException if it is no such prefix
         */
        Builder nat64(String prefix);

        /**
         * Sends every request through this HTTP proxy, by {@code CONNECT}, and connects to no other address. The proxy then
         * resolves names, and has to deny internal addresses. Default: no proxy; those that the JVM's system properties
         * name are never used.
         *
         * @param address resolved; it is not looked up again
         * @throws IllegalArgumentException if it is not resolved
         */
        Builder proxy(InetSocketAddress address);

        /**
         * The value of the header {@code User-Agent}. Default: {@code webhooks4j}.
         *
         * @throws IllegalArgumentException if it is not 1 to 200 printable characters of ASCII
         */
        Builder userAgent(String text);

        /**
         * Lets webhooks choose that the certificate of their receiver is not verified. Whoever is on the way can then read
         * and answer their requests.
         */
        Builder allowSkipVerification();

        /**
         * The policy.
         *
         * @throws IllegalStateException if both http and a proxy were chosen
         */
        EgressPolicy build();
    }
}
