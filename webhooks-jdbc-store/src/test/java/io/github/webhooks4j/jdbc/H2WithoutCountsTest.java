package io.github.webhooks4j.jdbc;

import javax.sql.DataSource;

/** The contract on H2 with a driver that gives no counts for batches. */
class H2WithoutCountsTest extends H2Contract {
    @Override
    DataSource dataSource(DataSource pooled) {
        WatchedDataSource watched = new WatchedDataSource(pooled, connection -> {});
        watched.hideCounts();
        return watched;
    }
}
