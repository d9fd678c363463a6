package io.github.webhooks4j.jdbc;

/** The contract on MariaDB with statements that the server prepares and the driver keeps, in READ COMMITTED transactions. */
class MariaDbPreparedTest extends MariaDbContract {
    @Override
    String parameters() {
        return "&useServerPrepStmts=true&cachePrepStmts=true&transactionIsolation=READ_COMMITTED";
    }
}
