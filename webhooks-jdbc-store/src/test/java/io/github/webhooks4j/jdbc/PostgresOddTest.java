package io.github.webhooks4j.jdbc;

import com.zaxxer.hikari.HikariConfig;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The contract on PostgreSQL with all that a host may have set: no auto-commit, another isolation, batches without counts, a
 * table prefix, a schema that the search path does not lead to, and odd time zones, one of the database and another of the JVM.
 */
class PostgresOddTest extends PostgresContract {
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
    void configure(PGSimpleDataSource driver) {
        driver.setReWriteBatchedInserts(true);
        driver.setOptions("-c TimeZone=Asia/Kathmandu");
    }

    @Override
    void configure(HikariConfig pool) {
        pool.setAutoCommit(false);
        pool.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
    }

    @Override
    String tables(String schema) {
        return "Odd tables-" + schema;
    }

    @Override
    void configure(JdbcDeliveryStore.Builder builder) {
        builder.tablePrefix("odd_");
    }
}
