package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final JdbcConnectionPool pool = JdbcConnectionPool.create(url, "sa", "");

    @AfterEach
    void closePool() {
        pool.dispose();
    }

    @Test
    void missingSchemaIsNamedWithTheFileToRun() {
        assertThatThrownBy(verifying()::open)
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "the database has no tables of webhooks4j in schema \"PUBLIC\", and this library needs version 1; run"
                                + " io/github/webhooks4j/jdbc/h2/V1__webhooks.sql of the webhooks-jdbc-store jar with ${prefix}"
                                + " replaced by webhooks_, in schema \"PUBLIC\", or use createSchema(true)");
    }

    @Test
    void schemaMadeByHandIsAccepted() throws Exception {
        runFile();

        assertThatCode(verifying()::open).doesNotThrowAnyException();
    }

    @Test
    void fileMayBeRunAgain() throws Exception {
        runFile();
        runFile();
        StoreRows.store(pool).open();

        assertThatCode(verifying()::open).doesNotThrowAnyException();
    }

    @Test
    void schemaHalfMadeIsCompleted() throws Exception {
        StoreRows.store(pool).open();
        execute("DELETE FROM webhooks_schema_version", "DROP TABLE webhooks_attempts");

        assertThatCode(StoreRows.store(pool)::open).doesNotThrowAnyException();
    }

    @Test
    void missingTableIsNamed() throws Exception {
        StoreRows.store(pool).open();
        execute("DROP TABLE webhooks_attempts");

        assertThatThrownBy(StoreRows.store(pool)::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("table \"PUBLIC\".webhooks_attempts is missing");
    }

    @Test
    void missingColumnIsNamed() throws Exception {
        StoreRows.store(pool).open();
        execute("ALTER TABLE webhooks_deliveries DROP COLUMN claims");

        assertThatThrownBy(verifying()::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "table \"PUBLIC\".webhooks_deliveries lacks columns: claims; run, as its owner: ALTER TABLE"
                                + " \"PUBLIC\".webhooks_deliveries ADD COLUMN claims INT NOT NULL DEFAULT 0");
    }

    /** Renamed rather than dropped, since no column of a key can be. */
    @Test
    void everyColumnIsMissed() throws Exception {
        StoreRows.store(pool).open();
        List<String[]> columns = columns();
        assertThat(columns).hasSizeGreaterThan(60).anyMatch(each -> each[1].equals("skipped_verification"));

        for (String[] column : columns) {
            String table = column[0];
            execute("ALTER TABLE " + table + " ALTER COLUMN " + column[1] + " RENAME TO hidden");
            assertThatThrownBy(verifying()::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("table \"PUBLIC\"." + table + " lacks columns: " + column[1] + ";");
            execute("ALTER TABLE " + table + " ALTER COLUMN hidden RENAME TO " + column[1]);
        }
        assertThatCode(verifying()::open).doesNotThrowAnyException();
    }

    @Test
    void missingColumnOfATableWithRowsIsMendedByTheStatement() throws Exception {
        StoreRows.store(pool).open();
        execute(
                "INSERT INTO webhooks_attempts (event_key, webhook_id, number, repetition, started_at, duration_ms,"
                        + " fence, skipped_verification)"
                        + " VALUES (RANDOM_UUID(), 'a', 1, 0, CURRENT_TIMESTAMP, 1, 1, TRUE)",
                "ALTER TABLE webhooks_attempts DROP COLUMN skipped_verification",
                "ALTER TABLE webhooks_attempts DROP COLUMN tls_ms");

        StoreException refused = catchThrowableOfType(StoreException.class, verifying()::open);
        execute(refused.getMessage().replaceFirst(".*run, as its owner: ", "").split("; "));

        assertThatCode(verifying()::open).doesNotThrowAnyException();
    }

    @Test
    void everyIndexIsMissedAndMendedByTheStatement() throws Exception {
        StoreRows.store(pool).open();
        List<String> drops = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                ResultSet index = connection
                        .createStatement()
                        .executeQuery("SELECT INDEX_NAME, TABLE_NAME, INDEX_TYPE_NAME = 'PRIMARY KEY'"
                                + " FROM INFORMATION_SCHEMA.INDEXES WHERE TABLE_SCHEMA = 'PUBLIC'")) {
            while (index.next()) {
                drops.add(
                        index.getBoolean(3)
                                ? "ALTER TABLE " + index.getString(2) + " DROP PRIMARY KEY"
                                : "DROP INDEX " + index.getString(1));
            }
        }
        assertThat(drops).hasSize(18).contains("DROP INDEX WEBHOOKS_DELIVERIES_DUE");

        for (String drop : drops) {
            execute(drop);
            StoreException refused = catchThrowableOfType(StoreException.class, StoreRows.store(pool)::open);
            assertThat(refused).as(drop).hasMessageStartingWith("the tables of webhooks4j lack indexes: webhooks_");
            execute(refused.getMessage().replaceFirst(".*run, as their owner: ", ""));
            assertThatCode(verifying()::open).as(drop).doesNotThrowAnyException();
        }
    }

    // ---- schemas

    @Test
    void joinOnAConnectionWithAnotherSchemaStoresInTheStoresOwn() throws Exception {
        JdbcDeliveryStore store = StoreRows.store(pool);
        store.open();
        execute("CREATE SCHEMA tenant2");
        JdbcDeliveryStore theirs =
                JdbcDeliveryStore.builder(pool).schema("tenant2").build();
        theirs.open();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            connection.setSchema("TENANT2");
            store.join(connection, () -> store.queue().insert(List.of(StoreRows.event("1", "a"))));
            connection.commit();
            connection.setSchema("PUBLIC");
            connection.setAutoCommit(true);
        }

        assertThat(store.queue().due(10)).containsOnlyKeys("a");
        assertThat(theirs.queue().due(10)).isEmpty();
    }

    @Test
    void tablesAreFoundWhereTheSearchPathLeads() throws Exception {
        execute("CREATE SCHEMA app");
        JdbcDeliveryStore.builder(pool).schema("App").build().open();
        JdbcConnectionPool other = JdbcConnectionPool.create(url + ";SCHEMA_SEARCH_PATH=PUBLIC,APP", "sa", "");
        JdbcDeliveryStore store =
                JdbcDeliveryStore.builder(other).createSchema(false).build();

        assertThatCode(store::open).doesNotThrowAnyException();
        assertThatThrownBy(verifying()::open).hasMessageContaining("no tables of webhooks4j in schema \"PUBLIC\"");
        other.dispose();
    }

    @Test
    void schemaThatDoesNotExistIsNamed() {
        assertThatThrownBy(JdbcDeliveryStore.builder(pool).schema("app").build()::open)
                .isInstanceOf(StoreException.class)
                .hasMessage("the database has no schema \"app\", which this store was told to use; create it, or give"
                        + " another to schema(name)");
    }

    @Test
    void schemaOfThatCaseComesFirst() throws Exception {
        execute("CREATE SCHEMA \"app\"", "CREATE SCHEMA \"App\"", "CREATE SCHEMA APP");
        JdbcDeliveryStore.builder(pool).schema("App").build().open();

        assertThatCode(() -> execute("SELECT * FROM \"App\".webhooks_events")).doesNotThrowAnyException();
    }

    /** All but the number of the schema, which is looked at first. */
    private List<String[]> columns() throws SQLException {
        List<String[]> columns = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                ResultSet column = connection.getMetaData().getColumns(null, "PUBLIC", "WEBHOOKS\\_%", null)) {
            while (column.next()) {
                String table = column.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
                String name = column.getString("COLUMN_NAME").toLowerCase(Locale.ROOT);
                if (!name.equals("version") || !table.endsWith("schema_version")) {
                    columns.add(new String[] {table, name});
                }
            }
        }
        return columns;
    }

    @Test
    void newerSchemaIsRefused() throws Exception {
        StoreRows.store(pool).open();
        execute("INSERT INTO webhooks_schema_version (version) VALUES (2)");

        assertThatThrownBy(StoreRows.store(pool)::open)
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "the database has schema version 2 of webhooks4j, and this library knows 1; update the library");
    }

    @RepeatedTest(20)
    void manyStoresMayOpenAnEmptyDatabaseAtOnce() throws Exception {
        int nodes = 6;
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        try {
            CyclicBarrier start = new CyclicBarrier(nodes);
            List<Future<?>> opened = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                opened.add(threads.submit(() -> {
                    start.await();
                    StoreRows.store(pool).open();
                    return null;
                }));
            }
            for (Future<?> each : opened) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThatCode(verifying()::open).doesNotThrowAnyException();
    }

    /** In a rolling update, a newer version may write what this one does not know. */
    @Test
    void documentOfAnUnknownKindIsLeftAloneAndBrokenSecretsStopNoOther() throws Exception {
        JdbcDeliveryStore store = StoreRows.store(pool);
        store.open();
        for (String id : List.of("a", "b", "c")) {
            StoreRows.save(store, StoreRows.webhook(id));
        }
        execute(
                "UPDATE webhooks_documents SET kind = 'NEWER' WHERE id = 'a'",
                "UPDATE webhooks_documents SET secrets = '{\"broken' WHERE id = 'b'");

        assertThat(store.documents().changedSince(Instant.EPOCH).documents())
                .extracting(Document::id)
                .containsExactlyInAnyOrder("b", "c");
        assertThat(store.documents().list(DocumentKind.WEBHOOK, TenantScope.ALL, "", 10))
                .extracting(Document::secrets)
                .containsExactly(Map.of(), Map.of("secret", "geheim"));
    }

    @Test
    void twoPrefixesAreTwoStores() {
        JdbcDeliveryStore one = JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .tablePrefix("one_")
                .build();
        JdbcDeliveryStore two =
                JdbcDeliveryStore.builder(pool).tablePrefix("two_").build();
        one.open();
        two.open();
        StoreRows.save(one, StoreRows.webhook("a"));

        assertThat(StoreRows.find(one, "a")).isPresent();
        assertThat(StoreRows.find(two, "a")).isEmpty();
    }

    private JdbcDeliveryStore verifying() {
        return JdbcDeliveryStore.builder(pool).createSchema(false).build();
    }

    private void runFile() throws IOException, SQLException {
        try (InputStream file = JdbcDeliveryStore.class.getResourceAsStream("h2/V1__webhooks.sql")) {
            execute(new String(file.readAllBytes(), StandardCharsets.UTF_8).replace("${prefix}", "webhooks_"));
        }
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
