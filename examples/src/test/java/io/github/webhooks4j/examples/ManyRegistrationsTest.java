package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application that registers a thousand webhooks in one transaction of Spring's, while its client is started. */
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ManyRegistrationsTest {
    private static final int WEBHOOKS = 1_000;
    /** What the README says of a started client, and the transaction's own. */
    private static final int CONNECTIONS = 4 + 1;
    /** Those that a started client has anyway, and those of them that end and begin as they are needed. */
    private static final int THREADS = 12;

    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicInteger mostInUse = new AtomicInteger();
    private final AtomicInteger mostThreads = new AtomicInteger();
    private HikariDataSource pool;
    private Requests requests;
    private TransactionTemplate transaction;
    private WebhookClient webhooks;

    @BeforeEach
    void open() throws IOException, SQLException {
        pool = SpringDatabase.POSTGRESQL.open();
        requests = new Requests();
        DataSource dataSource = watched(pool);
        JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
        transaction = new TransactionTemplate(manager);
        webhooks = WebhookClient.builder()
                .store(JdbcDeliveryStore.builder(dataSource)
                        .secretKeys(SecretKeys.plaintext())
                        .connectionSource(new SpringConnectionSource(manager))
                        .build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build()
                .start();
    }

    @AfterEach
    void close() {
        webhooks.close();
        requests.close();
        pool.close();
    }

    @Test
    void thousandRegistrationsTakeNoMoreConnectionsAndThreadsThanOneAndCountSoonAfterTheCommit() {
        transaction.executeWithoutResult(status -> {
            for (int i = 0; i < WEBHOOKS; i++) {
                webhooks.register(Webhook.builder(requests.url())
                        .id("w" + i)
                        .events("registered")
                        .unsigned()
                        .build());
            }
        });

        await().atMost(WITHIN).pollInterval(Duration.ofSeconds(1)).until(this::allAreThere);
        assertThat(mostInUse).hasValueBetween(1, CONNECTIONS);
        assertThat(mostThreads).hasValueBetween(1, THREADS);

        String id = webhooks.publish(Event.of("registered", 1)).eventId();
        await().atMost(WITHIN).until(() -> Collections.frequency(requests.all(), id) == WEBHOOKS);
        assertThat(mostInUse).hasValueBetween(1, CONNECTIONS);
    }

    private boolean allAreThere() {
        return webhooks.publish(Event.of("registered", 0)).deliveries() == WEBHOOKS;
    }

    private DataSource watched(DataSource target) {
        return proxy(DataSource.class, target, (method, result) -> {
            if (!(result instanceof Connection connection)) {
                return result;
            }
            mostInUse.accumulateAndGet(inUse.incrementAndGet(), Math::max);
            mostThreads.accumulateAndGet(threads(), Math::max);
            return proxy(Connection.class, connection, (called, answer) -> {
                if (called.equals("close")) {
                    inUse.decrementAndGet();
                }
                return answer;
            });
        });
    }

    /** How many threads of the library's there are, but for those that make requests. */
    private static int threads() {
        Thread[] threads = new Thread[2 * Thread.activeCount()];
        return (int) Arrays.stream(threads, 0, Thread.enumerate(threads))
                .map(Thread::getName)
                .filter(name -> name.startsWith("webhooks4j-") && !name.startsWith("webhooks4j-send-"))
                .count();
    }

    private interface After {
        Object returned(String method, Object result);
    }

    private static <T> T proxy(Class<T> type, Object target, After after) {
        return type.cast(Proxy.newProxyInstance(
                ManyRegistrationsTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    try {
                        return after.returned(method.getName(), method.invoke(target, args));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
