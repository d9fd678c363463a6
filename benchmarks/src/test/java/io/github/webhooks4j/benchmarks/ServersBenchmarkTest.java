package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The short form of the benchmark, for its counts only. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class ServersBenchmarkTest {
    @Test
    void everyWayMakesEveryRequestOnceAndLeavesNothing() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Map<String, List<Run>> runs = ServersBenchmark.of("--short").run(new PrintStream(out, true, UTF_8));

        assertThat(runs).hasSize(4);
        assertThat(runs.values())
                .allSatisfy(each -> assertThat(each).singleElement().satisfies(run -> {
                    assertThat(run.requests()).isEqualTo(1_000);
                    assertThat(run.pending()).isZero();
                }));
        assertThat(out.toString(UTF_8)).contains(runs.keySet());
    }
}
