package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.jdbc.MariaDbServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class QuickStartTest {
    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void deliversAllAndEndsByItself() throws IOException, InterruptedException {
        try (ChildJvm run = ChildJvm.onClassPath(QuickStart.class, directory.toString())) {
            int exit = run.awaitExit();

            assertThat(exit).as(run.toString()).isZero();
            // On a slow machine a request may time out and be made again.
            assertThat(run.lines())
                    .anyMatch(line -> line.matches("8 of 8 deliveries delivered in [0-9]+ attempts; [0-9]+ signatures"
                            + " verified, 0 wrong; [0-9]+ duplicates?"))
                    .contains("All was delivered.");
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void runsOnMariaDb() throws IOException, InterruptedException, SQLException {
        String url = MariaDbServer.shared().newDatabase();
        for (int runs = 0; runs < 2; runs++) { // the second time all tables are there
            try (ChildJvm run = ChildJvm.onClassPath(QuickStart.class, url)) {
                int exit = run.awaitExit();

                assertThat(exit).as(run.toString()).isZero();
                assertThat(run.lines()).contains("All was delivered.");
            }
        }
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void runsOnTheModulePath() throws IOException, InterruptedException {
        try (ChildJvm run = ChildJvm.onModulePath(QuickStart.class, directory.toString())) {
            int exit = run.awaitExit();

            assertThat(exit).as(run.toString()).isZero();
        }
    }

    /** Killed before the answer can be recorded: the delivery is due again when its lease has passed. */
    @Test
    void killedInTheMiddleItDeliversTheRestNextTime() throws IOException, InterruptedException {
        String eventId;
        try (ChildJvm killed = ChildJvm.onClassPath(QuickStart.class, directory.toString())) {
            String line = killed.awaitLine(each -> each.contains("answers 500"));
            killed.kill();
            eventId = line.strip().split(" +", 4)[2];
        }
        try (ChildJvm next = ChildJvm.onClassPath(QuickStart.class, directory.toString())) {
            int exit = next.awaitExit();

            assertThat(exit).as(next.toString()).isZero();
            assertThat(next.lines()).anyMatch(line -> line.matches("[1-9] deliver(y was|ies were) left .*"));
            assertThat(next.lines()).anyMatch(line -> line.contains(eventId) && line.contains("DELIVERED"));
        }
    }
}
