package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The short form of the benchmark, with the same code on both sides. */
class BeforeAfterBenchmarkTest {
    @Test
    void everyRatioIsMeasuredOncePerPair() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Map<String, List<Double>> ratios =
                BeforeAfterBenchmark.of("--short", "--count", "1000").run(new PrintStream(out, true, UTF_8));

        assertThat(ratios).hasSize(4);
        assertThat(ratios.values())
                .allSatisfy(each -> assertThat(each)
                        .singleElement()
                        .satisfies(ratio -> assertThat(ratio).isPositive().isFinite()));
        assertThat(out.toString(UTF_8)).contains(ratios.keySet());
    }

    @Test
    void unknownOptionIsRefused() {
        assertThatThrownBy(() -> BeforeAfterBenchmark.of("--pair", "3")).hasMessageContaining("--pairs");
    }
}
