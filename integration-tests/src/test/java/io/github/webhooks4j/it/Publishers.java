package io.github.webhooks4j.it;

import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.UnknownCommitException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Threads that publish without end, some of them in transactions of their own, each of which also stores an order. They keep
 * account of what they were told.
 */
final class Publishers implements AutoCloseable {
    static final String ORDERS = "CREATE TABLE orders (id VARCHAR(64) PRIMARY KEY)";

    private static final int OF_EACH_KIND = 3;
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final WebhookClient client;
    private final JdbcDeliveryStore store;
    private final BooleanSupplier enough;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();
    private final Queue<StoreException> refusals = new ConcurrentLinkedQueue<>();
    /** What nobody should be told. */
    private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();

    private volatile boolean ended;

    /**
     * Starts them.
     *
     * @param enough whether so much was published that it should first be delivered
     */
    Publishers(WebhookClient client, JdbcDeliveryStore store, BooleanSupplier enough) {
        this.client = client;
        this.store = store;
        this.enough = enough;
        for (int i = 0; i < OF_EACH_KIND; i++) {
            threads.add(new Thread(() -> repeat(this::publish), "publisher-" + i));
            threads.add(new Thread(() -> repeat(this::order), "orderer-" + i));
        }
        threads.forEach(Thread::start);
    }

    private interface Step {
        void take() throws SQLException;
    }

    private void repeat(Step step) {
        while (!ended) {
            if (enough.getAsBoolean()) {
                LockSupport.parkNanos(1_000_000);
                continue;
            }
            try {
                step.take();
            } catch (UnknownCommitException e) {
                unknown.addAll(e.eventIds());
                refusals.add(e);
            } catch (StoreException e) {
                refusals.add(e);
            } catch (SQLException e) {
                // The order's own statement failed, and its transaction with it.
            } catch (RuntimeException | Error e) {
                surprises.add(e);
            }
        }
    }

    private void publish() {
        acknowledged.add(
                client.publish(Event.of("n", numbers.incrementAndGet())).eventId());
    }

    private void order() throws SQLException {
        String id = "order-" + numbers.incrementAndGet();
        store.inTransaction(connection -> {
            insertOrder(connection, id);
            return client.publish(Event.builder("n").id(id).data(1).build());
        });
        acknowledged.add(id);
    }

    private static void insertOrder(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO orders VALUES (?)")) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }

    /** The ids of the events whose publish returned, or whose transaction was committed. */
    Set<String> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    int count() {
        return acknowledged.size();
    }

    /** The ids of the events of which it is not known whether they were stored. */
    Set<String> unknown() {
        return Set.copyOf(unknown);
    }

    List<StoreException> refusals() {
        return List.copyOf(refusals);
    }

    List<Throwable> surprises() {
        return List.copyOf(surprises);
    }

    /** Lets each finish what it is at. */
    @Override
    public void close() {
        ended = true;
        await().atMost(WITHIN).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }
}
