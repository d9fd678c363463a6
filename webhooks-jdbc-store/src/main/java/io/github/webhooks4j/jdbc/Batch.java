package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Executes one statement for many rows, and says which of them it changed. */
final class Batch {
    private volatile boolean countsKnown = true;

    /** Binds the parameters of one row. */
    interface Binder<T> {
        void bind(PreparedStatement statement, T row) throws SQLException;
    }

    /** Executes without caring for counts. */
    static <T> void execute(Connection connection, String sql, List<T> rows, Binder<? super T> binder)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T row : rows) {
                binder.bind(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** The rows for which the statement changed a row of the database, in their order. */
    <T> List<T> changed(Connection connection, String sql, List<T> rows, Binder<? super T> binder) throws SQLException {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<T> changed = new ArrayList<>(rows.size());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int[] counts = countsKnown ? together(statement, rows, binder) : oneByOne(statement, rows, binder);
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    changed.add(rows.get(i));
                }
            }
        }
        return changed;
    }

    private <T> int[] together(PreparedStatement statement, List<T> rows, Binder<? super T> binder)
            throws SQLException {
        for (T row : rows) {
            binder.bind(statement, row);
            statement.addBatch();
        }
        int[] counts = statement.executeBatch();
        for (int count : counts) {
            if (count == Statement.SUCCESS_NO_INFO) {
                countsKnown = false;
                throw new CountsUnknownException();
            }
        }
        return counts;
    }

    private static <T> int[] oneByOne(PreparedStatement statement, List<T> rows, Binder<? super T> binder)
            throws SQLException {
        int[] counts = new int[rows.size()];
        for (int i = 0; i < counts.length; i++) {
            binder.bind(statement, rows.get(i));
            counts[i] = statement.executeUpdate();
        }
        return counts;
    }

    /** The driver was set up to answer batches without counts: the transaction is repeated with single statements. */
    static final class CountsUnknownException extends SQLException {
        private static final long serialVersionUID = 1L;

        CountsUnknownException() {
            super("the driver gives no counts for a batch");
        }
    }
}
