package io.github.webhooks4j.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.MariaDbServer;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.store.DeliveryStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A new, empty database for one run. */
final class Storage implements AutoCloseable {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int POOL = 64;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Supplier<DeliveryStore> stores;
    private final DeliveryStore looking;
    private final Closeable dataSource;
    private final @Nullable Path folder;

    private Storage(Supplier<DeliveryStore> stores, Closeable dataSource, @Nullable Path folder) {
        this.stores = stores;
        this.dataSource = dataSource;
        this.folder = folder;
        looking = stores.get();
        looking.open();
    }

    static Storage h2File() throws IOException {
        Path folder = Files.createTempDirectory("webhooks4j-benchmark");
        return h2("file:" + folder.resolve("store"), folder);
    }

    /** A new database of this server. */
    static Storage postgres(PostgresServer server) throws SQLException {
        HikariDataSource dataSource = pool(server.newDatabase());
        return new Storage(() -> store(dataSource), dataSource, null);
    }

    /** A new database of this server. */
    static Storage mariaDb(MariaDbServer server) throws SQLException {
        HikariDataSource dataSource = pool(server.newDatabase());
        return new Storage(() -> store(dataSource), dataSource, null);
    }

    private static DeliveryStore store(HikariDataSource dataSource) {
        return JdbcDeliveryStore.builder(dataSource)
                .secretKeys(SecretKeys.plaintext())
                .build();
    }

    /** Connections to a database. */
    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(POOL);
        return new HikariDataSource(config);
    }

    static Storage h2Memory() {
        return h2("mem:" + UUID.randomUUID(), null);
    }

    private static Storage h2(String database, @Nullable Path folder) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:" + database);
        config.setUsername("sa");
        config.setMaximumPoolSize(16);
        HikariDataSource dataSource = new HikariDataSource(config);
        return new Storage(() -> store(dataSource), dataSource, folder);
    }

    /** Without a database. */
    static Storage inMemoryStore() {
        DeliveryStore store = DeliveryStore.inMemory();
        return new Storage(() -> store, () -> {}, null);
    }

    DeliveryStore store() {
        return stores.get();
    }

    /** Waits until no delivery is pending, and returns how many webhooks still have some when patience ends: 0. */
    int awaitNothingPending() {
        long began = System.nanoTime();
        int left = looking.queue().due(1000).size();
        while (left > 0 && System.nanoTime() - began < PATIENCE_NANOS) {
            LockSupport.parkNanos(POLL_NANOS);
            left = looking.queue().due(1000).size();
        }
        return left;
    }

    @Override
    public void close() throws IOException {
        dataSource.close();
        if (folder != null) {
            delete(folder);
        }
    }

    /** Deletes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> innermostFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : innermostFirst) {
                Files.delete(file);
            }
        }
    }
}
