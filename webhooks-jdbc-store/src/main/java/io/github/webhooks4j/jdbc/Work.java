package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** What is done in one transaction. It may be repeated, each time in a new one. */
interface Work<T> {
    T in(Connection connection) throws SQLException;
}
