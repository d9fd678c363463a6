package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.benchmarks.FairnessBenchmark.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form of the benchmark, for its counts only. */
class FairnessBenchmarkTest {
    @Test
    void everyHealthyEventArrivesBesideBadWebhooksThatAreClaimedForAtFirstOnly() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<List<Result>> results = FairnessBenchmark.of("--short").run(new PrintStream(out, true, UTF_8));

        assertThat(results)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each)
                        .singleElement()
                        .satisfies(result -> assertThat(result.lost()).isZero()));
        assertThat(results.get(0).get(0).rows()).containsOnly(0);
        List<Integer> rows = results.get(1).get(0).rows();
        assertThat(rows.get(0)).isPositive();
        assertThat(rows.get(1)).isLessThan(rows.get(0));
        assertThat(out.toString(UTF_8)).contains("flat out", "99 % within");
    }
}
