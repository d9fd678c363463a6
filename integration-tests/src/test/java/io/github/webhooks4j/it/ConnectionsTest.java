package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** How many connections a busy client takes, and when. */
class ConnectionsTest {
    private static final int PUBLISHERS = 64;
    private static final int EACH = 100;
    private static final int MOST = 4;

    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger mostBusy = new AtomicInteger();
    private final Set<Thread> holders = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sentWhileHolding = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();

    @Test
    void busyClientTakesFourConnectionsAndNoneWhileItSends() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        config.setMaximumPoolSize(20);
        try (HikariDataSource pool = new HikariDataSource(config);
                Receiver receiver = Receiver.start(request -> {
                    received.incrementAndGet();
                    return 200;
                });
                WebhookClient client = WebhookClient.builder()
                        .store(JdbcDeliveryStore.builder(watched(pool))
                                .secretKeys(SecretKeys.plaintext())
                                .build())
                        .transport(watched(OkHttpTransport.create()))
                        .egress(EgressPolicy.development())
                        .build()
                        .start()) {
            for (int i = 0; i < 8; i++) {
                client.register(Webhook.builder(receiver.url("/" + i))
                        .id("w" + i)
                        .events("n" + i)
                        .unsigned()
                        .build());
            }
            publishByMany(client);
            await().atMost(Duration.ofMinutes(1)).until(() -> received.get() == PUBLISHERS * EACH);
        }

        assertThat(mostBusy.get()).isBetween(1, MOST);
        assertThat(sentWhileHolding.get()).isZero();
    }

    private static void publishByMany(WebhookClient client) throws Exception {
        ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                int thread = i;
                done.add(publishers.submit(() -> {
                    for (int n = 0; n < EACH; n++) {
                        client.publish(Event.of("n" + thread % 8, n));
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            publishers.shutdownNow();
        }
    }

    private DataSource watched(DataSource pool) {
        return proxy(DataSource.class, pool, (method, result) -> {
            if (!(result instanceof Connection connection)) {
                return result;
            }
            mostBusy.accumulateAndGet(busy.incrementAndGet(), Math::max);
            holders.add(Thread.currentThread());
            return proxy(Connection.class, connection, (called, answer) -> {
                if (called.equals("close")) {
                    busy.decrementAndGet();
                    holders.remove(Thread.currentThread());
                }
                return answer;
            });
        });
    }

    private Transport watched(Transport transport) {
        return proxy(Transport.class, transport, (method, result) -> {
            if (method.equals("send") && holders.contains(Thread.currentThread())) {
                sentWhileHolding.incrementAndGet();
            }
            return result;
        });
    }

    private interface After {
        Object see(String method, Object result);
    }

    private static <T> T proxy(Class<T> type, T target, After after) {
        return type.cast(Proxy.newProxyInstance(
                ConnectionsTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    try {
                        return after.see(method.getName(), method.invoke(target, args));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
