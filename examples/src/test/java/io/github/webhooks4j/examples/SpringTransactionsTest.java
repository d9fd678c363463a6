package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringTransactionsTest {
    private static final Path SOURCE = Path.of("src/main/java/io/github/webhooks4j/examples/SpringTransactions.java");

    @Test
    void deliversWhatWasCommittedAndNothingElse() throws IOException, InterruptedException {
        try (ChildJvm run = ChildJvm.onClassPath(SpringTransactions.class)) {
            int exit = run.awaitExit();

            assertThat(exit).as(run.toString()).isZero();
            assertThat(run.lines())
                    .anyMatch(line -> line.startsWith("o-1 was rolled back"))
                    .contains("1 order and 1 event in the database, 1 delivered");
        }
    }

    @Test
    void theReadmeShowsThisCode() throws IOException {
        ReadmeCode.shows(SOURCE);
    }

    @Test
    void runsOnTheModulePath() throws IOException, InterruptedException {
        try (ChildJvm run = ChildJvm.onModulePath(SpringTransactions.class)) {
            int exit = run.awaitExit();

            assertThat(exit).as(run.toString()).isZero();
        }
    }
}
