package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RedeliverFailedTest {
    @Test
    void readmeShowsThisCode() throws IOException {
        ReadmeCode.shows(Path.of("src/main/java/io/github/webhooks4j/examples/RedeliverFailed.java"));
    }

    @Test
    void whatFailedIsSentAgain() throws IOException, InterruptedException {
        try (ChildJvm run = ChildJvm.onClassPath(RedeliverFailed.class)) {
            int exit = run.awaitExit();

            assertThat(exit).as(run.toString()).isZero();
            assertThat(run.lines())
                    .containsSubsequence(
                            "invoice.paid: answered 503",
                            "invoice.paid: answered 503",
                            "invoice.paid: answered 503",
                            "Sent again: DUE",
                            "2 more to send again",
                            "2 done",
                            "Attempts before: 1",
                            "DELIVERED after 2 attempts",
                            "DELIVERED after 2 attempts",
                            "DELIVERED after 2 attempts");
        }
    }
}
