package io.github.webhooks4j.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.util.List;

/** What customers type as a URL, whatever it is: judged without an exception, and what passes is what it seems to be. */
class UrlFuzzTest {
    private static final EgressPolicy POLICY =
            EgressPolicy.builder().allowHttp().build();

    @FuzzTest(maxDuration = "15s")
    void url(FuzzedDataProvider data) {
        String url = (data.consumeBoolean() ? "https://" : "") + data.consumeRemainingAsString();
        List<Refusal> refusals = POLICY.check(url);

        assertThat(refusals).allSatisfy(UrlFuzzTest::isFitForCustomers);
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

    static void isFitForCustomers(Refusal refusal) {
        assertThat(refusal.code()).matches("[a-z.-]+");
        assertThat(refusal.message()).matches("[\\x20-\\x7E]{10,250}");
    }
}
