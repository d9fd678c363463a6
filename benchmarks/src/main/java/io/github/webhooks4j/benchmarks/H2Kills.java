package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a version of H2 keeps when its process is killed: eight threads insert rows into a file with {@code WRITE_DELAY=0} and print each
 * once it is committed, until the process is killed within 0.4 s. Then the rows are compared with what was printed and with the index.
 *
 * <p>Run with the jar of the version first on the class path. Option: {@code --kills n} (400). Each file lives through four.
 */
public final class H2Kills {
    private static final int THREADS = 8;
    private static final int KILLS_OF_A_FILE = 4;
    private static final int LONGEST_MILLIS = 400;
    private static final int LENGTH_OF_A_MESSAGE = 36;
    private static final String REFUSED = "an insert was refused with error ";

    private H2Kills() {}

    /** Kills and prints; {@code writer file} is for the processes that it starts. */
    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("writer")) {
            write(args[1]);
            return;
        }
        if (args.length != 0 && !(args.length == 2 && args[0].equals("--kills"))) {
            throw new IllegalArgumentException("the only option is --kills");
        }
        int kills = args.length == 0 ? 400 : Integer.parseInt(args[1]);
        Map<String, Integer> found = new TreeMap<>();
        Random random = new Random(1);
        Path folder = Files.createTempDirectory("h2-kills");
        for (int kill = 0; kill < kills; kill++) {
            Path file = folder.resolve("file" + kill / KILLS_OF_A_FILE);
            List<String> printed = writeUntilKilled(file, folder.resolve("printed"), random.nextInt(LONGEST_MILLIS));
            Set<String> what = examine(file, printed);
            what.forEach(each -> found.merge(each, 1, Integer::sum));
            if (kill % KILLS_OF_A_FILE == KILLS_OF_A_FILE - 1) {
                Files.delete(Path.of(file + ".mv.db"));
            }
        }
        new PrintStream(System.out, true, UTF_8)
                .println("H2 " + version() + ", after " + kills + " kills: "
                        + (found.isEmpty() ? "all is there" : found));
    }

    private static String url(Path file) {
        return "jdbc:h2:file:" + file + ";WRITE_DELAY=0;LOCK_TIMEOUT=150";
    }

    private static String version() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    private static List<String> writeUntilKilled(Path file, Path output, int millis)
            throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        H2Kills.class.getName(),
                        "writer",
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(output.toFile())
                .start();
        while (Files.size(output) == 0 && writer.isAlive()) {
            Thread.sleep(5);
        }
        Thread.sleep(millis);
        writer.destroyForcibly().waitFor();
        return Files.readAllLines(output);
    }

    private static Set<String> examine(Path file, List<String> printed) throws SQLException {
        Set<String> found = new HashSet<>();
        Set<String> committed = new HashSet<>();
        for (String line : printed) {
            if (line.startsWith(REFUSED)) {
                found.add(line);
            } else if (line.length() == LENGTH_OF_A_MESSAGE) { // the last one may be cut off
                committed.add(line);
            }
        }
        try (Connection connection = DriverManager.getConnection(url(file));
                Statement statement = connection.createStatement()) {
            Set<String> rows = new HashSet<>();
            try (ResultSet each = statement.executeQuery("SELECT message FROM inbox USE INDEX ()")) {
                while (each.next()) {
                    rows.add(each.getString(1));
                }
            }
            if (!rows.containsAll(committed)) {
                found.add("a committed row is lost");
            }
            try (ResultSet each = statement.executeQuery("SELECT COUNT(*) FROM inbox USE INDEX (inbox_messages)"
                    + " WHERE receiver >= 0 AND message >= '' AND status > 0")) {
                each.next();
                if (each.getInt(1) < rows.size()) {
                    found.add("a row is not in the index");
                }
            } catch (SQLException e) {
                found.add("a row of the index is lost, and reading it fails: error " + e.getErrorCode());
            }
        }
        return found;
    }

    private static void write(String file) throws SQLException, InterruptedException {
        try (Connection connection = DriverManager.getConnection(url(Path.of(file)));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS inbox (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    + " receiver INT, message VARCHAR(128), status INT)");
            statement.execute("CREATE INDEX IF NOT EXISTS inbox_messages ON inbox (receiver, message)");
            PrintStream out = new PrintStream(System.out, true, UTF_8);
            out.println("begins");
            for (int i = 0; i < THREADS; i++) {
                new Thread(() -> insert(file, out)).start();
            }
            Thread.sleep(60_000); // killed long before
            System.exit(1);
        }
    }

    private static void insert(String file, PrintStream out) {
        try (Connection connection = DriverManager.getConnection(url(Path.of(file)));
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO inbox (receiver, message, status) VALUES (?, ?, 200)")) {
            while (true) {
                String message = UUID.randomUUID().toString();
                insert.setInt(1, ThreadLocalRandom.current().nextInt(THREADS));
                insert.setString(2, message);
                insert.executeUpdate();
                out.println(message);
            }
        } catch (SQLException e) {
            out.println(REFUSED + e.getErrorCode());
        }
    }
}
