package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.Attempt;
import io.github.webhooks4j.Delivery;
import io.github.webhooks4j.DeliveryStore;
import io.github.webhooks4j.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A store in a relational database: H2 2.x, as files or in memory. Any number of nodes may share it.
 *
 * <p>Each call takes one connection from the data source for one short READ COMMITTED transaction and gives it back as it
 * came. Do not give it a data source that hands out the connection of the caller's transaction. Instants are kept to the
 * microsecond, durations of attempts to the millisecond. Safe for use by several threads.
 */
public final class JdbcDeliveryStore implements DeliveryStore {
    private final DataSource dataSource;
    private final Sql sql;
    private final boolean createSchema;
    private final InstantSource clock;
    private volatile @Nullable Opened opened;

    private JdbcDeliveryStore(Builder builder) {
        dataSource = builder.dataSource;
        sql = new Sql(builder.tablePrefix);
        createSchema = builder.createSchema;
        clock = builder.clock;
    }

    /** A store in the database behind this data source, which creates its tables itself. */
    public static JdbcDeliveryStore create(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /** A builder of a store in the database behind this data source. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /** What is known once the database has been seen. */
    private record Opened(Transactions transactions, InstantSource clock, WebhookRows webhooks, Deliveries deliveries) {
        Instant now() {
            return clock.instant().truncatedTo(ChronoUnit.MICROS);
        }
    }

    @Override
    public void open() {
        Dialect dialect = dialect();
        Transactions transactions = new Transactions(dataSource, dialect);
        Schema schema = new Schema(sql, dialect, transactions);
        if (createSchema) {
            schema.migrate();
        }
        schema.verify();
        opened = new Opened(transactions, dialect.clock(), new WebhookRows(sql, dialect), new Deliveries(sql, dialect));
    }

    private Dialect dialect() {
        try (Connection connection = Transactions.borrow(dataSource)) {
            Dialect dialect = Dialect.of(connection, clock);
            dialect.check(connection);
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return dialect;
        } catch (SQLException e) {
            throw Transactions.failure("look at the database", SqlErrors.isConnectionLost(e), e);
        }
    }

    private Opened store() {
        Opened store = opened;
        if (store == null) {
            throw new StoreException("the store is not open; WebhookClient opens it, otherwise call open() first");
        }
        return store;
    }

    @Override
    public Instant now() {
        return store().now();
    }

    @Override
    public Optional<WebhookRow> saveWebhook(WebhookRow webhook) {
        Opened store = store();
        return store.transactions.write(
                "save a webhook", connection -> store.webhooks.save(connection, webhook, store.now()));
    }

    @Override
    public Optional<WebhookRow> findWebhook(String id) {
        Opened store = store();
        return store.transactions.read("find a webhook", connection -> store.webhooks.find(connection, id));
    }

    @Override
    public List<WebhookRow> listWebhooks(Optional<String> tenant, String after, int limit) {
        Opened store = store();
        return store.transactions.read(
                "list webhooks", connection -> store.webhooks.list(connection, tenant, after, limit));
    }

    @Override
    public List<WebhookRow> webhooksChangedSince(Instant since) {
        Opened store = store();
        Instant now = store.now();
        if (store.webhooks.isPurgeDue(now)) {
            store.transactions.write("purge removed webhooks", connection -> store.webhooks.purge(connection, now));
        }
        return store.transactions.read(
                "look for changed webhooks", connection -> store.webhooks.changedSince(connection, since));
    }

    @Override
    public boolean removeWebhook(String id) {
        Opened store = store();
        return store.transactions.write(
                "remove a webhook", connection -> store.webhooks.remove(connection, id, store.now()));
    }

    @Override
    public List<Delivery> cancel(String webhookId, int limit) {
        Opened store = store();
        return store.transactions.write(
                "cancel deliveries", connection -> store.deliveries.cancel(connection, webhookId, limit, store.now()));
    }

    @Override
    public Set<UUID> insert(List<NewEvent> events) {
        Opened store = store();
        if (events.isEmpty()) {
            return Set.of();
        }
        List<String> ids = events.stream().map(event -> event.event().id()).toList();
        return store.transactions.publish(ids, connection -> store.deliveries.insert(connection, events, store.now()));
    }

    @Override
    public Map<String, Instant> due(int limit) {
        Opened store = store();
        return store.transactions.read("look for due webhooks", connection -> store.deliveries.due(connection, limit));
    }

    @Override
    public List<Claimed> claim(Map<String, Integer> room, Duration lease) {
        Opened store = store();
        if (room.isEmpty()) {
            return List.of();
        }
        return store.transactions.write(
                "claim deliveries", connection -> store.deliveries.claim(connection, room, lease, store.now()));
    }

    @Override
    public Set<Claim> record(List<Outcome> outcomes) {
        Opened store = store();
        if (outcomes.isEmpty()) {
            return Set.of();
        }
        return store.transactions.write(
                "record outcomes", connection -> store.deliveries.record(connection, outcomes, store.now()));
    }

    @Override
    public void release(Map<Claim, Instant> due) {
        Opened store = store();
        if (!due.isEmpty()) {
            store.transactions.write("release claims", connection -> {
                store.deliveries.release(connection, due);
                return due.size();
            });
        }
    }

    @Override
    public Optional<Delivery> findDelivery(Optional<String> tenant, String eventId, String webhookId) {
        Opened store = store();
        return store.transactions.read(
                "find a delivery", connection -> store.deliveries.find(connection, tenant, eventId, webhookId));
    }

    @Override
    public List<Attempt> attempts(Optional<String> tenant, String eventId, String webhookId) {
        Opened store = store();
        return store.transactions.read(
                "read attempts", connection -> store.deliveries.attempts(connection, tenant, eventId, webhookId));
    }

    /** Closes nothing, since the data source belongs to who made it. */
    @Override
    public void close() {}

    /** Sets up a {@link JdbcDeliveryStore}. Not safe for use by several threads. */
    public static final class Builder {
        private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,30}");

        private final DataSource dataSource;
        private String tablePrefix = "webhooks_";
        private boolean createSchema = true;
        private InstantSource clock = InstantSource.system();

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /**
         * What the names of all tables and indexes begin with: a lower-case letter, then at most 30 lower-case letters,
         * digits or {@code _}. Default: {@code webhooks_}.
         */
        public Builder tablePrefix(String prefix) {
            if (!PREFIX.matcher(prefix).matches()) {
                throw new IllegalArgumentException("tablePrefix is \"" + prefix
                        + "\"; it must be a lower-case letter, then at most 30 lower-case letters, digits or _");
            }
            tablePrefix = prefix;
            return this;
        }

        /**
         * Whether opening the store creates missing tables and brings old ones up to date. If not, it only verifies them;
         * the files to run instead lie in this jar under {@code io/github/webhooks4j/jdbc}, fit for Flyway with the
         * placeholder {@code prefix}. Default: true.
         */
        public Builder createSchema(boolean create) {
            createSchema = create;
            return this;
        }

        /** The clock, for tests. */
        Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        /** The store, not yet open. */
        public JdbcDeliveryStore build() {
            return new JdbcDeliveryStore(this);
        }
    }
}
