package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class H2DialectTest {
    @TempDir
    Path folder;

    @Test
    void fileLosesNoCommits() throws Exception {
        JdbcDataSource files = new JdbcDataSource();
        files.setURL("jdbc:h2:file:" + folder.resolve("delay"));
        try (Connection kept = files.getConnection()) {
            assertThat(writeDelays(kept)).contains("500");
            opened(files);

            assertThat(writeDelays(kept)).containsOnly("0");
        }
    }

    @Test
    void fileThatWasClosedBetweenLosesNoCommitsEither() throws Exception {
        JdbcDataSource files = new JdbcDataSource();
        files.setURL("jdbc:h2:file:" + folder.resolve("again"));
        JdbcDeliveryStore store = opened(files); // each connection of this data source opens and closes the file
        try (Connection kept = files.getConnection()) {
            assertThat(writeDelays(kept)).contains("500");
            StoreRows.save(store, StoreRows.webhook("a"));

            assertThat(writeDelays(kept)).containsOnly("0");
        }
    }

    @Test
    void fileWhoseDelayMayNotBeSetIsRefused() throws Exception {
        JdbcDataSource files = new JdbcDataSource();
        files.setURL("jdbc:h2:file:" + folder.resolve("user"));
        try (Connection kept = files.getConnection()) {
            execute(files, "CREATE USER joe PASSWORD ''", "GRANT ALTER ANY SCHEMA TO joe");
            JdbcDataSource joe = new JdbcDataSource();
            joe.setURL(files.getURL());
            joe.setUser("joe");

            assertThatThrownBy(StoreRows.store(joe)::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("WRITE_DELAY=0");
            assertThat(kept.isValid(1)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2.2.220, false",
        "2.2.224, false",
        "2.3.232, false",
        "2.4.240, true",
        "2.5.252, true",
        "2.10.1, true",
        "3.0, true"
    })
    void versionWhoseFilesDoNotSurviveKillsIsWarnedOf(String version, boolean warned) throws Exception {
        assertThat(H2Dialect.isForgetful(version)).isEqualTo(warned);

        JdbcDataSource files = new JdbcDataSource();
        files.setURL("jdbc:h2:file:" + folder.resolve("version"));
        try (Connection connection = files.getConnection()) {
            assertThat(new H2Dialect(InstantSource.system()).check(connection))
                    .as("warnings of the version that the tests run with")
                    .isEmpty();
        }
    }

    @Test
    void databaseThatIgnoresCaseIsRefused() {
        JdbcDataSource careless = new JdbcDataSource();
        careless.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";IGNORECASE=TRUE");

        assertThatThrownBy(StoreRows.store(careless)::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("IGNORECASE");
    }

    @Test
    void claimAndDiscoveryReadNoMoreRowsThanTheyReturn() throws Exception {
        JdbcConnectionPool pool =
                JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
        JdbcDeliveryStore store = opened(pool);
        var events = new ArrayList<NewEvent>();
        for (int i = 0; i < 2000; i++) {
            events.add(StoreRows.event("e" + i, "w" + i % 4));
        }
        store.queue().insert(events);
        String lockDue = ShortStatements.LOCK_DUE + new H2Dialect(Instant::now).lockDue();

        assertThat(plan(pool, lockDue, "w1", "2999-01-01 00:00:00Z", 5)).contains("scanCount: 5 ");
        assertThat(plan(pool, SteppingSkipScan.FIRST, "w1\0"))
                .contains("scanCount: 1 ")
                .contains("index sorted");
        pool.dispose();
    }

    @Test
    void sweepReadsNoMoreRowsAStepThanItsBudget() throws Exception {
        JdbcConnectionPool pool =
                JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
        opened(pool);
        String insert = "INSERT INTO webhooks_deliveries SELECT RANDOM_UUID(), %s, TIMESTAMP WITH TIME ZONE"
                + " '2026-01-01 00:00:00Z' + %s * INTERVAL '1' SECOND, CURRENT_TIMESTAMP, 0, 0, 0"
                + " FROM SYSTEM_RANGE(1, %d)";
        execute(
                pool,
                insert.formatted("'later'", "X", 100_000),
                insert.formatted("'same'", "7", 20_000),
                insert.formatted("'other' || MOD(X, 100)", "X", 10_000),
                "ANALYZE");
        String now = "2025-01-01 00:00:00Z";
        String time = "2026-01-01 00:00:07Z";
        UUID middle = new UUID(Long.MIN_VALUE, 0);

        for (String webhook : List.of("later", "same")) {
            assertThat(plan(pool, ShortStatements.FIRST_PAGE, now, webhook, 500))
                    .contains("scanCount: 500 ");
        }
        assertThat(plan(pool, ShortStatements.LATER, now, "later", time, 500)).contains("scanCount: 500 ");
        assertThat(plan(pool, ShortStatements.LATER, now, "same", "2026-01-01 00:00:07.000001Z", 500))
                .contains("scanCount: 1 ");
        assertThat(plan(pool, ShortStatements.AT_THIS_TIME, now, "same", time, middle, 500))
                .containsPattern("scanCount: 50[01] ");
        assertThat(plan(pool, ShortStatements.AT_THIS_TIME, now, "later", time, middle, 500))
                .containsPattern("scanCount: [12] ");
        assertThat(plan(pool, DocumentRows.CHANGED, now, "2999-01-01 00:00:00Z"))
                .contains("DOCUMENTS_CHANGED");
        pool.dispose();
    }

    private static String plan(DataSource pool, String sql, Object... parameters) throws SQLException {
        try (Connection connection = pool.getConnection();
                var statement = connection.prepareStatement(
                        "EXPLAIN ANALYZE " + new Sql("PUBLIC", "webhooks_", new H2Dialect(Instant::now)).of(sql))) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static List<String> writeDelays(Connection connection) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS"
                        + " WHERE SETTING_NAME = 'WRITE_DELAY'")) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    private static JdbcDeliveryStore opened(DataSource dataSource) {
        JdbcDeliveryStore store = StoreRows.store(dataSource);
        store.open();
        return store;
    }

    private static void execute(DataSource dataSource, String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
