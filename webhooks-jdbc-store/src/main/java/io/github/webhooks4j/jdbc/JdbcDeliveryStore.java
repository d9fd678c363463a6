package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.CallersTransaction;
import io.github.webhooks4j.store.DeliveryHistory;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A store in a relational database: PostgreSQL 14 and newer, or H2 2.x as files or in memory. Any number of nodes may share
 * it.
 *
 * <p>What is published, and which webhooks are registered, changed, removed or found, is part of the caller's transaction
 * where the calling thread is in one: by {@link #inTransaction}, by {@link #join}, or by a {@link ConnectionSource}. It takes
 * effect with the commit, or not at all. If it throws, the transaction should be rolled back. Only this store and this thread
 * take part: what another thread publishes meanwhile, or a client on another store object, is committed on its own. Under REPEATABLE READ and
 * SERIALIZABLE it may fail as any statement there may (SQLState 40001), and the caller repeats its transaction.
 *
 * <p>Everything else takes one connection from the data source for one short READ COMMITTED transaction and gives it back as
 * it came. Do not give it a data source that hands out the connection of the caller's transaction. A client that is started
 * uses up to four connections at a time, and up to eight more while events are published under ids of the application's own or
 * by {@code publishAll}. Instants are kept to the microsecond, durations of attempts to the millisecond. Safe for use by
 * several threads.
 */
public final class JdbcDeliveryStore implements DeliveryStore {
    private static final int TROUBLES_SHOWN = 5;

    private final DataSource dataSource;
    private final String tablePrefix;
    private final boolean createSchema;
    private final InstantSource clock;
    private final @Nullable ConnectionSource connectionSource;
    private final @Nullable SecretKeys secretKeys;
    private final JdbcDocuments documents = new JdbcDocuments(this::store);
    private final JdbcQueue queue = new JdbcQueue(this::store);
    private final JdbcHistory history = new JdbcHistory(this::store);
    private volatile @Nullable OpenStore opened;

    private JdbcDeliveryStore(Builder builder) {
        dataSource = builder.dataSource;
        tablePrefix = builder.tablePrefix;
        createSchema = builder.createSchema;
        clock = builder.clock;
        connectionSource = builder.connectionSource;
        secretKeys = builder.secretKeys;
    }

    /**
     * A store in the database behind this data source, which creates its tables itself. It keeps no secrets, and so no
     * webhook with a signer or with a path in its URL: where webhooks are registered, use {@link #builder} and {@link
     * Builder#secretKeys}.
     */
    public static JdbcDeliveryStore create(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /** A builder of a store in the database behind this data source. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /**
     * Does work in a new transaction: it is committed when the work returns, and rolled back if it throws. What the work
     * publishes and registers on this thread is part of it. It is not repeated by itself.
     *
     * <pre>{@code
     * store.inTransaction(connection -> {
     *     saveInvoice(connection, invoice);
     *     return webhooks.publish(Event.of("invoice.paid", invoice));
     * });
     * }</pre>
     *
     * @return what the work returned
     * @throws IllegalStateException if this thread is in a transaction already
     * @throws SQLException what the work threw, or the commit, if it certainly had no effect
     * @throws io.github.webhooks4j.store.UnknownCommitException if events were published and it cannot be known whether they were stored
     */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        OpenStore store = store();
        return Transactions.open(dataSource, store.dialect(), store.callers(), work);
    }

    /**
     * Does work that takes part in a transaction of the caller's: what it publishes and registers on this thread is stored by
     * this connection, which is neither committed nor closed. The engine learns of the commit by looking for it, so that a
     * delivery starts at most a tenth of a second after it, if this node delivers and has room for it. The tables are found as
     * this connection finds them, by its search path.
     *
     * @param connection to the store's database, with auto-commit off
     * @return what the work returned
     * @throws IllegalStateException if the connection is in auto-commit mode, or to another database
     */
    public <T> T join(Connection connection, Supplier<T> work) {
        OpenStore store = store();
        try {
            return store.callers().join(connection, joined -> work.get());
        } catch (SQLException e) {
            throw Transactions.failure("join the transaction", e);
        }
    }

    @Override
    public void open() {
        Database database = look();
        Sql sql = new Sql(tablePrefix, database.dialect());
        // Not in the caller's, which H2 would commit with each table, and PostgreSQL abort where one is missing.
        Schema schema = new Schema(sql, new Transactions(dataSource, database.dialect()));
        if (createSchema) {
            schema.migrate();
        }
        schema.verify();
        CallersTransactions callers = new CallersTransactions(database.url(), connectionSource);
        opened = OpenStore.of(dataSource, database, sql, callers, new EncryptedSecrets(secretKeys));
    }

    private Database look() {
        try (Connection connection = Transactions.borrow(dataSource)) {
            Database database = Database.of(connection, clock);
            database.dialect().check(connection).forEach(StoreLog.LOG::warn);
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return database;
        } catch (SQLException e) {
            throw Transactions.failure("look at the database", e);
        }
    }

    private OpenStore store() {
        OpenStore store = opened;
        if (store == null) {
            throw new StoreException("the store is not open; WebhookClient opens it, otherwise call open() first");
        }
        return store;
    }

    @Override
    public Instant now() {
        OpenStore store = store();
        return store.own().read("read the clock", store.dialect()::now);
    }

    @Override
    public Optional<CallersTransaction> callersTransaction() {
        return store().callers().current();
    }

    @Override
    public Documents documents() {
        return documents;
    }

    @Override
    public DeliveryQueue queue() {
        return queue;
    }

    @Override
    public DeliveryHistory history() {
        return history;
    }

    /**
     * Encrypts with the current key of the {@link SecretKeys} every secret that is not, while the store is in use. Can be called
     * again if it fails. When it returns, no other key is needed any more.
     *
     * @return how many webhooks and signers had such secrets
     * @throws StoreException if some cannot be read, since this node lacks the key, say, with the ids of some of them; all others
     *     are encrypted anew then
     */
    public int encryptAnew() {
        OpenStore store = store();
        int changed = 0;
        List<String> troubles = new ArrayList<>();
        for (String kind : store.own().read("look for secrets", store.reencryption()::kinds)) {
            Optional<String> last = Optional.of("");
            while (last.isPresent()) {
                String after = last.get();
                Reencryption.Progress progress = store.own()
                        .write(
                                "encrypt secrets anew",
                                connection -> store.reencryption().next(connection, kind, after));
                changed += progress.changed();
                troubles.addAll(progress.troubles());
                last = progress.last();
            }
        }
        if (!troubles.isEmpty()) {
            throw new StoreException("the secrets of " + changed
                    + " webhooks or signers were encrypted anew, but those of "
                    + troubles.size() + " cannot be, such as "
                    + String.join(", ", troubles.subList(0, Math.min(TROUBLES_SHOWN, troubles.size()))));
        }
        return changed;
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
        private @Nullable ConnectionSource connectionSource;
        private @Nullable SecretKeys secretKeys;

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

        /**
         * The keys that secrets of webhooks are encrypted with. Without them, a webhook that has secrets is refused. Default:
         * none; for development there is {@link SecretKeys#plaintext}.
         */
        public Builder secretKeys(SecretKeys keys) {
            secretKeys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * What knows the application's own transactions, so that the store takes part in them. Default: none, only those of
         * {@link JdbcDeliveryStore#inTransaction} and {@link JdbcDeliveryStore#join}.
         */
        public Builder connectionSource(ConnectionSource source) {
            connectionSource = Objects.requireNonNull(source, "source");
            return this;
        }

        /** The clock of databases that have none of use, for tests. */
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
