package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.jdbc.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import okhttp3.OkHttpClient;

/**
 * What people build by hand: a one-time task of db-scheduler for each delivery, which makes the request by OkHttp. Polls by
 * lock-and-fetch, as its documentation advises for high throughput. Signs nothing and keeps no history.
 */
final class DbScheduler {
    private static final String TABLE = """
            CREATE TABLE scheduled_tasks (
              task_name TEXT NOT NULL,
              task_instance TEXT NOT NULL,
              task_data BYTEA,
              execution_time TIMESTAMPTZ NOT NULL,
              picked BOOLEAN NOT NULL,
              picked_by TEXT,
              last_success TIMESTAMPTZ,
              last_failure TIMESTAMPTZ,
              consecutive_failures INT,
              last_heartbeat TIMESTAMPTZ,
              version BIGINT NOT NULL,
              priority SMALLINT,
              PRIMARY KEY (task_name, task_instance))""";

    private static final int CHUNK = 1_000;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Duration POLLING_INTERVAL = Duration.ofMillis(100);

    private final RemoteReceiver receiver;
    private final int webhooks;
    private final int threads;
    private final String body;
    private final OkHttpClient client = BareOkHttp.client();
    private final OneTimeTask<String> deliver;

    DbScheduler(RemoteReceiver receiver, int webhooks, int threads, String body) {
        this.receiver = receiver;
        this.webhooks = webhooks;
        this.threads = threads;
        this.body = body;
        deliver = Tasks.oneTime("deliver", String.class)
                .execute((instance, context) -> send(instance.getId(), instance.getData()));
    }

    private void send(String id, String data) {
        try {
            BareOkHttp.send(client, receiver.url(Integer.parseInt(id) % webhooks), data.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HikariDataSource database(PostgresServer server) throws SQLException {
        HikariDataSource database = Storage.pool(server.newDatabase());
        PostgresServer.execute(
                database,
                TABLE,
                "CREATE INDEX ON scheduled_tasks (execution_time)",
                "CREATE INDEX ON scheduled_tasks (last_heartbeat)");
        return database;
    }

    private Scheduler scheduler(HikariDataSource database) {
        return Scheduler.create(database, deliver)
                .threads(threads)
                .pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(POLLING_INTERVAL)
                .enableImmediateExecution()
                .build();
    }

    /** Schedules all, and then measures how long it takes to execute them. */
    Run drain(PostgresServer server, int count) throws Exception {
        try (HikariDataSource database = database(server)) {
            Scheduler scheduler = scheduler(database);
            for (int i = 0; i < count; i += CHUNK) {
                List<com.github.kagkarlsson.scheduler.task.TaskInstance<?>> chunk = new ArrayList<>();
                for (int n = i; n < Math.min(i + CHUNK, count); n++) {
                    chunk.add(deliver.instance(String.valueOf(n), body));
                }
                scheduler.scheduleBatch(chunk, Instant.now());
            }
            long before = receiver.count();
            long cpu = Run.cpuNow();
            long began = System.nanoTime();
            scheduler.start();
            return ended(scheduler, database, before, count, began, cpu);
        }
    }

    /** Measures how long it takes to schedule, by so many threads, and to execute meanwhile. */
    Run live(PostgresServer server, int count, int publishers) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(publishers);
        try (HikariDataSource database = database(server)) {
            Scheduler scheduler = scheduler(database);
            scheduler.start();
            AtomicInteger next = new AtomicInteger();
            long before = receiver.count();
            long cpu = Run.cpuNow();
            long began = System.nanoTime();
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < publishers; i++) {
                loops.add(executor.submit(() -> {
                    for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                        scheduler.schedule(deliver.instance(String.valueOf(n), body), Instant.now());
                    }
                }));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
            return ended(scheduler, database, before, count, began, cpu);
        } finally {
            executor.shutdown();
        }
    }

    private Run ended(Scheduler scheduler, HikariDataSource database, long before, int count, long began, long cpu)
            throws Exception {
        receiver.awaitCount(before + count);
        while (pending(database) > 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        long nanos = System.nanoTime() - began;
        Run run = new Run(receiver.count() - before, pending(database), nanos, Run.cpuNow() - cpu);
        scheduler.stop();
        return run;
    }

    private static int pending(HikariDataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT COUNT(*) FROM (SELECT 1 FROM scheduled_tasks LIMIT 1) t")) {
            row.next();
            return row.getInt(1);
        }
    }
}
