package io.github.webhooks4j.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    private static final AddressRules PUBLIC = AddressRules.publicOnly();

    /** First and last address of each block, and its neighbours where they are public. */
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.255.255.255, , 1.0.0.0",
        "10.0.0.0, 10.255.255.255, 9.255.255.255, 11.0.0.0",
        "100.64.0.0, 100.127.255.255, 100.63.255.255, 100.128.0.0",
        "127.0.0.0, 127.255.255.255, 126.255.255.255, 128.0.0.0",
        "169.254.0.0, 169.254.255.255, 169.253.255.255, 169.255.0.0",
        "172.16.0.0, 172.31.255.255, 172.15.255.255, 172.32.0.0",
        "192.0.0.0, 192.0.0.255, 191.255.255.255, 192.0.1.0",
        "192.0.2.0, 192.0.2.255, 192.0.1.255, 192.0.3.0",
        "192.31.196.0, 192.31.196.255, 192.31.195.255, 192.31.197.0",
        "192.52.193.0, 192.52.193.255, 192.52.192.255, 192.52.194.0",
        "192.88.99.0, 192.88.99.255, 192.88.98.255, 192.88.100.0",
        "192.168.0.0, 192.168.255.255, 192.167.255.255, 192.169.0.0",
        "192.175.48.0, 192.175.48.255, 192.175.47.255, 192.175.49.0",
        "198.18.0.0, 198.19.255.255, 198.17.255.255, 198.20.0.0",
        "198.51.100.0, 198.51.100.255, 198.51.99.255, 198.51.101.0",
        "203.0.113.0, 203.0.113.255, 203.0.112.255, 203.0.114.0",
        "224.0.0.0, 255.255.255.255, 223.255.255.255, ",
        "168.63.129.16, 168.63.129.16, 168.63.129.15, 168.63.129.17",
        "::, 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, , 2000::1",
        "4000::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 3ffe:ffff::1, ",
        "2001::, 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff, 2000:ffff::1, 2001:200::1",
        "2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db7::1, 2001:db9::1",
        "2002::, 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2001:ffff::1, 2003::1",
        "2620:4f:8000::, 2620:4f:8000:ffff:ffff:ffff:ffff:ffff, 2620:4f:7fff::1, 2620:4f:8001::1",
        "3fff::, 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff, 3ffe:ffff::1, 3fff:1000::1",
    })
    void blockEndsWhereTheRegistrySaysSo(String first, String last, String before, String after)
            throws UnknownHostException {
        assertThat(allows(first)).as(first).isFalse();
        assertThat(allows(last)).as(last).isFalse();
        assertThat(before == null || allows(before)).as(before).isTrue();
        assertThat(after == null || allows(after)).as(after).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"64:ff9b::8.8.8.8", "64:ff9b:1::8.8.8.8", "::8.8.8.8", "2002:808:808::1", "fc00::1", "fec0::1"})
    void embeddedAndLocalAddressesAreNotPublic(String address) throws UnknownHostException {
        assertThat(allows(address)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "2a00:1450::5efe:8.8.8.8, true",
        "2a00:1450::200:5efe:8.8.8.8, true",
        "2a00:1450::5efe:10.0.0.1, false",
        "2a00:1450::200:5efe:10.0.0.1, false",
        "2a00:1450::300:5efe:127.0.0.1, false",
    })
    void isatapIsJudgedByTheAddressInside(String address, boolean allowed) throws UnknownHostException {
        assertThat(allows(address)).isEqualTo(allowed);
    }

    @Test
    void mappedAddressIsNotPublicEvenIfTheJdkKeepsItsForm() throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[10] = bytes[11] = (byte) 0xff;
        bytes[12] = bytes[13] = bytes[14] = bytes[15] = 8;

        assertThat(PUBLIC.allows(Inet6Address.getByAddress("mapped", bytes, -1)))
                .isFalse();
    }

    private static boolean allows(String address) throws UnknownHostException {
        return PUBLIC.allows(InetAddress.getByName(address));
    }
}
