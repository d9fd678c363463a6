package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import io.github.webhooks4j.StaleWebhookException;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** On PostgreSQL, where a failed statement spoils its transaction. */
class PostgresTransactionTest extends TransactionTest {
    @Override
    void connect(HikariConfig config) throws SQLException {
        config.setJdbcUrl(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
    }

    @Test
    void transactionSpoiledByASwallowedErrorSendsNothingThoughItsCommitMayReturn() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            inJoined(connection, "a");
            assertThatThrownBy(() -> execute(connection, "INSERT INTO orders VALUES (NULL)"))
                    .isInstanceOf(SQLException.class);
            // As text, it returns in every version of the driver, and the server answers ROLLBACK.
            execute(connection, "COMMIT");
        }
        onlyArrive();
    }

    @Test
    void workThatSwallowsAnErrorIsToldThatItsTransactionWasNotCommitted() {
        assertThatThrownBy(() -> store().inTransaction(connection -> {
                    inJoined(connection, "a");
                    assertThatThrownBy(() -> execute(connection, "INSERT INTO orders VALUES (NULL)"))
                            .isInstanceOf(SQLException.class);
                    return null;
                }))
                .isInstanceOf(SQLException.class)
                .hasFieldOrPropertyWithValue("SQLState", "25P02");
    }

    @Test
    void signerThatAnotherTransactionSavedFirstIsToldOfAndNotLostQuietly() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO orders VALUES (1)"); // from here on, it sees nothing of what others commit
            client().signers().save("ours", Signer.bearer(Secret.of("first")));

            assertThatThrownBy(() -> store().join(connection, () -> {
                        client().signers().save("ours", Signer.bearer(Secret.of("second")));
                        return null;
                    }))
                    .isInstanceOf(StaleWebhookException.class)
                    .hasMessageContaining("ours")
                    .hasMessageContaining("repeat");
            connection.rollback();
        }
    }

    @Test
    void publishingInASpoiledTransactionSaysSo() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> execute(connection, "INSERT INTO orders VALUES (NULL)"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> inJoined(connection, "a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("had failed before and must be rolled back")
                    .matches(e -> !((StoreException) e).isUnavailable());
        }
    }
}
