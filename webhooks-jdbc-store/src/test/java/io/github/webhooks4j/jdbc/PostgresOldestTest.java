package io.github.webhooks4j.jdbc;

/** The contract on the oldest PostgreSQL that is supported. */
class PostgresOldestTest extends PostgresContract {
    @Override
    PostgresServer.Version version() {
        return PostgresServer.Version.OLDEST;
    }
}
