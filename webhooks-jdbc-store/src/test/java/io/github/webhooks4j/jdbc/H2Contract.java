package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.contract.DeliveryStoreContract;
import io.github.webhooks4j.store.DeliveryStore;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;

/** The contract on H2, by default in memory through a pool. */
abstract class H2Contract extends DeliveryStoreContract {
    private final StoreClock clock = new StoreClock();
    private JdbcConnectionPool pool;

    String url() {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    }

    DataSource dataSource(DataSource pooled) {
        return pooled;
    }

    void configure(JdbcDeliveryStore.Builder builder) {}

    @Override
    protected DeliveryStore openStore() {
        pool = JdbcConnectionPool.create(url(), "sa", "");
        pool.setMaxConnections(10);
        JdbcDeliveryStore.Builder builder =
                JdbcDeliveryStore.builder(dataSource(pool)).clock(clock).secretKeys(SecretKeys.of("k1", new byte[32]));
        configure(builder);
        JdbcDeliveryStore store = builder.build();
        store.open();
        return store;
    }

    @Override
    protected void elapse(Duration duration) {
        clock.elapse(duration);
    }

    @AfterEach
    void everyConnectionIsBack() {
        if (pool.getActiveConnections() != 0) {
            throw new AssertionError(pool.getActiveConnections() + " connections were not given back");
        }
        pool.dispose();
    }
}
