package io.github.webhooks4j.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The conventions of our statements: table names carry a prefix, instants travel as UTC, no tenant is the empty one, and what
 * is to happen after a duration is reckoned by the store's clock.
 */
final class Sql {
    private static final String PREFIX = "${prefix}";
    private static final String FROM_NOW = "${fromNow}";

    private final String prefix;
    private final Dialect dialect;

    Sql(String prefix, Dialect dialect) {
        this.prefix = prefix;
        this.dialect = dialect;
    }

    /** The statement with the table prefix, and the dialect's expression for a time from now, put in. */
    String of(String statement) {
        return statement.replace(FROM_NOW, dialect.fromNow()).replace(PREFIX, prefix);
    }

    Dialect dialect() {
        return dialect;
    }

    /** Binds the parameter of a {@code ${fromNow}}. */
    void fromNow(PreparedStatement statement, int index, Duration duration) throws SQLException {
        dialect.bindFromNow(statement, index, duration);
    }

    static void bind(PreparedStatement statement, int index, Instant instant) throws SQLException {
        statement.setObject(index, utc(instant));
    }

    static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }

    static Optional<String> tenant(String stored) {
        return stored.isEmpty() ? Optional.empty() : Optional.of(stored);
    }

    static Instant instant(ResultSet row, int index) throws SQLException {
        return row.getObject(index, OffsetDateTime.class).toInstant();
    }
}
