package io.github.webhooks4j.it;

import java.io.IOException;
import java.sql.SQLException;

/** A database server that is killed, started again and frozen. */
interface FragileServer extends AutoCloseable {
    /** The URL of its one database. */
    String url();

    /** Kills it with SIGKILL and returns when nothing of it is left. */
    void kill() throws IOException;

    /** Starts it again, on the port and with the data it had; returns when it takes connections. */
    void restart() throws IOException;

    /** Stops it where it stands. */
    void freeze();

    /** Lets it go on; returns when it answers. */
    void thaw();

    /** Runs statements on a connection of their own. */
    void execute(String... statements) throws SQLException;

    @Override
    void close() throws IOException;
}
