package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TestAndPreviewTest {
    @Test
    void printsThePreviewAndTheAnswers() throws IOException, InterruptedException {
        try (ChildJvm run = ChildJvm.onClassPath(TestAndPreview.class)) {
            int exit = run.awaitExit();

            assertThat(exit).as(run.toString()).isZero();
            assertThat(run.lines())
                    .anyMatch(line -> line.matches("POST http://127\\.0\\.0\\.1:[0-9]+/customer-1"))
                    .anyMatch(line -> line.matches("webhook-signature: v1,.+"))
                    .anyMatch(line -> line.contains("\"type\":\"invoice.paid\"") && line.contains("\"in_42\""))
                    .containsSubsequence(
                            "A test of customer-1: answered 200 \"thank you\"",
                            "A test of both, customer-1: answered 200 \"thank you\"",
                            "A test of both, customer-2: answered 401 \"the signature is wrong\"",
                            "A test of customer-3, which is not saved: answered 200 \"thank you\"")
                    .filteredOn(line -> line.startsWith("In the history: "))
                    .containsExactlyInAnyOrder(
                            "In the history: customer-1 invoice.paid DELIVERED",
                            "In the history: customer-1 invoice.paid DELIVERED",
                            "In the history: customer-2 invoice.paid EXHAUSTED");
        }
    }
}
