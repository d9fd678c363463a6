package io.github.webhooks4j.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What customers type as a header, whatever it is: judged without an exception, and what passes is a header. */
class HeaderFuzzTest {
    private static final EgressPolicy POLICY =
            EgressPolicy.builder().allowHttp().build();

    @FuzzTest(maxDuration = "15s")
    void header(FuzzedDataProvider data) {
        String name = data.consumeString(200);
        String value = data.consumeRemainingAsString();
        List<Refusal> refusals = POLICY.checkHeaders(Map.of(name, value), Set.of());

        assertThat(refusals).allSatisfy(UrlFuzzTest::isFitForCustomers);
        if (refusals.isEmpty()) {
            assertThat(name).matches("[\\x21-\\x7E]+").doesNotContain(":", " ", "\"", "(", ",", "/");
            assertThat(value).matches("[\\x20-\\x7E]+");
        }
    }
}
