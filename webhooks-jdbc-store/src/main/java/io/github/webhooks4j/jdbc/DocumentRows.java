package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.jdbc.EncryptedSecrets.Owner;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.TenantScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of documents. A removed one stays as a tombstone until every node has had the time to learn of it. */
final class DocumentRows {
    private static final Duration TOMBSTONE_KEPT = Duration.ofDays(1);
    private static final String COLUMNS =
            "d.kind, d.id, d.tenant, d.version, d.status_version, d.changed_at, d.removed, d.settings, d.secrets, d.status";

    /** One row at least: what the clock shows, beside each document or none. */
    static final String CHANGED = "SELECT " + COLUMNS + ", clock.shown FROM (SELECT ${fromNow} AS shown) AS clock"
            + " LEFT JOIN ${prefix}documents d ON d.changed_at >= ?";

    private final Sql sql;
    private final Dialect dialect;
    private final EncryptedSecrets secrets;
    private final String insert;
    private final String revive;
    private final String reviveLater;
    private final String update;
    private final String saveStatus;
    private final String remove;
    private final String forget;
    private final String find;
    private final String listAll;
    private final String listOfTenant;
    private final String changed;

    DocumentRows(Sql sql, EncryptedSecrets secrets) {
        this.sql = sql;
        this.secrets = secrets;
        dialect = sql.dialect();
        String written = "tenant = ?, settings = ?, secrets = ?, changed_at = ${fromNow}";
        insert = sql.of(
                "${boundedWait}INSERT INTO ${prefix}documents (tenant, settings, secrets, changed_at, kind, id, status, version,"
                        + " status_version, removed) VALUES (?, ?, ?, ${fromNow}, ?, ?, ?, 1, 0, FALSE)");
        String revived = "${boundedWait}UPDATE ${prefix}documents SET " + written
                + ", version = version + 1, removed = FALSE, status = ?"
                + " WHERE kind = ? AND id = ? AND removed = TRUE";
        revive = sql.of(revived);
        reviveLater = sql.of(revived + " AND changed_at < ${fromNow}");
        update = sql.of("${boundedWait}UPDATE ${prefix}documents SET " + written
                + ", version = version + 1 WHERE kind = ? AND id = ? AND version = ? AND removed = FALSE");
        saveStatus = sql.of(
                "${boundedWait}UPDATE ${prefix}documents SET status = ?, status_version = status_version + 1,"
                        + " changed_at = ${fromNow} WHERE kind = ? AND id = ? AND status_version = ? AND removed = FALSE");
        remove = sql.of(
                "${boundedWait}UPDATE ${prefix}documents SET removed = TRUE, settings = '{}', secrets = '{}', status = '{}',"
                        + " version = version + 1, changed_at = ${fromNow} WHERE kind = ? AND id = ? AND removed = FALSE");
        forget = sql.of("DELETE FROM ${prefix}documents WHERE removed = TRUE AND changed_at < ${fromNow}");
        String select = "SELECT " + COLUMNS + " FROM ${prefix}documents d WHERE d.kind = ? AND d.removed = FALSE AND ";
        find = sql.of(select + "d.id = ?");
        listAll = sql.of(select + "d.id > ? ORDER BY ${equal d.kind} d.id LIMIT ?");
        listOfTenant = sql.of(select + "d.tenant = ? AND d.id > ? ORDER BY ${equal d.kind, d.tenant} d.id LIMIT ?");
        changed = sql.of(CHANGED);
    }

    /** Inserts first: an update of a row that is not there locks the gap, in a REPEATABLE READ transaction on MariaDB. */
    Optional<Document> save(Connection connection, Document document) throws SQLException {
        boolean saved = document.version() == 0
                ? insert(connection, document) || revive(connection, document)
                : update(connection, document);
        return saved ? find(connection, document.kind(), document.id()) : Optional.empty();
    }

    /** Writes over what was removed, if its id is free again; its version goes on. */
    private boolean revive(Connection connection, Document document) throws SQLException {
        boolean kept = document.kind().keepsIds();
        try (PreparedStatement statement = connection.prepareStatement(kept ? reviveLater : revive)) {
            bind(statement, document);
            statement.setString(5, document.status());
            bind(statement, 6, document.kind(), document.id());
            if (kept) {
                sql.fromNow(statement, 8, TOMBSTONE_KEPT.negated());
            }
            return statement.executeUpdate() == 1;
        }
    }

    private boolean insert(Connection connection, Document document) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            bind(statement, document);
            bind(statement, 5, document.kind(), document.id());
            statement.setString(7, document.status());
            statement.executeUpdate();
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (dialect.isDuplicate(e)) {
                connection.rollback(before);
                return false;
            }
            throw e;
        }
    }

    private boolean update(Connection connection, Document document) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            bind(statement, document);
            bind(statement, 5, document.kind(), document.id());
            statement.setLong(7, document.version());
            return statement.executeUpdate() == 1;
        }
    }

    private void bind(PreparedStatement statement, Document document) throws SQLException {
        statement.setString(1, document.tenant().orElse(""));
        statement.setString(2, document.settings());
        statement.setString(
                3, secrets.write(Owner.of(document.kind(), document.tenant(), document.id()), document.secrets()));
        sql.fromNow(statement, 4, Duration.ZERO);
    }

    private static void bind(PreparedStatement statement, int index, DocumentKind kind, String id) throws SQLException {
        statement.setString(index, kind.name());
        statement.setString(index + 1, id);
    }

    Optional<Document> saveStatus(
            Connection connection, DocumentKind kind, String id, long statusVersion, String status)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(saveStatus)) {
            statement.setString(1, status);
            sql.fromNow(statement, 2, Duration.ZERO);
            bind(statement, 3, kind, id);
            statement.setLong(5, statusVersion);
            return statement.executeUpdate() == 1 ? find(connection, kind, id) : Optional.empty();
        }
    }

    boolean remove(Connection connection, DocumentKind kind, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(remove)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            bind(statement, 2, kind, id);
            return statement.executeUpdate() == 1;
        }
    }

    /** Forgets what was removed long ago. */
    int forget(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(forget)) {
            sql.fromNow(statement, 1, TOMBSTONE_KEPT.negated());
            return statement.executeUpdate();
        }
    }

    Optional<Document> find(Connection connection, DocumentKind kind, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            bind(statement, 1, kind, id);
            return read(statement).stream().findFirst();
        }
    }

    List<Document> list(Connection connection, DocumentKind kind, TenantScope scope, String after, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(scope.everything() ? listAll : listOfTenant)) {
            int index = 1;
            statement.setString(index++, kind.name());
            if (!scope.everything()) {
                statement.setString(index++, scope.tenant().orElse(""));
            }
            statement.setString(index++, after);
            statement.setInt(index, limit);
            return read(statement);
        }
    }

    private List<Document> read(PreparedStatement statement) throws SQLException {
        List<Document> documents = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                documents.add(document(row, DocumentKind.valueOf(row.getString(1))));
            }
        }
        return documents;
    }

    Documents.Changes changedSince(Connection connection, Instant since) throws SQLException {
        List<Document> documents = new ArrayList<>();
        Instant now = Instant.EPOCH;
        try (PreparedStatement statement = connection.prepareStatement(changed)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            sql.bind(statement, 2, since);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    now = sql.instant(row, 11);
                    Optional<DocumentKind> kind = kind(row.getString(1));
                    if (kind.isPresent()) {
                        documents.add(document(row, kind.get()));
                    }
                }
            }
        }
        return new Documents.Changes(now, documents);
    }

    /** Empty if there is no document in this row, or one of a kind that only a newer version knows. */
    private static Optional<DocumentKind> kind(@Nullable String name) {
        for (DocumentKind kind : DocumentKind.values()) {
            if (kind.name().equals(name)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private Document document(ResultSet row, DocumentKind kind) throws SQLException {
        Owner owner = Owner.of(kind, Sql.tenant(row.getString(3)), row.getString(2));
        return new Document(
                kind,
                owner.id(),
                owner.tenant(),
                row.getLong(4),
                sql.instant(row, 6),
                row.getBoolean(7),
                row.getString(8),
                secrets.read(owner, row.getString(9)),
                row.getString(10),
                row.getLong(5));
    }
}
