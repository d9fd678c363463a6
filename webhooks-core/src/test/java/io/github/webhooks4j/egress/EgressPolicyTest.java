package io.github.webhooks4j.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressPolicyTest {
    private static final EgressPolicy STRICT = EgressPolicy.strict();
    private static final EgressPolicy DEVELOPMENT = EgressPolicy.development();

    private static final AddressRules PUBLIC = AddressRules.publicOnly();
    private static final UrlRules HTTP_TOO =
            new UrlRules(Set.of("http", "https"), Set.of(), new HostRules(Set.of(), PUBLIC, true));

    static Stream<UrlLine> urls() {
        return UrlLine.all();
    }

    static Stream<UrlLine> names() {
        return UrlLine.all().filter(UrlLine::isLookedUp);
    }

    @ParameterizedTest
    @MethodSource("urls")
    void urlIsJudgedByItsText(UrlLine line) {
        assertThat(HTTP_TOO.check(line.url()).isEmpty()).isEqualTo(line.mayBeRegistered());
    }

    @ParameterizedTest
    @MethodSource("urls")
    void strictPolicyAlsoWantsHttps(UrlLine line) {
        boolean http = line.url().startsWith("http:");
        assertThat(STRICT.check(line.url()).isEmpty()).isEqualTo(line.mayBeRegistered() && !http);
    }

    @ParameterizedTest
    @MethodSource("names")
    void answersOfTheResolverAreJudgedByAddress(UrlLine line) {
        boolean allAllowed = line.lookups().stream().flatMap(List::stream).allMatch(STRICT::allows);
        assertThat(allAllowed).isEqualTo(line.verdict().equals("allow"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080/hook",
                "http://LOCALHOST:8080/hook",
                "http://127.0.0.1:8080/hook",
                "https://127.3.2.1/hook",
                "http://[::1]:8080/hook",
                "http://example.com/hook",
            })
    void developmentAllowsHttpAndLoopback(String url) {
        assertThat(DEVELOPMENT.check(url)).isEmpty();
        assertThat(STRICT.check(url)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1/",
                "http://169.254.169.254/",
                "http://0.0.0.0/",
                "http://[::ffff:127.0.0.1]/",
                "http://127.1/",
                "http://localhost:22/",
                "http://printer.local/",
                "ftp://localhost/",
            })
    void developmentAllowsNothingElse(String url) {
        assertThat(DEVELOPMENT.check(url)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.255.255", "::1"})
    void loopbackIsAllowedForDevelopmentOnly(String address) throws UnknownHostException {
        assertThat(DEVELOPMENT.allows(InetAddress.getByName(address))).isTrue();
        assertThat(STRICT.allows(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://xn--bcher-kva.example.com/",
                "https://xn--strae-oqa.de/",
                "https://xn--wgv71a119e.jp/",
                "https://xn--e1afmkfd.xn--p1ai/",
                "https://xn--i-7iq.ws/",
                "https://hooks.customer.example/in",
                "https://[2606:4700::1111]:8443/",
                "https://example.com",
                "https://example.com?a=b",
            })
    void publicTargetsAreAllowed(String url) {
        assertThat(STRICT.check(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com:0443/",
                "https://example.com:/",
                "https://example.com:65536/",
                "https://[2a00:1450::5efe:010.8.8.8]/",
                "https://[02606:4700::1111]/",
                "https://[2606:4700::1111/",
                "https://a_b.example.com/",
                "https://-a.example.com/",
                "https://example.com./",
                "https://xn--.example.com/",
                "https://xn--62g.com/", // the Kelvin sign, which is a k
                "https://xn--a.com/", // a control character
                "https://hooks.xn--1ug.com/", // a joiner alone
                "https://xn--7ba.com/", // a capital letter
                "https://xn--lsa.com/", // a mark without a letter
                "https://xn--jm6c.com/", // a ligature, which is f and i
                "https://xn--zba.com/", // a quarter, which has a slash
                "https://1.0.0.127.in-addr.arpa/",
                "https://ipv4only.arpa/",
                "https://hooks.home.arpa/",
                "https://resolver.arpa/",
                "https://example.com/%zz",
                "",
                "https://",
            })
    void sloppySpellingIsRefused(String url) {
        assertThat(STRICT.check(url)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS://Hooks.Example.COM/In?A=B, https://hooks.example.com/In?A=B",
        "https://example.com:443/%c3%A4, https://example.com/%c3%A4",
        "https://example.com:443, https://example.com/",
        "https://example.com:80?a=b, https://example.com:80/?a=b",
        "https://example.com/a/./b/../c/%2E/%2e./d, https://example.com/a/d",
        "https://example.com/../..//a/.., https://example.com//",
        "https://example.com/a/.?b=/../c, https://example.com/a/?b=/../c",
        "https://example.com/.../a..b/.a/%2f../, https://example.com/.../a..b/.a/%2f../",
        "https://example.com/it's?q=it's&r='', https://example.com/it's?q=it%27s&r=%27%27",
        "https://example.com/~%7e%41+(a)*;b=c!$:@?, https://example.com/~%7e%41+(a)*;b=c!$:@?",
        "http://LOCALHOST:80/, http://localhost/",
        "http://localhost:443/, http://localhost:443/",
        "https://1.1.1.1:8443/, https://1.1.1.1:8443/",
        "https://[2606:4700:0:0:0:0:0:1111]:443/, https://[2606:4700::1111]/",
        "https://[2606:4700:0:1:0:0:0A:0]/, https://[2606:4700:0:1::a:0]/",
        "https://[2606:4700:1::2:3:4.5.6.7]:8443/, https://[2606:4700:1:0:2:3:405:607]:8443/",
        "https://[2606:4700:1:2:3:4:5:6]/, https://[2606:4700:1:2:3:4:5:6]/",
    })
    void oneTextStandsForAllSpellingsOfAUrl(String url, String canonical) {
        assertThat(DEVELOPMENT.canonical(url)).isEqualTo(canonical);
        assertThat(DEVELOPMENT.canonical(canonical)).isEqualTo(canonical);
    }

    @Test
    void urlMustNotBeTooLongInItsCanonicalSpellingEither() {
        assertThat(STRICT.check("https://example.com/?" + "'".repeat(675))).isEmpty();
        assertThat(STRICT.check("https://example.com/?" + "'".repeat(676)))
                .extracting(Refusal::code)
                .containsExactly("length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://hush.example.com/hush", "hush", "https://hush/", "https://[hush]/"})
    void urlThatDoesNotPassHasNoCanonicalText(String url) {
        assertThatThrownBy(() -> STRICT.canonical(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 'allow(\"10.1.2.3\")'",
        "fd12::1, 'allow(\"fd12::1\")'",
        "8.8.8.8, ",
        "169.254.169.254, ",
        "224.0.0.1, ",
        "::, ",
    })
    void remedyOfADeniedAddressAllowsIt(String literal, @Nullable String remedy) throws UnknownHostException {
        InetAddress address = InetAddress.getByName(literal);

        assertThat(STRICT.remedy(address)).isEqualTo(Optional.ofNullable(remedy));
        if (remedy != null) {
            assertThat(EgressPolicy.builder().allow(literal).build().allows(address))
                    .isTrue();
        }
    }

    @Test
    void allProblemsAreReportedAtOnceWithoutTheSecretPartsOfTheUrl() {
        List<Refusal> refusals =
                STRICT.check("ftp://bob:hunter2@10.0.0.1:25/path-secret?token=query-secret#frag-secret x");

        assertThat(refusals)
                .extracting(Refusal::code)
                .containsExactly("characters", "scheme", "user-info", "address", "port", "fragment");
        assertThat(refusals.toString()).doesNotContain("hunter2", "bob", "-secret", "10.0.0.1");
    }

    @Test
    void overlongUrlIsRefusedUnread() {
        assertThat(STRICT.check("https://example.com/" + "a".repeat(2048)))
                .extracting(Refusal::code)
                .containsExactly("length");
        assertThat(STRICT.check("https://[" + "a:".repeat(1_000_000))).hasSize(1);
    }
}
