package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is done in one transaction.
 *
 * @param <T> what it brings
 */
@FunctionalInterface
public interface Work<T> {
    /** Does it on this connection, which is neither committed nor closed by it. */
    T in(Connection connection) throws SQLException;
}
