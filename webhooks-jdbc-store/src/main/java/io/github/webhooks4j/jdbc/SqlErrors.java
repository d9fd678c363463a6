package io.github.webhooks4j.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.function.Predicate;

/** Reads SQLState classes, which are common to all databases; batches hide the first error behind others. */
final class SqlErrors {
    private SqlErrors() {}

    static boolean any(SQLException e, Predicate<SQLException> test) {
        for (SQLException each = e; each != null; each = each.getNextException()) {
            if (test.test(each)) {
                return true;
            }
        }
        return false;
    }

    static boolean hasState(SQLException e, String prefix) {
        return any(e, each -> each.getSQLState() != null && each.getSQLState().startsWith(prefix));
    }

    static boolean isConnectionLost(SQLException e) {
        return hasState(e, "08")
                || any(
                        e,
                        each -> each instanceof SQLTransientConnectionException
                                || each instanceof SQLNonTransientConnectionException
                                || each instanceof SQLRecoverableException);
    }
}
