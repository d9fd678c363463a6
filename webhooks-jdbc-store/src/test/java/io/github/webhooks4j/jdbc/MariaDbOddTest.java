package io.github.webhooks4j.jdbc;

import com.zaxxer.hikari.HikariConfig;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The contract on MariaDB with all that a host may have set: no auto-commit, another isolation, batches without counts, a table
 * prefix, and odd time zones, one of the session and another of the JVM.
 */
class MariaDbOddTest extends MariaDbContract {
    private static final TimeZone BEFORE = TimeZone.getDefault();

    @BeforeAll
    static void jvmIsElsewhere() {
        TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
    }

    @AfterAll
    static void jvmIsBack() {
        TimeZone.setDefault(BEFORE);
    }

    @Override
    String parameters() {
        return "&useBulkStmts=true&rewriteBatchedStatements=true&sessionVariables=time_zone='+05:45'";
    }

    @Override
    void configure(HikariConfig pool) {
        pool.setAutoCommit(false);
        pool.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
    }

    @Override
    void configure(JdbcDeliveryStore.Builder builder) {
        builder.tablePrefix("odd_");
    }
}
