package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Claim;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The conventions of our statements: table names carry a schema, so that it does not matter where a connection would look for them,
 * and a prefix, instants travel as UTC, no tenant is the empty one, and what
 * is to happen after a duration is reckoned by the store's clock.
 */
final class Sql {
    private static final String PREFIX = "${prefix}";
    private static final String FROM_NOW = "${fromNow}";
    /** Behind a table: which index to use. */
    private static final Pattern USE = Pattern.compile("\\$\\{use (\\w+)}");

    /** Columns in an {@code ORDER BY} that equal a parameter. */
    private static final Pattern EQUAL = Pattern.compile("\\$\\{equal ([\\w., ]+)}");

    private static final String BOUNDED_WAIT = "${boundedWait}";
    private static final String INDEX_PREFIX = "${indexPrefix}";

    private final String schema;
    private final String prefix;
    private final Dialect dialect;

    /**
     * The statements of one store.
     *
     * @param schema of the tables, quoted if it has to be
     */
    Sql(String schema, String prefix, Dialect dialect) {
        this.schema = schema;
        this.prefix = prefix;
        this.dialect = dialect;
    }

    /** The schema of the tables, as it stands in statements. */
    String schema() {
        return schema;
    }

    /** The prefix of the names of tables and indexes. */
    String prefix() {
        return prefix;
    }

    /** The statement with the schema and the prefix of tables, and the dialect's expressions, put in. */
    String of(String statement) {
        String ordered = EQUAL.matcher(statement).replaceAll(dialect.ordersByWhatIsEqual() ? "$1," : "");
        return USE.matcher(ordered)
                .replaceAll(index -> Matcher.quoteReplacement(dialect.use(index.group(1))))
                .replace(FROM_NOW, dialect.fromNow())
                .replace(BOUNDED_WAIT, dialect.boundedWait())
                .replace(INDEX_PREFIX, prefix)
                .replace(PREFIX, table(""));
    }

    /** The full name of a table. */
    String table(String name) {
        return schema + "." + prefix + name;
    }

    Dialect dialect() {
        return dialect;
    }

    /** Binds the parameter of a {@code ${fromNow}}. */
    void fromNow(PreparedStatement statement, int index, Duration duration) throws SQLException {
        dialect.bindFromNow(statement, index, duration);
    }

    /** Binds an instant. */
    void bind(PreparedStatement statement, int index, Instant instant) throws SQLException {
        statement.setObject(index, dialect.timestamp(instant));
    }

    /** Binds an instant or none. */
    void bind(PreparedStatement statement, int index, Optional<Instant> instant) throws SQLException {
        statement.setObject(index, instant.map(dialect::timestamp).orElse(null), Types.TIMESTAMP_WITH_TIMEZONE);
    }

    /** Binds the key of an event. */
    void bind(PreparedStatement statement, int index, UUID event) throws SQLException {
        statement.setObject(index, dialect.key(event));
    }

    /** Binds the three parameters that name a claim: the key of its event, its webhook and its fence. */
    void bind(PreparedStatement statement, int index, Claim claim) throws SQLException {
        bind(statement, index, claim.event());
        statement.setString(index + 1, claim.webhookId());
        statement.setInt(index + 2, claim.fence());
    }

    /** The key of an event that was selected. */
    UUID key(ResultSet row, int index) throws SQLException {
        return dialect.key(row, index);
    }

    /** The parameters for the keys of events, each once. */
    List<Object> keys(Stream<UUID> events) {
        return events.distinct().map(dialect::key).toList();
    }

    /** An instant that was selected. */
    Instant instant(ResultSet row, int index) throws SQLException {
        return dialect.instant(row, index);
    }

    static Optional<String> tenant(String stored) {
        return stored.isEmpty() ? Optional.empty() : Optional.of(stored);
    }
}
