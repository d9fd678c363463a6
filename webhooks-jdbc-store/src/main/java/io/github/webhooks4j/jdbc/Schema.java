package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The tables: made or brought up to date by numbered files, and verified. Every statement of a file may be run again, and
 * the last one writes the number down, so that several nodes may start at once and a crash half-way does no harm.
 */
final class Schema {
    private static final List<String> FILES = List.of("V1__webhooks.sql");
    private static final int TRIES = 10;

    private final Sql sql;
    private final Dialect dialect;
    private final Transactions transactions;
    private final SchemaParts parts;

    Schema(Sql sql, Transactions transactions) {
        this.sql = sql;
        this.dialect = sql.dialect();
        this.transactions = transactions;
        parts = new SchemaParts(
                sql, IntStream.rangeClosed(1, FILES.size()).mapToObj(this::text).toList());
    }

    /** Brings the tables up to date. */
    void migrate() {
        for (int next = version() + 1; next <= FILES.size(); next = version() + 1) {
            apply(next);
        }
    }

    /** Checks that the tables are those that this library knows. */
    void verify() {
        int version = version();
        if (version > FILES.size()) {
            throw new StoreException("the database has schema version " + version
                    + " of webhooks4j, and this library knows " + FILES.size() + "; update the library");
        }
        if (version < FILES.size()) {
            throw new StoreException("the database has "
                    + (version == 0
                            ? "no tables of webhooks4j in schema " + sql.schema()
                            : "schema version " + version + " of webhooks4j")
                    + ", and this library needs version " + FILES.size() + "; " + remedy(version + 1));
        }
        parts.columns().forEach(this::verify);
        verifyIndexes();
    }

    private void verify(String table, Map<String, String> columns) {
        Map<String, String> missing = new LinkedHashMap<>(columns);
        boolean there = transactions.read("verify table " + table, connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + table + " WHERE 1 = 0");
                    ResultSet rows = statement.executeQuery()) {
                ResultSetMetaData found = rows.getMetaData();
                for (int i = 1; i <= found.getColumnCount(); i++) {
                    missing.remove(found.getColumnName(i).toLowerCase(Locale.ROOT));
                }
                return true;
            } catch (SQLException e) {
                if (dialect.isTableMissing(e)) {
                    return false;
                }
                throw e;
            }
        });
        if (!there) {
            throw new StoreException("table " + table + " is missing; " + remedy(1));
        }
        if (!missing.isEmpty()) {
            throw new StoreException("table " + table + " lacks columns: " + String.join(", ", missing.keySet())
                    + "; run, as its owner: " + String.join("; ", missing.values()));
        }
    }

    /** Without one of them everything works, until the tables are large. */
    private void verifyIndexes() {
        Map<String, String> missing = new LinkedHashMap<>(parts.indexes());
        List<String> broken = transactions.read("verify the indexes", connection -> {
            missing.keySet().removeAll(dialect.indexes(connection, sql.schema()));
            return missing.isEmpty() ? List.of() : List.copyOf(dialect.brokenIndexes(connection, sql.schema()));
        });
        if (!missing.isEmpty()) {
            List<String> remedies = new ArrayList<>();
            missing.keySet().stream()
                    .filter(broken::contains)
                    .forEach(index -> remedies.add("DROP INDEX " + sql.schema() + "." + index));
            remedies.addAll(missing.values());
            throw new StoreException("the tables of webhooks4j lack indexes: " + String.join(", ", missing.keySet())
                    + "; run, as their owner: " + String.join("; ", remedies));
        }
    }

    /** What this user has to be granted on the tables, as statements; empty if nothing, or if the database does not tell. */
    List<String> missingPrivileges() {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        parts.tables().forEach(name -> needed.put(sql.table(name), privileges(name)));
        return transactions.read("look at the privileges", connection -> dialect.missingPrivileges(connection, needed));
    }

    private static List<String> privileges(String table) {
        return switch (table) {
            case "schema_version" -> List.of("SELECT");
            default -> List.of("SELECT", "INSERT", "UPDATE", "DELETE");
        };
    }

    private int version() {
        return transactions.read("read the schema version", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery(sql.of("SELECT MAX(version) FROM ${prefix}schema_version"))) {
                row.next();
                return row.getInt(1);
            } catch (SQLException e) {
                if (dialect.isTableMissing(e)) {
                    return 0;
                }
                throw e;
            }
        });
    }

    private void apply(int version) {
        for (int tries = 1; ; tries++) {
            try {
                transactions.write("create the tables with " + path(version), connection -> {
                    try (Statement statement = connection.createStatement()) {
                        for (String each : statements(version)) {
                            statement.execute(each);
                        }
                    }
                    return version;
                });
                StoreLog.LOG.info("created the tables of webhooks4j, schema version {}", version);
                return;
            } catch (StoreException e) {
                // Another node that does the same can be in the way of a single statement, in ways that H2 itself calls
                // general errors. If the database is out of reach, this throws.
                if (version() >= version) {
                    return;
                }
                if (tries == TRIES) {
                    throw e;
                }
                if (e.getMessage() != null && e.getMessage().contains(SqlErrors.LACKS_PRIVILEGE)) {
                    throw new StoreException(
                            e.getMessage() + "; let this user create tables, or let another user "
                                    + remedy(version)
                                            .replace("or use createSchema(true)", "and use createSchema(false)"),
                            false,
                            e);
                }
            }
        }
    }

    private List<String> statements(int version) {
        List<String> statements = new ArrayList<>();
        for (String statement : parts.statement(text(version)).split(";\\s*\\n", -1)) {
            if (!statement.isBlank()) {
                statements.add(statement);
            }
        }
        return statements;
    }

    private String text(int version) {
        String file = dialect.folder() + "/" + FILES.get(version - 1);
        try (InputStream in = Schema.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(path(version) + " is missing from the webhooks-jdbc-store jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String remedy(int version) {
        return "run " + path(version) + " of the webhooks-jdbc-store jar with ${prefix} replaced by " + sql.prefix()
                + ", in schema " + sql.schema() + ", or use createSchema(true)";
    }

    private String path(int version) {
        return "io/github/webhooks4j/jdbc/" + dialect.folder() + "/" + FILES.get(version - 1);
    }
}
