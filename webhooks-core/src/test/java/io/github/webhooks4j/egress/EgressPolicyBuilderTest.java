package io.github.webhooks4j.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressPolicyBuilderTest {
    @Test
    void withoutOptionsItIsStrict() {
        EgressPolicy policy = EgressPolicy.builder().build();

        assertThat(policy.check("http://example.com/")).hasSize(1);
        assertThat(policy.userAgent()).isEqualTo("webhooks4j");
        assertThat(policy.proxy()).isEmpty();
        assertThat(policy.allowsSkipVerification()).isFalse();
    }

    @Test
    void blockIsAllowedFromItsFirstToItsLastAddressForUrlsAndSockets() throws UnknownHostException {
        EgressPolicy policy = EgressPolicy.builder().allow("10.1.2.0/23").build();

        for (String inside : new String[] {"10.1.2.0", "10.1.3.255"}) {
            assertThat(allows(policy, inside)).isTrue();
            assertThat(policy.check("https://" + inside + "/")).isEmpty();
        }
        for (String outside : new String[] {"10.1.1.255", "10.1.4.0"}) {
            assertThat(allows(policy, outside)).isFalse();
            assertThat(policy.check("https://" + outside + "/")).isNotEmpty();
        }
    }

    @Test
    void blockOfIpv6LetsNoIpv4In() throws UnknownHostException {
        EgressPolicy policy = EgressPolicy.builder().allow("::/0").build();
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = -1;
        mapped[12] = 127;
        mapped[15] = 1;

        assertThat(allows(policy, "fc00::1")).isTrue();
        assertThat(allows(policy, "127.0.0.1")).isFalse();
        assertThat(policy.allows(java.net.Inet6Address.getByAddress("mapped", mapped, -1)))
                .isFalse();
        assertThat(policy.check("https://[::ffff:127.0.0.1]/")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, 0.0.0.0",
        "0.0.0.0/0, 169.254.169.254",
        "169.254.0.0/16, 169.254.169.254",
        "169.254.169.254/31, 169.254.169.254",
        "169.254.0.0/16, 169.254.170.2",
        "168.63.129.0/24, 168.63.129.16",
        "100.64.0.0/10, 100.100.100.200",
        "0.0.0.0/0, 224.0.0.1",
        "0.0.0.0/0, 255.255.255.255",
        "::/0, ::",
        "::/0, ff02::1",
        "fd00::/8, fd00:ec2::254",
    })
    void metadataUnspecifiedAndMulticastMustBeNamedExactly(String block, String address) throws UnknownHostException {
        assertThat(allows(EgressPolicy.builder().allow(block).build(), address)).isFalse();
        assertThat(allows(EgressPolicy.builder().allow(address).build(), address))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/33",
                "10.0.0.1/8",
                "010.0.0.0/8",
                "10.0.0/8",
                "::1/129",
                "fe80::1%1/128",
                "::ffff:10.0.0.0/104",
                "localhost",
                "example.com/8",
                "10.0.0.0/-1",
            })
    void whatIsNoBlockIsRefused(String block) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EgressPolicy.builder().allow(block))
                .withMessageContaining("not a block of addresses");
    }

    @Test
    void allowedHostIsAllowedByNameOnly() throws UnknownHostException {
        EgressPolicy policy = EgressPolicy.builder().allowHost("Hooks.Internal").build();

        assertThat(policy.check("https://hooks.internal/")).isEmpty();
        assertThat(policy.check("https://HOOKS.internal:8443/in")).isEmpty();
        assertThat(policy.check("https://other.internal/")).isNotEmpty();
        assertThat(policy.check("https://x.hooks.internal/")).isNotEmpty();
        assertThat(allows(policy, "10.0.0.1")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.1", "0x7f", "a b", "a.", "[::1]", "a:80", "*.internal"})
    void whatIsNoHostNameIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EgressPolicy.builder().allowHost(name));
    }

    @Test
    void portsReplaceTheUsualOnes() {
        EgressPolicy policy = EgressPolicy.builder().ports(8443, 22).build();

        assertThat(policy.check("https://example.com:8443/")).isEmpty();
        assertThat(policy.check("https://example.com:22/")).isEmpty();
        assertThat(policy.check("https://example.com:443/"))
                .extracting(Refusal::code)
                .containsExactly("port");
        assertThat(policy.check("https://example.com/"))
                .extracting(Refusal::code)
                .containsExactly("port");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EgressPolicy.builder().ports(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EgressPolicy.builder().ports());
    }

    @ParameterizedTest
    @CsvSource({
        "64:ff9b::/96, 64:ff9b::8.8.8.8, true",
        "64:ff9b::/96, 64:ff9b::10.0.0.1, false",
        "64:ff9b::/96, 64:ff9b:1::8.8.8.8, false",
        "2001:db8::/32, 2001:db8:808:808::, true",
        "2001:db8::/32, 2001:db8:a00:1::, false",
        "2001:db8:100::/40, 2001:db8:108:808:8::, true",
        "2001:db8:100::/40, 2001:db8:10a:0:1::, false",
        "2001:db8:122::/48, 2001:db8:122:808:8:800::, true",
        "2001:db8:122::/48, 2001:db8:122:a00:0:100::, false",
        "2001:db8:122:300::/56, 2001:db8:122:308:8:808::, true",
        "2001:db8:122:300::/56, 2001:db8:122:30a:0:1::, false",
        "2001:db8:122:344::/64, 2001:db8:122:344:8:808:800::, true",
        "2001:db8:122:344::/64, 2001:db8:122:344:a:0:100::, false",
        "2001:db8:122:344::/96, 2001:db8:122:344::169.254.169.254, false",
    })
    void translatedAddressIsJudgedByTheOneInside(String prefix, String address, boolean allowed)
            throws UnknownHostException {
        EgressPolicy policy = EgressPolicy.builder().nat64(prefix).build();

        assertThat(allows(policy, address)).isEqualTo(allowed);
        assertThat(policy.check("https://[" + address + "]/").isEmpty()).isEqualTo(allowed);
    }

    /** Whoever allows a block of IPv6 means no network of IPv4 behind a translator or tunnel. */
    @ParameterizedTest
    @CsvSource({
        "64:ff9b::/96, 64:ff9b::8.8.8.8, 64:ff9b::169.254.169.254",
        "64:ff9b::/96, 64:ff9b::8.8.8.8, 64:ff9b::127.0.0.1",
        "64:ff9b::/96, 64:ff9b::8.8.8.8, 64:ff9b::10.0.0.1",
        "::/0, 64:ff9b::8.8.8.8, 64:ff9b::169.254.169.254",
        "::/0, 64:ff9b::8.8.8.8, 64:ff9b::127.0.0.1",
        "::/0, 64:ff9b:1:808:8:800:808:808, 64:ff9b:1:7f00:0:100:808:808",
        "::/0, 64:ff9b:1:808:8:800:808:808, 64:ff9b:1:808:8:800:127.0.0.1",
        "::/0, 2002:808:808::1, 2002:7f00:1::1",
        "2002::/16, 2002:808:808::1, 2002:a9fe:a9fe::1",
        "::/0, 2001::f7f7:f7f7, 2001::80ff:fffe",
        "::/0, ::8.8.8.8, ::127.0.0.1",
        "::/0, ::ffff:0:8.8.8.8, ::ffff:0:127.0.0.1",
        "::/0, fd00::5efe:8.8.8.8, fd00::5efe:127.0.0.1",
        "::/0, ::1, ::0.0.0.2",
    })
    void blockAllowsNoAddressWithADeniedOneInside(String block, String allowed, String denied)
            throws UnknownHostException {
        EgressPolicy policy = EgressPolicy.builder().allow(block).build();

        assertThat(allows(policy, allowed)).isTrue();
        assertThat(allows(policy, denied)).isFalse();
        assertThat(policy.check("https://[" + denied + "]/")).isNotEmpty();
        assertThat(allows(EgressPolicy.builder().allow(denied).build(), denied)).isTrue();
    }

    @Test
    void blockAllowsAnAddressWithAnAllowedOneInside() throws UnknownHostException {
        EgressPolicy policy =
                EgressPolicy.builder().allow("64:ff9b::/96").allow("10.0.0.0/8").build();

        assertThat(allows(policy, "64:ff9b::10.0.0.1")).isTrue();
        assertThat(allows(policy, "64:ff9b::127.0.0.1")).isFalse();
    }

    @Test
    void ownAddressIsNotReachedThroughATranslator() throws UnknownHostException {
        EgressPolicy policy = new EgressPolicyBuilder()
                .nat64("64:ff9b::/96")
                .own(new OwnAddresses(() -> Set.of(address("8.8.4.4")), () -> 0))
                .build();

        assertThat(allows(policy, "64:ff9b::8.8.8.8")).isTrue();
        assertThat(allows(policy, "64:ff9b::8.8.4.4")).isFalse();
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"64:ff9b::/95", "10.0.0.0/8", "64:ff9b::", "x"})
    void whatIsNoPrefixOfNat64IsRefused(String prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EgressPolicy.builder().nat64(prefix));
    }

    @Test
    void proxyNeedsAnAddressAndHttps() {
        InetSocketAddress proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), 3128);

        assertThat(EgressPolicy.builder().proxy(proxy).build().proxy()).hasValue(proxy);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        EgressPolicy.builder().proxy(InetSocketAddress.createUnresolved("proxy.example.com", 3128)));
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> EgressPolicy.builder().proxy(proxy).allowHttp().build());
    }

    @Test
    void userAgentIsCheckedAsAHeader() {
        assertThat(EgressPolicy.builder().userAgent("acme/1.0").build().userAgent())
                .isEqualTo("acme/1.0");
        for (String broken : new String[] {"", " a", "a\r\nX: y", "\u00e9"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EgressPolicy.builder().userAgent(broken));
        }
    }

    @Test
    void ownPublicAddressIsDeniedUnlessItIsNamed() throws UnknownHostException {
        InetAddress mine = InetAddress.getByName("8.8.4.4");
        OwnAddresses own = new OwnAddresses(() -> Set.of(mine), () -> 0);

        assertThat(new EgressPolicyBuilder().own(own).build().allows(mine)).isFalse();
        assertThat(allows(new EgressPolicyBuilder().own(own).build(), "8.8.8.8"))
                .isTrue();
        assertThat(new EgressPolicyBuilder().own(own).allow("8.8.4.4").build().allows(mine))
                .isTrue();
    }

    @Test
    void ownAddressesAreReadAgainAfterTenSeconds() throws UnknownHostException {
        InetAddress first = InetAddress.getByName("8.8.4.4");
        InetAddress second = InetAddress.getByName("8.8.8.8");
        AtomicLong nanos = new AtomicLong();
        AtomicInteger reads = new AtomicInteger();
        OwnAddresses own =
                new OwnAddresses(() -> reads.incrementAndGet() == 1 ? Set.of(first) : Set.of(second), nanos::get);

        assertThat(own.contains(first)).isTrue();
        nanos.set(Duration.ofSeconds(10).toNanos());
        assertThat(own.contains(second)).isFalse();
        nanos.set(Duration.ofSeconds(10).toNanos() + 1);
        assertThat(own.contains(second)).isTrue();
        assertThat(own.contains(first)).isFalse();
        assertThat(reads).hasValue(2);
    }

    @Test
    void addressesOfThisMachineAreFound() {
        assertThat(OwnAddresses.ofThisMachine().contains(InetAddress.getLoopbackAddress()))
                .isTrue();
    }

    private static boolean allows(EgressPolicy policy, String address) throws UnknownHostException {
        return policy.allows(InetAddress.getByName(address));
    }
}
