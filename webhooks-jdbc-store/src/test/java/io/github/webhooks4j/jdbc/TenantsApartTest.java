package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.contract.TenantContract;
import io.github.webhooks4j.store.DeliveryStore;
import java.sql.SQLException;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What tenants see of each other, in each database. */
class TenantsApartTest {
    @Nested
    class OnH2 extends TenantContract {
        @Override
        protected DeliveryStore newStore() {
            JdbcDataSource database = new JdbcDataSource();
            database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
            return StoreRows.store(database);
        }
    }

    @Nested
    class OnPostgres extends TenantContract {
        @Override
        protected DeliveryStore newStore() throws SQLException {
            return StoreRows.store(PostgresServer.dataSource(
                    PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase()));
        }
    }

    @Nested
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    class OnMariaDb extends TenantContract {
        @Override
        protected DeliveryStore newStore() throws SQLException {
            return StoreRows.store(
                    MariaDbServer.dataSource(MariaDbServer.shared().newDatabase()));
        }
    }
}
