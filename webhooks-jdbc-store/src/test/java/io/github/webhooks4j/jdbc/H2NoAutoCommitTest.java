package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import javax.sql.DataSource;

/** The contract on H2 with connections that come without auto-commit and with another isolation. */
class H2NoAutoCommitTest extends H2Contract {
    @Override
    DataSource dataSource(DataSource pooled) {
        return new WatchedDataSource(pooled, connection -> {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setAutoCommit(false);
        });
    }
}
