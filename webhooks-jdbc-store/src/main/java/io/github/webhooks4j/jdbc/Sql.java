package io.github.webhooks4j.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** The conventions of our statements: table names carry a prefix, instants travel as UTC, no tenant is the empty one. */
final class Sql {
    private static final String PLACEHOLDER = "${prefix}";

    private final String prefix;

    Sql(String prefix) {
        this.prefix = prefix;
    }

    /** The statement with the table prefix put in. */
    String of(String statement) {
        return statement.replace(PLACEHOLDER, prefix);
    }

    static void bind(PreparedStatement statement, int index, Instant instant) throws SQLException {
        statement.setObject(index, OffsetDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC));
    }

    static Instant instant(ResultSet row, int index) throws SQLException {
        return row.getObject(index, OffsetDateTime.class).toInstant();
    }
}
