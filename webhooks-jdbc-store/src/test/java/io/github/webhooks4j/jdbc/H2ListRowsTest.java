package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.DeliveryHistory;
import io.github.webhooks4j.store.Rollups;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** H2 tells of a query how many rows it scans: each that the store makes is made once more to be explained. */
class H2ListRowsTest extends ListRowsContract {
    private static final Pattern SCANNED = Pattern.compile("scanCount: (\\d+)");

    private final JdbcDataSource database = new JdbcDataSource();
    private Connection connection;
    private JdbcDeliveryStore store;
    private long scanned;

    @BeforeAll
    void fill() throws SQLException {
        database.setURL("jdbc:h2:mem:list-rows;DB_CLOSE_DELAY=-1");
        connection = database.getConnection();
        StoreRows.store(database).open();
        String key =
                "CAST(LPAD(CAST(n AS VARCHAR), 12, '0') || '70008000' || LPAD(CAST(n AS VARCHAR), 12, '0') AS UUID)";
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO webhooks_attempts (" + COLUMNS + ") SELECT " + key
                    + ", CURRENT_TIMESTAMP, 1, 20, 1, 0, 200, " + STATE + ", " + STATE + ", FALSE, " + WEBHOOK + ", "
                    + TENANT + ", 'e' || n, " + TYPE + " FROM (SELECT x AS n FROM SYSTEM_RANGE(1, " + ENDED + "))");
            statement.execute(
                    "INSERT INTO webhooks_events (event_key, tenant, id, type, occurred_at, content_type, is_json,"
                            + " headers, data, created_at, webhooks) SELECT " + key + ", CASE WHEN n > " + ENDED
                            + " THEN 't1' ELSE 't2' END, 'e' || n, 'common', CURRENT_TIMESTAMP, 'application/json', TRUE, '{}',"
                            + " X'7b7d', CURRENT_TIMESTAMP, 1 FROM (SELECT x AS n FROM SYSTEM_RANGE(1, " + ALL
                            + ")) WHERE n > "
                            + ENDED + " OR MOD(n, 100000) = 0");
            statement.execute("INSERT INTO webhooks_deliveries SELECT event_key, CASE WHEN tenant = 't1' THEN 'backlog'"
                    + " ELSE 'few' END, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0, 0, 0 FROM webhooks_events");
            statement.execute(
                    "INSERT INTO webhooks_documents SELECT 'WEBHOOK', id, tenant, 1, 0, CURRENT_TIMESTAMP, FALSE,"
                            + " '{}', '{}', '{}' FROM (SELECT 'w' || x AS id, CASE WHEN x < 50 THEN 't2' ELSE '' END AS tenant"
                            + " FROM SYSTEM_RANGE(0, 96) UNION ALL SELECT 'big', 't1' UNION ALL SELECT 'backlog', 't1'"
                            + " UNION ALL SELECT 'few', 't2')");
        }
        store = StoreRows.store(explained(database));
        store.open();
    }

    @AfterAll
    void close() throws SQLException {
        connection.createStatement().execute("SHUTDOWN");
    }

    @Override
    DeliveryHistory history() {
        return store.history();
    }

    @Override
    Rollups rollups() {
        return store.rollups();
    }

    @Override
    long rowsRead(Callable<?> call) throws Exception {
        scanned = 0;
        call.call();
        return scanned;
    }

    private DataSource explained(DataSource target) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = method.invoke(target, arguments);
            return result instanceof Connection made ? explained(made) : result;
        });
    }

    private Connection explained(Connection target) {
        return proxy(Connection.class, (method, arguments) -> {
            Object result = method.invoke(target, arguments);
            return method.getName().equals("prepareStatement")
                    ? explained((PreparedStatement) result, (String) arguments[0])
                    : result;
        });
    }

    private PreparedStatement explained(PreparedStatement target, String sql) {
        List<Object[]> bound = new ArrayList<>();
        return proxy(PreparedStatement.class, (method, arguments) -> {
            if (method.getName().startsWith("set") && arguments.length >= 2) {
                bound.add(new Object[] {method, arguments});
            } else if (method.getName().equals("executeQuery")) {
                explain(sql, bound);
            }
            return method.invoke(target, arguments);
        });
    }

    private void explain(String sql, List<Object[]> bound) throws SQLException, ReflectiveOperationException {
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN ANALYZE " + sql)) {
            for (Object[] each : bound) {
                ((Method) each[0]).invoke(statement, (Object[]) each[1]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Matcher scans = SCANNED.matcher(row.getString(1));
                while (scans.find()) {
                    scanned += Long.parseLong(scans.group(1));
                }
            }
        }
    }

    private interface Call {
        Object make(Method method, Object[] arguments) throws SQLException, ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return call.make(method, arguments == null ? new Object[0] : arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
