package io.github.webhooks4j.it;

import io.github.webhooks4j.jdbc.MariaDbServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A MariaDB server that is killed, started again and frozen. */
final class FragileMariaDb implements FragileServer {
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final Path folder;
    private final int port;
    private final String url;
    private MariaDbServer server;

    private FragileMariaDb(Path folder) throws IOException, SQLException {
        this.folder = folder;
        server = MariaDbServer.durable(folder, 0);
        port = server.port();
        url = server.newDatabase();
    }

    /** A server that keeps its data in this folder. */
    static FragileMariaDb inFolder(Path folder) throws IOException, SQLException {
        return new FragileMariaDb(folder);
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public void kill() {
        send(Signal.KILL);
        server.process().onExit().join();
    }

    private void send(Signal signal) {
        signal.send(List.of(server.process().pid()));
    }

    @Override
    public void restart() throws IOException {
        server = MariaDbServer.durable(folder, port);
    }

    @Override
    public void freeze() {
        send(Signal.STOP);
    }

    @Override
    public void thaw() {
        send(Signal.CONT);
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
        MariaDbServer.execute(MariaDbServer.dataSource(url), statements);
    }

    @Override
    public void close() throws IOException {
        send(Signal.CONT);
        server.close();
    }
}
