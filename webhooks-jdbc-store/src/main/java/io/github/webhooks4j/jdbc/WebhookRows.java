package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.jdbc.SealedSecrets.Owner;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
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
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of webhooks. A removed one stays as a tombstone until every node has had the time to learn of it. */
final class WebhookRows {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcDeliveryStore.class);

    static final Duration TOMBSTONE_KEPT = Duration.ofDays(1);
    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);
    private static final String COLUMNS =
            "id, tenant, state, version, changed_at, removed, settings, secrets, status, status_version";

    private final Sql sql;
    private final Dialect dialect;
    private final SealedSecrets secrets;
    private final String insert;
    private final String update;
    private final String saveStatus;
    private final String remove;
    private final String free;
    private final String purge;
    private final String reseal;
    private final String find;
    private final String list;
    private final String listOfTenant;
    private final String changed;
    private final AtomicReference<Instant> nextPurge = new AtomicReference<>(Instant.MIN);

    WebhookRows(Sql sql, SealedSecrets secrets) {
        this.sql = sql;
        this.secrets = secrets;
        this.dialect = sql.dialect();
        insert = sql.of(
                "INSERT INTO ${prefix}webhooks (tenant, version, changed_at, settings, secrets, id, state, removed, status,"
                        + " status_version) VALUES (?, ?, ?, ?, ?, ?, ?, FALSE, ?, 0)");
        update = sql.of("UPDATE ${prefix}webhooks SET tenant = ?, version = ?, changed_at = ?, settings = ?,"
                + " secrets = ? WHERE id = ? AND version = ? AND removed = FALSE");
        saveStatus = sql.of("UPDATE ${prefix}webhooks SET state = ?, status = ?, status_version = status_version + 1,"
                + " changed_at = ${fromNow} WHERE id = ? AND status_version = ? AND removed = FALSE");
        remove = sql.of("UPDATE ${prefix}webhooks SET removed = TRUE, settings = '{}', secrets = '{}', status = '{}',"
                + " version = version + 1, changed_at = ${fromNow} WHERE id = ? AND removed = FALSE");
        free = sql.of("DELETE FROM ${prefix}webhooks WHERE id = ? AND removed = TRUE AND changed_at < ?");
        purge = sql.of("DELETE FROM ${prefix}webhooks WHERE removed = TRUE AND changed_at < ${fromNow}");
        reseal = sql.of("UPDATE ${prefix}webhooks SET secrets = ? WHERE id = ? AND version = ? AND removed = FALSE");
        String select = "SELECT " + COLUMNS + " FROM ${prefix}webhooks WHERE ";
        find = sql.of(select + "id = ? AND removed = FALSE");
        list = sql.of(select + "id > ? AND removed = FALSE ORDER BY id FETCH FIRST ? ROWS ONLY");
        listOfTenant = sql.of(select + "id > ? AND tenant = ? AND removed = FALSE ORDER BY id FETCH FIRST ? ROWS ONLY");
        changed = sql.of(select + "changed_at >= ? ORDER BY changed_at, id");
    }

    Optional<WebhookRow> save(Connection connection, WebhookRow webhook) throws SQLException {
        WebhookRow next = new WebhookRow(
                webhook.id(),
                webhook.tenant(),
                webhook.state(),
                webhook.version() + 1,
                dialect.now(connection),
                false,
                webhook.settings(),
                webhook.secrets(),
                webhook.status(),
                0);
        if (webhook.version() == 0) {
            return insert(connection, next) ? Optional.of(next) : Optional.empty();
        }
        return replace(connection, next) ? find(connection, webhook.id()) : Optional.empty();
    }

    Optional<WebhookRow> saveStatus(
            Connection connection, String id, long statusVersion, Webhook.State state, String status)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(saveStatus)) {
            statement.setString(1, state.name());
            statement.setString(2, status);
            sql.fromNow(statement, 3, Duration.ZERO);
            statement.setString(4, id);
            statement.setLong(5, statusVersion);
            return statement.executeUpdate() == 1 ? find(connection, id) : Optional.empty();
        }
    }

    private boolean insert(Connection connection, WebhookRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(free)) {
            statement.setString(1, row.id());
            Sql.bind(statement, 2, row.changedAt().minus(TOMBSTONE_KEPT));
            statement.executeUpdate();
        }
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            bind(statement, row);
            statement.setString(7, row.state().name());
            statement.setString(8, row.status());
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

    private boolean replace(Connection connection, WebhookRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            bind(statement, row);
            statement.setLong(7, row.version() - 1);
            return statement.executeUpdate() == 1;
        }
    }

    private void bind(PreparedStatement statement, WebhookRow row) throws SQLException {
        statement.setString(1, row.tenant().orElse(""));
        statement.setLong(2, row.version());
        Sql.bind(statement, 3, row.changedAt());
        statement.setString(4, row.settings());
        statement.setString(5, secrets.write(Owner.webhook(row.tenant(), row.id()), row.secrets()));
        statement.setString(6, row.id());
    }

    boolean remove(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(remove)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            statement.setString(2, id);
            return statement.executeUpdate() == 1;
        }
    }

    Optional<WebhookRow> find(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, id);
            return read(statement).stream().findFirst();
        }
    }

    List<WebhookRow> list(Connection connection, Optional<String> tenant, String after, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tenant.isPresent() ? listOfTenant : list)) {
            int index = 0;
            statement.setString(++index, after);
            if (tenant.isPresent()) {
                statement.setString(++index, tenant.get());
            }
            statement.setInt(++index, limit);
            return read(statement);
        }
    }

    List<WebhookRow> changedSince(Connection connection, Instant since) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(changed)) {
            Sql.bind(statement, 1, since);
            return read(statement);
        }
    }

    /** Whether {@link #purge} is worth a transaction again, now that changes since then are asked for. */
    boolean isPurgeDue(Instant since) {
        Instant due = nextPurge.get();
        return !since.isBefore(due) && nextPurge.compareAndSet(due, since.plus(PURGE_INTERVAL));
    }

    int purge(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(purge)) {
            sql.fromNow(statement, 1, TOMBSTONE_KEPT.negated());
            return statement.executeUpdate();
        }
    }

    private List<WebhookRow> read(PreparedStatement statement) throws SQLException {
        List<WebhookRow> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Owner owner = Owner.webhook(Sql.tenant(row.getString(2)), row.getString(1));
                rows.add(new WebhookRow(
                        owner.id(),
                        owner.tenant(),
                        state(row.getString(1), row.getString(3)),
                        row.getLong(4),
                        Sql.instant(row, 5),
                        row.getBoolean(6),
                        row.getString(7),
                        secrets.read(owner, row.getString(8)),
                        row.getString(9),
                        row.getLong(10)));
            }
        }
        return rows;
    }

    /** A state that a newer version wrote is none to send in. */
    private static Webhook.State state(String id, String name) {
        for (Webhook.State state : Webhook.State.values()) {
            if (state.name().equals(name)) {
                return state;
            }
        }
        LOG.warn("webhook {} is in a state that this version does not know; it is left alone", id);
        return Webhook.State.PAUSED;
    }

    // ---- keys

    /**
     * How far it has come.
     *
     * @param last the id of the last webhook that was looked at; empty if there was none
     * @param changed how many were encrypted anew
     * @param troubles what kept others from it
     */
    record Progress(Optional<String> last, int changed, List<String> troubles) {}

    /**
     * Encrypts with the current key what is not, of the webhooks after this id, at most so many of them. Their versions stay
     * as they are, since nothing changed; one that is changed meanwhile is encrypted by that change.
     */
    Progress encryptAnew(Connection connection, String after, int limit) throws SQLException {
        Optional<String> last = Optional.empty();
        int changed = 0;
        List<String> troubles = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(list);
                PreparedStatement update = connection.prepareStatement(reseal)) {
            select.setString(1, after);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Owner owner = Owner.webhook(Sql.tenant(row.getString(2)), row.getString(1));
                    Optional<String> anew = secrets.anew(owner, row.getString(8), troubles);
                    if (anew.isPresent()) {
                        update.setString(1, anew.get());
                        update.setString(2, owner.id());
                        update.setLong(3, row.getLong(4));
                        changed += update.executeUpdate();
                    }
                    last = Optional.of(owner.id());
                }
            }
        }
        return new Progress(last, changed, troubles);
    }
}
