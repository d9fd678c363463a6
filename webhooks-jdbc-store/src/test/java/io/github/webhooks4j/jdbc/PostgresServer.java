package io.github.webhooks4j.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A real PostgreSQL server, for tests of this module and of others. */
public final class PostgresServer implements AutoCloseable {
    private static final Map<Version, PostgresServer> SHARED = new ConcurrentHashMap<>();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    /**
     * Waits for the end of its input, which is the end of the process that started it, and then ends the server and deletes its data:
     * nothing is left of a test that was killed. A server that was stopped has no such file any more.
     */
    private static final String WATCH = "trap '' HUP INT QUIT TERM; cat > /dev/null;"
            + " if server=$(head -n 1 \"$1/postmaster.pid\") && ps -o args= -p $server | grep -qF \"$1\"; then"
            + " kill -CONT $server; kill -QUIT $server;"
            + " for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $server && sleep 1; done; fi;"
            + " rm -rf \"$1\"";

    private final EmbeddedPostgres server;

    /** The major versions between which the store is tested. */
    public enum Version {
        /** The newest one. */
        NEWEST,
        /** The oldest one that is supported. */
        OLDEST;

        private InputStream binaries(String system, String architecture) throws IOException {
            String file = "/postgresql/" + name().toLowerCase(java.util.Locale.ROOT) + "/postgres-"
                    + system.toLowerCase(java.util.Locale.ROOT) + "-" + architecture + ".txz";
            InputStream found = PostgresServer.class.getResourceAsStream(file);
            if (found == null) {
                throw new FileNotFoundException(file + "; the build of webhooks-jdbc-store puts it there");
            }
            return found;
        }
    }

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /** The server that all tests of this process share, made to be fast and not to survive. */
    public static PostgresServer shared(Version version) {
        return SHARED.computeIfAbsent(version, wanted -> {
            try {
                return new PostgresServer(builder(wanted, Files.createTempDirectory("webhooks4j-postgres"))
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_connections", "300")
                        .start());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * A server of the newest version that keeps what it committed, in this folder and on this port (0 for any). Its data are deleted
     * when this process ends.
     */
    public static PostgresServer durable(Path folder, int port) throws IOException {
        Files.createDirectories(folder);
        EmbeddedPostgres.Builder builder = builder(Version.NEWEST, folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on") // the launcher turns it off
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "300");
        return new PostgresServer((port == 0 ? builder : builder.setPort(port)).start());
    }

    private static EmbeddedPostgres.Builder builder(Version version, Path data) throws IOException {
        new ProcessBuilder("sh", "-c", WATCH, "watch", data.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return EmbeddedPostgres.builder().setPgBinaryResolver(version::binaries).setDataDirectory(data);
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** The URL of a new, empty database. */
    public String newDatabase() throws SQLException {
        return newDatabase("");
    }

    /** The URL of a new database that is created with these options of {@code CREATE DATABASE}. */
    String newDatabase(String options) throws SQLException {
        String name = "db" + DATABASES.incrementAndGet();
        execute(server.getPostgresDatabase(), "CREATE DATABASE " + name + " " + options);
        return server.getJdbcUrl("postgres", name);
    }

    /** Connections to a database, not pooled. */
    public static PGSimpleDataSource dataSource(String url) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        return dataSource;
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
        server.close();
    }
}
