package io.github.webhooks4j.jdbc;

import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/** The contract on PostgreSQL without prepared statements, as behind some connection poolers. */
class PostgresSimpleQueriesTest extends PostgresContract {
    @Override
    void configure(PGSimpleDataSource driver) {
        driver.setPreferQueryMode(PreferQueryMode.SIMPLE);
    }
}
