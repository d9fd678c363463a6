package io.github.webhooks4j.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The servers of tests. */
class PostgresServerTest {
    /** The process that is killed: starts a server, and says which it is and where its data are. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws Exception {
            String url = PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase();
            try (var connection = PostgresServer.dataSource(url).getConnection();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("SHOW data_directory")) {
                row.next();
                Path data = Path.of(row.getString(1));
                System.out.println(Files.readAllLines(data.resolve("postmaster.pid"))
                                .get(0)
                                .strip() + " " + data);
            }
            System.in.read(); // until it is killed
        }
    }

    @Test
    void testThatIsKilledLeavesNoServerAndNoData() throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-Dot.epg.working-dir="
                                + System.getProperty("ot.epg.working-dir", System.getProperty("java.io.tmpdir")),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName()))
                .redirectErrorStream(true)
                .start();
        String[] said;
        try (BufferedReader lines = child.inputReader(UTF_8)) {
            List<String> before = new ArrayList<>();
            said = lines.lines()
                    .peek(before::add)
                    .filter(line -> line.matches("\\d+ /.*"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no server was started: " + before))
                    .split(" ", 2);
        } finally {
            child.destroyForcibly();
        }
        ProcessHandle server = ProcessHandle.of(Long.parseLong(said[0])).orElseThrow();

        assertThat(server.onExit().get(5, TimeUnit.MINUTES).isAlive()).isFalse();
        await().atMost(Duration.ofMinutes(5)).until(() -> !Files.exists(Path.of(said[1])));
    }
}
