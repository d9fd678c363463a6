package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.StoreException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** PostgreSQL is made read-only and rid of its connections, too. */
class PostgresOutageTest extends OutageContract {
    @Override
    FragileServer start(Path folder) throws Exception {
        return FragilePostgres.inFolder(folder);
    }

    @Test
    void readOnlyDatabaseLosesNothingThatWasAcknowledged() throws Exception {
        untilMoreArrived(500);
        server.execute("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
        publishersAreTold();
        assertThat(publishers.refusals())
                .extracting(StoreException::getMessage)
                .allMatch(text -> text.contains("read-only"));
        server.execute(
                "SET default_transaction_read_only = off",
                "ALTER SYSTEM RESET default_transaction_read_only",
                "SELECT pg_reload_conf()");
        deliveryResumes();
        nothingIsLost();
    }

    @Test
    void databaseThatCutsAllConnectionsLosesNothingThatWasAcknowledged() throws Exception {
        for (int i = 0; i < 2 * KILLS; i++) {
            untilMoreArrived(500);
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            deliveryResumes();
        }
        nothingIsLost();
    }
}
