package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * The database behind a connection: the one place that knows all that are supported.
 *
 * @param url its name, see {@link CallersTransactions#url}
 * @param statements makes the statements that are fit for it
 */
record Database(String url, Dialect dialect, Function<Sql, Statements> statements) {
    /**
     * The database behind this connection.
     *
     * @param clock the time, for databases whose own cannot be used
     * @throws StoreException if it is none that is supported
     */
    static Database of(Connection connection, InstantSource clock) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName();
        int version = database.getDatabaseMajorVersion();
        String url = CallersTransactions.url(connection);
        if (product.equals("PostgreSQL") && version >= PostgresDialect.OLDEST) {
            return new Database(url, new PostgresDialect(), ArrayStatements::new);
        }
        if (product.equals("H2") && (version > 2 || (version == 2 && database.getDatabaseMinorVersion() >= 2))) {
            H2Dialect h2 = new H2Dialect(clock);
            return new Database(url, h2, sql -> new ShortStatements(sql, h2));
        }
        if (MariaDbDialect.supports(database)) {
            MariaDbDialect maria = new MariaDbDialect(!MariaDbDialect.isMariaDb(database));
            return new Database(url, maria, sql -> new ShortStatements(sql, maria));
        }
        throw new StoreException("the database is " + product + " " + database.getDatabaseProductVersion()
                + ", which JdbcDeliveryStore does not support; it supports PostgreSQL " + PostgresDialect.OLDEST
                + " and newer, MariaDB " + MariaDbDialect.OLDEST + " and newer, and H2 " + H2Dialect.OLDEST
                + " and newer");
    }
}
