package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.store.UnknownCommitException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However a transaction of the store's own {@code inTransaction} ends, the engine learns of it. */
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransactionEndTest {
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicBoolean loseAnswers = new AtomicBoolean();
    private JdbcConnectionPool pool;
    private Receiver receiver;
    private JdbcDeliveryStore store;
    private Counted counted;
    private WebhookClient webhooks;

    @BeforeEach
    void open() throws IOException {
        pool = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
        receiver = Receiver.start(request -> {
            requests.incrementAndGet();
            return 200;
        });
        store = JdbcDeliveryStore.builder(proxy(DataSource.class, pool, (method, result) -> watch(method, result)))
                .secretKeys(SecretKeys.plaintext())
                .build();
        counted = new Counted(store);
        webhooks = WebhookClient.builder()
                .store(counted.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .maxInFlight(8)
                .build()
                .start();
        webhooks.register(Webhook.builder(receiver.url("/"))
                .id("all")
                .events("*")
                .unsigned()
                .build());
    }

    @AfterEach
    void close() throws IOException {
        webhooks.close();
        receiver.close();
        pool.dispose();
    }

    /** Of what waits for a commit only so much is held in memory; what was rolled back must not fill it. */
    @Test
    void rolledBackIsNotWaitedFor() throws SQLException {
        for (int i = 0; i < 300; i++) {
            assertThatThrownBy(() -> store.inTransaction(connection -> {
                        publish();
                        throw new IllegalArgumentException("no");
                    }))
                    .hasMessage("no");
        }
        store.inTransaction(connection -> publish());

        await().until(() -> requests.get() == 1);
        assertThat(counted.claimed()).isZero();
    }

    /** Long before a lease, which is a minute. */
    @Test
    void commitThatFailedAndTookEffectIsDeliveredAtOnce() {
        assertThatThrownBy(() -> store.inTransaction(connection -> {
                    loseAnswers.set(true);
                    return publish();
                }))
                .isInstanceOf(UnknownCommitException.class);

        await().until(() -> requests.get() == 1);
        assertThat(counted.claimed()).isZero();
    }

    private Object publish() {
        return webhooks.publish(Event.of("order.placed", Map.of()));
    }

    private Object watch(Method method, Object result) {
        return method.getName().equals("getConnection") ? proxy(Connection.class, result, this::lose) : result;
    }

    /** Once, a commit succeeds and seems to fail. */
    private Object lose(Method method, Object result) throws SQLException {
        if (method.getName().equals("commit") && loseAnswers.getAndSet(false)) {
            throw new SQLException("the answer was lost", "08006");
        }
        return result;
    }

    private interface After {
        Object returned(Method method, Object result) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Object target, After after) {
        return type.cast(Proxy.newProxyInstance(
                TransactionEndTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    try {
                        return after.returned(method, method.invoke(target, args));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
