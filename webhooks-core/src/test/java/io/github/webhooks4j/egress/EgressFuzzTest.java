package io.github.webhooks4j.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What customers type, whatever it is: judged without an exception, and what passes is what it seems to be. */
class EgressFuzzTest {
    private static final EgressPolicy POLICY =
            EgressPolicy.builder().allowHttp().build();

    @FuzzTest(maxDuration = "20s")
    void url(FuzzedDataProvider data) {
        String url = (data.consumeBoolean() ? "https://" : "") + data.consumeRemainingAsString();
        List<Refusal> refusals = POLICY.check(url);

        assertThat(refusals).allSatisfy(EgressFuzzTest::isFitForCustomers);
        if (refusals.isEmpty()) {
            URI uri = URI.create(url);
            assertThat(uri.getScheme()).matches("(?i)https?");
            assertThat(uri.getHost()).isNotNull();
            assertThat(uri.getUserInfo()).isNull();
            assertThat(uri.getFragment()).isNull();
            String canonical = POLICY.canonical(url);
            assertThat(POLICY.check(canonical)).isEmpty();
            assertThat(POLICY.canonical(canonical)).isEqualTo(canonical);
        }
    }

    @FuzzTest(maxDuration = "20s")
    void header(FuzzedDataProvider data) {
        String name = data.consumeString(200);
        String value = data.consumeRemainingAsString();
        List<Refusal> refusals = POLICY.checkHeaders(Map.of(name, value), Set.of());

        assertThat(refusals).allSatisfy(EgressFuzzTest::isFitForCustomers);
        if (refusals.isEmpty()) {
            assertThat(name).matches("[\\x21-\\x7E]+").doesNotContain(":", " ", "\"", "(", ",", "/");
            assertThat(value).matches("[\\x20-\\x7E]+");
        }
    }

    @FuzzTest(maxDuration = "20s")
    void block(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        try {
            Cidr.of(text);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("is not a block of addresses");
        }
    }

    private static void isFitForCustomers(Refusal refusal) {
        assertThat(refusal.code()).matches("[a-z.-]+");
        assertThat(refusal.message()).matches("[\\x20-\\x7E]{10,250}");
    }
}
