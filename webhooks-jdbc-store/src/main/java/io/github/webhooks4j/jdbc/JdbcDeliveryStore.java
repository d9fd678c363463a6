package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.CallersTransaction;
import io.github.webhooks4j.store.DeliveryHistory;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.Rollups;
import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A store in a relational database: PostgreSQL 14 and newer, MariaDB 10.6 and newer, or H2 2.2.220 and newer, as files or in
 * memory. Any number of processes may share the database; each client needs a store object of its own.
 *
 * <pre>{@code
 * JdbcDeliveryStore store = JdbcDeliveryStore.builder(dataSource)
 *         .secretKeys(SecretKeys.of("2026-01", key)) // 32 random bytes, which are not in the database
 *         .build();
 * WebhookClient webhooks = WebhookClient.builder()
 *         .store(store)
 *         .transport(OkHttpTransport.create())
 *         .build()
 *         .start();
 *
 * store.inTransaction(connection -> {
 *     saveInvoice(connection, "in_42");
 *     return webhooks.publish(Event.of("invoice.paid", Map.of("invoice", "in_42")));
 * });
 * }</pre>
 *
 * <p>A thread is in the caller's transaction by {@link #inTransaction}, by {@link #join}, or by a {@link ConnectionSource}. The
 * transaction then includes the events that the thread publishes and the webhooks that it registers, changes, removes or finds.
 * The commit makes all of it take effect; a rollback none of it. If a call throws, roll back. Only this store object and this
 * thread take part: other threads, and clients on other store objects, commit on their own. Under REPEATABLE READ and
 * SERIALIZABLE a call may fail with SQLState 40001, as any statement may, and on MariaDB in a deadlock; repeat the transaction.
 *
 * <p>All other calls take one connection from the data source, use it for one short READ COMMITTED transaction, and give it back
 * as it came. A data source that hands out the connection of the caller's transaction, such as Spring's {@code
 * TransactionAwareDataSourceProxy}, is refused where the store would commit that transaction. A started client uses up to
 * four connections at a time, two more while webhooks change their state, and up to eight more while the application publishes
 * events with ids of its own or calls {@code publishAll}. Instants are stored to the microsecond, durations of attempts to the
 * millisecond. Safe for use by several threads.
 */
public final class JdbcDeliveryStore implements DeliveryStore {
    private static final int TROUBLES_SHOWN = 5;

    private final DataSource dataSource;
    private final String tablePrefix;
    private final Optional<String> schemaName;
    private final boolean createSchema;
    private final InstantSource clock;
    private final @Nullable ConnectionSource connectionSource;
    private final @Nullable SecretKeys secretKeys;
    private final JdbcDocuments documents = new JdbcDocuments(this::store);
    private final JdbcQueue queue = new JdbcQueue(this::store);
    private final JdbcHistory history = new JdbcHistory(this::store);
    private final JdbcRollups rollups = new JdbcRollups(this::store);
    private volatile @Nullable OpenStore opened;
    private boolean inUse; // guarded by this

    private JdbcDeliveryStore(Builder builder) {
        dataSource = builder.dataSource;
        tablePrefix = builder.tablePrefix;
        schemaName = builder.schemaName;
        createSchema = builder.createSchema;
        clock = builder.clock;
        connectionSource = builder.connectionSource;
        secretKeys = builder.secretKeys;
    }

    /**
     * A store in the database behind this data source. It creates its tables. It stores no secrets, and so refuses webhooks that
     * have a signer or a path in their URL: to register those, use {@link #builder} and {@link Builder#secretKeys}.
     */
    public static JdbcDeliveryStore create(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /** A builder of a store in the database behind this data source. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /**
     * Does work in a new transaction: commits it when the work returns, and rolls it back if the work throws. What the work
     * publishes and registers on this thread is part of the transaction. A failed transaction is not repeated.
     *
     * <pre>{@code
     * store.inTransaction(connection -> {
     *     saveInvoice(connection, invoice);
     *     return webhooks.publish(Event.of("invoice.paid", invoice));
     * });
     * }</pre>
     *
     * @return what the work returned
     * @throws IllegalStateException if this thread is already in a transaction
     * @throws SQLException what the work or the commit threw; nothing was stored
     * @throws io.github.webhooks4j.store.UnknownCommitException if events were published and nobody can know whether they were stored
     */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        OpenStore store = store();
        return Transactions.open(store.connections(), store.dialect(), store.callers(), work);
    }

    /**
     * Does work in the caller's transaction: this connection stores what the work publishes and registers on this thread. The
     * store neither commits the connection nor closes it. The client looks for the commit, so a delivery starts at most a tenth
     * of a second after it, if this client is started and has room. The store uses its own tables, whatever the schema or the
     * search path of the connection is.
     *
     * @param connection to the store's database, with auto-commit off
     * @return what the work returned
     * @throws IllegalStateException if the connection is in auto-commit mode, or leads to another database
     */
    public <T> T join(Connection connection, Supplier<T> work) {
        OpenStore store = store();
        try {
            return store.callers().join(connection, joined -> work.get());
        } catch (SQLException e) {
            throw Transactions.failure("join the transaction", e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if it is open: each client needs a store object of its own
     */
    @Override
    public synchronized void open() {
        if (inUse) {
            throw new IllegalStateException(
                    "a client uses this store already. An application needs one client: use that one"
                            + " everywhere. For another client, build another store with JdbcDeliveryStore.builder(dataSource)");
        }
        // Before another thread is asked: this one has the class loader of the application.
        UnseenTransactions unseen = UnseenTransactions.of(dataSource);
        Seen seen = look();
        Sql sql = new Sql(seen.schema, tablePrefix, seen.database.dialect());
        Connections connections = new Connections(dataSource, unseen, seen.autoCommit);
        // Not in the caller's, which H2 would commit with each table, and PostgreSQL abort where one is missing.
        Schema schema = new Schema(sql, new Transactions(connections, sql));
        if (createSchema) {
            schema.migrate();
        }
        schema.verify();
        checkPrivileges(schema);
        CallersTransactions callers = new CallersTransactions(seen.database.url(), connectionSource, unseen);
        opened = OpenStore.of(seen.database, sql, connections, callers, new EncryptedSecrets(secretKeys));
        inUse = true;
    }

    private static void checkPrivileges(Schema schema) {
        List<String> missing = schema.missingPrivileges();
        if (!missing.isEmpty()) {
            throw new StoreException(
                    "the database user lacks privileges on the tables of webhooks4j; run, as their owner: "
                            + String.join("; ", missing));
        }
    }

    /**
     * What a connection shows that is in nobody's transaction.
     *
     * @param schema of the tables
     * @param autoCommit whether it came with auto-commit on
     */
    private record Seen(Database database, String schema, boolean autoCommit) {}

    /** Not on this thread, which may be in a transaction whose connection the data source would hand out. */
    private Seen look() {
        try {
            return CompletableFuture.supplyAsync(this::lookHere, JdbcDeliveryStore::runElsewhere)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException exception ? exception : e;
        }
    }

    private static void runElsewhere(Runnable task) {
        Thread thread = new Thread(task, "webhooks4j-open");
        thread.setDaemon(true);
        thread.start();
    }

    private Seen lookHere() {
        try (Connection connection = Connections.of(dataSource)) {
            boolean autoCommit = connection.getAutoCommit();
            Database database = Database.of(connection, clock);
            database.dialect().check(connection).forEach(StoreLog.LOG::warn);
            Optional<String> schema = database.dialect().schema(connection, schemaName, tablePrefix + "schema_version");
            if (!autoCommit) {
                connection.rollback();
            }
            return new Seen(database, schema.orElseThrow(this::noSchema), autoCommit);
        } catch (SQLException e) {
            throw Transactions.failure("look at the database", e);
        }
    }

    private StoreException noSchema() {
        return new StoreException(schemaName
                .map(name -> "the database has no schema \"" + name
                        + "\", which this store was told to use; create it, or give another to schema(name)")
                .orElse("the search path of the database user leads to no schema; set it, or use schema(name)"));
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
        return store.joined().read("read the clock", store.dialect()::now);
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

    @Override
    public Rollups rollups() {
        return rollups;
    }

    /**
     * Encrypts all secrets with the current key of the {@link SecretKeys}, while the store is in use. After it has returned, no
     * other key is needed. If it fails, call it again.
     *
     * @return how many webhooks and signers had secrets under another key, or none
     * @throws StoreException if this node cannot read some secrets, for example because it lacks their key; the message names some
     *     of them, and all others have been encrypted again
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
                                "encrypt secrets again",
                                connection -> store.reencryption().next(connection, kind, after));
                changed += progress.changed();
                troubles.addAll(progress.troubles());
                last = progress.last();
            }
        }
        if (!troubles.isEmpty()) {
            throw new StoreException("encrypted the secrets of " + changed
                    + " webhooks or signers again, but cannot read those of "
                    + troubles.size() + ", such as "
                    + String.join(", ", troubles.subList(0, Math.min(TROUBLES_SHOWN, troubles.size()))));
        }
        return changed;
    }

    /** Closes no connection: the application made the data source, and closes it. */
    @Override
    public synchronized void close() {
        inUse = false;
    }

    /** Sets up a {@link JdbcDeliveryStore}. Not safe for use by several threads. */
    public static final class Builder {
        private static final Pattern SCHEMA = Pattern.compile("[\\p{L}\\p{N}_$.][\\p{L}\\p{N}_$. -]{0,62}");
        private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,30}");

        private final DataSource dataSource;
        private String tablePrefix = "webhooks_";
        private Optional<String> schemaName = Optional.empty();
        private boolean createSchema = true;
        private InstantSource clock = InstantSource.system();
        private @Nullable ConnectionSource connectionSource;
        private @Nullable SecretKeys secretKeys;

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /**
         * The prefix of the names of all tables and indexes: a lower-case letter, then at most 30 lower-case letters, digits or
         * {@code _}. Default: {@code webhooks_}.
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
         * The schema that the tables are in, which must exist: at most 63 letters, digits, {@code _}, {@code $}, {@code .},
         * {@code -} or spaces. A name that exists in another case is taken for it. Default: where a connection of the data source
         * finds the tables when the store is opened, or else would create them. From then on it does not matter where a
         * connection would look for tables.
         */
        public Builder schema(String name) {
            if (!SCHEMA.matcher(name).matches()) {
                throw new IllegalArgumentException("schema is \"" + name
                        + "\"; it must be at most 63 letters, digits, _, $, ., - or spaces, and must not begin with - or a"
                        + " space");
            }
            schemaName = Optional.of(name);
            return this;
        }

        /**
         * Whether opening the store creates missing tables and brings old ones up to date. If false, opening only verifies them;
         * run the SQL files of this jar yourself, from {@code io/github/webhooks4j/jdbc}. Flyway can run them, with the
         * placeholder {@code prefix}. Default: true.
         */
        public Builder createSchema(boolean create) {
            createSchema = create;
            return this;
        }

        /**
         * The keys that encrypt the secrets of webhooks. Without keys, the store refuses a webhook that has secrets. Default: no
         * keys. For development there is {@link SecretKeys#plaintext}.
         */
        public Builder secretKeys(SecretKeys keys) {
            secretKeys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * What knows the application's transactions, so that the store takes part in them. Default: none; the store then takes
         * part only by {@link JdbcDeliveryStore#inTransaction} and {@link JdbcDeliveryStore#join}. In a transaction of Spring's it
         * refuses to publish and to change webhooks then, with an {@link IllegalStateException}: what it commits by itself would
         * stay if that transaction is rolled back. {@link ConnectionSource#independent} allows it.
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

        /** The store, not yet open: the client opens it. */
        public JdbcDeliveryStore build() {
            return new JdbcDeliveryStore(this);
        }
    }
}
