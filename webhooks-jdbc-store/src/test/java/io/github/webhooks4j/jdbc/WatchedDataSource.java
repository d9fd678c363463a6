package io.github.webhooks4j.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A data source that sets its connections up, watches how they come back, and lets commits fail. */
final class WatchedDataSource implements DataSource {
    private final DataSource target;
    private final SetUp setUp;
    private final List<String> returned = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile boolean counts = true;
    private volatile SQLException commitFailure;
    private volatile SQLException connectFailure;
    private volatile Connection bound;

    /** Sets up a connection. */
    interface SetUp {
        void set(Connection connection) throws SQLException;
    }

    WatchedDataSource(DataSource target, SetUp setUp) {
        this.target = target;
        this.setUp = setUp;
    }

    /** Auto-commit and isolation of each connection when it was given back. */
    List<String> returned() {
        return returned;
    }

    int mostOpen() {
        return mostOpen.get();
    }

    /** Lets commits fail after they took effect. */
    void failCommits(SQLException failure) {
        commitFailure = failure;
    }

    /** Lets batches answer without counts, as some drivers do. */
    void hideCounts() {
        counts = false;
    }

    /** Hands out this connection and no other; closing it does nothing. */
    void bind(Connection connection) {
        bound = connection;
    }

    void failConnections(SQLException failure) {
        connectFailure = failure;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (connectFailure != null) {
            throw connectFailure;
        }
        Connection transaction = bound;
        if (transaction != null) {
            return (Connection) Proxy.newProxyInstance(
                    WatchedDataSource.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, args) ->
                            method.getName().equals("close") ? null : invoke(transaction, method, args));
        }
        Connection connection = target.getConnection();
        setUp.set(connection);
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        return (Connection) Proxy.newProxyInstance(
                WatchedDataSource.class.getClassLoader(), new Class<?>[] {Connection.class}, watch(connection));
    }

    private InvocationHandler watch(Connection connection) {
        return (proxy, method, args) -> {
            if (method.getName().equals("close")) {
                returned.add(connection.getAutoCommit() + " " + connection.getTransactionIsolation());
                open.decrementAndGet();
                connection.rollback();
                connection.setAutoCommit(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            Object result = invoke(connection, method, args);
            if (result instanceof PreparedStatement statement && !counts) {
                return Proxy.newProxyInstance(
                        WatchedDataSource.class.getClassLoader(),
                        new Class<?>[] {PreparedStatement.class},
                        hideCounts(statement));
            }
            if (method.getName().equals("commit") && commitFailure != null) {
                throw commitFailure;
            }
            return result;
        };
    }

    private static InvocationHandler hideCounts(PreparedStatement statement) {
        return (proxy, method, args) -> {
            Object result = invoke(statement, method, args);
            if (method.getName().equals("executeBatch")) {
                Arrays.fill((int[]) result, Statement.SUCCESS_NO_INFO);
            }
            return result;
        };
    }

    private static Object invoke(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
