package io.github.webhooks4j.it;

import io.github.webhooks4j.jdbc.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A PostgreSQL server that is killed, started again and frozen, with all of its processes. */
final class FragilePostgres implements FragileServer {
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final Path folder;
    private final int port;
    private final String url;
    private PostgresServer server;

    private FragilePostgres(Path folder) throws IOException, SQLException {
        this.folder = folder;
        server = PostgresServer.durable(folder, 0);
        port = server.port();
        url = server.newDatabase();
    }

    /** A server that keeps its data in this folder. */
    static FragilePostgres inFolder(Path folder) throws IOException, SQLException {
        return new FragilePostgres(folder);
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public void kill() throws IOException {
        List<Long> processes = stopped();
        Signal.KILL.send(processes);
        Awaitility.await()
                .atMost(WITHIN)
                .until(() -> processes.stream()
                        .noneMatch(each -> ProcessHandle.of(each)
                                .map(ProcessHandle::isAlive)
                                .orElse(false)));
        server.close();
    }

    @Override
    public void restart() throws IOException {
        server = PostgresServer.durable(folder, port);
    }

    @Override
    public void freeze() {
        stopped();
    }

    @Override
    public void thaw() {
        List<Long> processes = processes();
        Signal.CONT.send(processes);
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> {
                    execute("SELECT 1");
                    return true;
                });
    }

    @Override
    public void execute(String... statements) throws SQLException {
        PostgresServer.execute(PostgresServer.dataSource(url), statements);
    }

    /** The first one first, so that it starts no others meanwhile. */
    private List<Long> stopped() {
        Signal.STOP.send(List.of(postmaster()));
        List<Long> processes = processes();
        Signal.STOP.send(processes);
        return processes;
    }

    private List<Long> processes() {
        long postmaster = postmaster();
        List<Long> processes = new ArrayList<>(List.of(postmaster));
        ProcessHandle.of(postmaster)
                .orElseThrow()
                .descendants()
                .map(ProcessHandle::pid)
                .forEach(processes::add);
        return processes;
    }

    private long postmaster() {
        try {
            return Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .get(0)
                    .strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Signal.CONT.send(processes());
        server.close();
    }
}
