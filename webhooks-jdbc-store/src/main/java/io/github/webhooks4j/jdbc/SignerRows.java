package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.jdbc.SealedSecrets.Owner;
import io.github.webhooks4j.store.DeliveryStore.SignerRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of signers that many webhooks use. A removed one stays as a tombstone, as in {@link WebhookRows}. */
final class SignerRows {
    private final Sql sql;
    private final SealedSecrets secrets;
    private final String insert;
    private final String update;
    private final String replace;
    private final String purge;
    private final String reseal;
    private final String find;
    private final String list;
    private final String changed;
    private final String all;

    SignerRows(Sql sql, SealedSecrets secrets) {
        this.sql = sql;
        this.secrets = secrets;
        insert = sql.of("INSERT INTO ${prefix}signers (removed, settings, secrets, changed_at, tenant, name, version)"
                + " VALUES (?, ?, ?, ${fromNow}, ?, ?, 1)");
        update = sql.of("UPDATE ${prefix}signers SET removed = ?, settings = ?, secrets = ?, changed_at = ${fromNow},"
                + " version = version + 1 WHERE tenant = ? AND name = ?");
        replace = update + " AND version = ? AND removed = FALSE";
        purge = sql.of("DELETE FROM ${prefix}signers WHERE removed = TRUE AND changed_at < ${fromNow}");
        reseal = sql.of("UPDATE ${prefix}signers SET secrets = ? WHERE tenant = ? AND name = ? AND version = ?");
        String select = "SELECT tenant, name, version, changed_at, removed, settings, secrets FROM ${prefix}signers";
        find = sql.of(select + " WHERE tenant = ? AND name = ? AND removed = FALSE");
        list = sql.of(select + " WHERE tenant = ? AND removed = FALSE ORDER BY name");
        changed = sql.of(select + " WHERE changed_at >= ? ORDER BY changed_at");
        all = sql.of(select + " WHERE removed = FALSE");
    }

    Optional<SignerRow> save(Connection connection, SignerRow signer) throws SQLException {
        Owner owner = Owner.signer(signer.tenant(), signer.name());
        String sealed = secrets.write(owner, signer.secrets());
        if (signer.version() != 0) {
            return replace(connection, owner, signer, sealed)
                    ? find(connection, owner.tenant(), owner.id())
                    : Optional.empty();
        }
        if (!update(connection, owner, false, signer.settings(), sealed)
                && !insert(connection, owner, signer.settings(), sealed)) {
            update(connection, owner, false, signer.settings(), sealed); // another node was first
        }
        return find(connection, owner.tenant(), owner.id());
    }

    private boolean replace(Connection connection, Owner owner, SignerRow signer, String sealed) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(replace)) {
            bind(statement, owner, false, signer.settings(), sealed);
            statement.setLong(7, signer.version());
            return statement.executeUpdate() == 1;
        }
    }

    private boolean update(Connection connection, Owner owner, boolean removed, String settings, String sealed)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            bind(statement, owner, removed, settings, sealed);
            return statement.executeUpdate() == 1;
        }
    }

    private boolean insert(Connection connection, Owner owner, String settings, String sealed) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            bind(statement, owner, false, settings, sealed);
            statement.executeUpdate();
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (sql.dialect().isDuplicate(e)) {
                connection.rollback(before);
                return false;
            }
            throw e;
        }
    }

    private void bind(PreparedStatement statement, Owner owner, boolean removed, String settings, String sealed)
            throws SQLException {
        statement.setBoolean(1, removed);
        statement.setString(2, settings);
        statement.setString(3, sealed);
        sql.fromNow(statement, 4, Duration.ZERO);
        statement.setString(5, owner.tenant().orElse(""));
        statement.setString(6, owner.id());
    }

    boolean remove(Connection connection, Optional<String> tenant, String name) throws SQLException {
        return find(connection, tenant, name).isPresent()
                && update(connection, Owner.signer(tenant, name), true, "{}", TextMap.write(Map.of()));
    }

    Optional<SignerRow> find(Connection connection, Optional<String> tenant, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, tenant.orElse(""));
            statement.setString(2, name);
            return read(statement).stream().findFirst();
        }
    }

    List<SignerRow> list(Connection connection, Optional<String> tenant) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(list)) {
            statement.setString(1, tenant.orElse(""));
            return read(statement);
        }
    }

    List<SignerRow> changedSince(Connection connection, Instant since) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(changed)) {
            Sql.bind(statement, 1, since);
            return read(statement);
        }
    }

    int purge(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(purge)) {
            sql.fromNow(statement, 1, WebhookRows.TOMBSTONE_KEPT.negated());
            return statement.executeUpdate();
        }
    }

    private List<SignerRow> read(PreparedStatement statement) throws SQLException {
        List<SignerRow> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Owner owner = Owner.signer(Sql.tenant(row.getString(1)), row.getString(2));
                rows.add(new SignerRow(
                        owner.tenant(),
                        owner.id(),
                        row.getLong(3),
                        Sql.instant(row, 4),
                        row.getBoolean(5),
                        row.getString(6),
                        secrets.read(owner, row.getString(7))));
            }
        }
        return rows;
    }

    /**
     * Encrypts with the current key what is not. Versions stay as they are; one that is changed meanwhile is encrypted by that
     * change.
     *
     * @return without the last
     */
    WebhookRows.Progress encryptAnew(Connection connection) throws SQLException {
        int changed = 0;
        List<String> troubles = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(all);
                PreparedStatement update = connection.prepareStatement(reseal);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Owner owner = Owner.signer(Sql.tenant(row.getString(1)), row.getString(2));
                Optional<String> anew = secrets.anew(owner, row.getString(7), troubles);
                if (anew.isPresent()) {
                    update.setString(1, anew.get());
                    update.setString(2, row.getString(1));
                    update.setString(3, owner.id());
                    update.setLong(4, row.getLong(3));
                    changed += update.executeUpdate();
                }
            }
        }
        return new WebhookRows.Progress(Optional.empty(), changed, troubles);
    }
}
