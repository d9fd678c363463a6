package io.github.webhooks4j.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** What operators write as a block of addresses, whatever it is: read, or refused with the way to write it. */
class BlockFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void block(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        try {
            Cidr.of(text);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("is not a block of addresses");
        }
    }
}
