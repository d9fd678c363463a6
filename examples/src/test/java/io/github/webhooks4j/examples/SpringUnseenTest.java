package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.WebhookQuery;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.ConnectionSource;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalApplicationListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A store that was told nothing of Spring's transactions commits nothing by itself within them, and goes on outside of them. */
@ParameterizedClass
@EnumSource(SpringDatabase.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringUnseenTest {
    @Parameter
    SpringDatabase database;

    private HikariDataSource dataSource;
    private JdbcTransactionManager manager;
    private JdbcTemplate jdbc;
    private Requests requests;
    private final List<WebhookClient> clients = new ArrayList<>();

    @BeforeEach
    void open() throws IOException, SQLException {
        dataSource = database.open();
        manager = new JdbcTransactionManager(dataSource);
        jdbc = new JdbcTemplate(dataSource);
        required().executeWithoutResult(status -> jdbc.execute("CREATE TABLE orders (id VARCHAR(64) PRIMARY KEY)"));
        requests = new Requests();
    }

    @AfterEach
    void close() {
        clients.forEach(WebhookClient::close);
        requests.close();
        int active = dataSource.getHikariPoolMXBean().getActiveConnections();
        dataSource.close();
        assertThat(active).as("connections that were not given back").isZero();
    }

    /** A client that sends everything to {@link #requests}. */
    private WebhookClient client(DataSource seen, Consumer<JdbcDeliveryStore.Builder> configure) {
        WebhookClient client = client(store(seen, configure));
        client.register(webhook("all"));
        return client;
    }

    private static JdbcDeliveryStore store(DataSource seen, Consumer<JdbcDeliveryStore.Builder> configure) {
        JdbcDeliveryStore.Builder builder = JdbcDeliveryStore.builder(seen).secretKeys(SecretKeys.plaintext());
        configure.accept(builder);
        return builder.build();
    }

    private WebhookClient client(JdbcDeliveryStore store) {
        WebhookClient client = WebhookClient.builder()
                .store(store)
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build()
                .start();
        clients.add(client);
        return client;
    }

    private Webhook webhook(String id) {
        return Webhook.builder(requests.url())
                .id(id)
                .events("*")
                .signer(Signer.standardWebhooks(Secret.random()))
                .build();
    }

    private TransactionTemplate required() {
        return transaction(manager, TransactionDefinition.PROPAGATION_REQUIRED);
    }

    private static TransactionTemplate transaction(PlatformTransactionManager manager, int propagation) {
        TransactionTemplate transaction = new TransactionTemplate(manager);
        transaction.setPropagationBehavior(propagation);
        return transaction;
    }

    private static Publication publish(WebhookClient webhooks, String id) {
        return webhooks.publish(
                Event.builder("order.placed").id(id).data(Map.of("order", id)).build());
    }

    private void save(String id) {
        jdbc.update("INSERT INTO orders VALUES (?)", id);
    }

    private List<String> orders() {
        return jdbc.queryForList("SELECT id FROM orders ORDER BY id", String.class);
    }

    private List<String> events() {
        return jdbc.queryForList("SELECT id FROM webhooks_events ORDER BY id", String.class);
    }

    // ---- our data source

    @Test
    void everyChangeIsRefusedAndTheRemedyIsNamed() {
        WebhookClient webhooks = client(dataSource, store -> {});
        Webhook stored = webhooks.find("all").orElseThrow();

        required().executeWithoutResult(status -> {
            save("a");
            for (ThrowingCallable change : List.<ThrowingCallable>of(
                    () -> publish(webhooks, "a"),
                    () -> webhooks.publishAll(List.of(Event.of("order.placed", Map.of()))),
                    () -> webhooks.publishAsync(Event.of("order.placed", Map.of())),
                    () -> webhooks.register(webhook("new")),
                    () -> webhooks.update(stored.toBuilder().events("none").build()),
                    () -> webhooks.pause("all"),
                    () -> webhooks.disable("all"),
                    () -> webhooks.remove("all"),
                    () -> webhooks.signers().save("ours", Signer.bearer(Secret.of("0123456789"))))) {
                assertThatThrownBy(change)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("in a Spring transaction of the store's data source")
                        .hasMessageContaining("a connectionSource for the transaction manager");
            }
            status.setRollbackOnly();
        });

        assertThat(events()).isEmpty();
        assertThat(orders()).isEmpty();
        assertThat(webhooks.find("all")).map(Webhook::version).contains(stored.version());
        assertThat(webhooks.find("new")).isEmpty();
        publish(webhooks, "next");
        assertThat(next()).isEqualTo("next");
    }

    /** By connections of its own, which see what is committed. */
    @Test
    void readingGoesOnWithinATransaction() {
        WebhookClient webhooks = client(dataSource, store -> {});

        required().executeWithoutResult(status -> {
            save("a");
            assertThat(webhooks.find("all")).isPresent();
            assertThat(webhooks.list(WebhookQuery.all()).items()).hasSize(1);
            assertThat(webhooks.check(webhook("new"))).isEmpty();
            status.setRollbackOnly();
        });

        assertThat(orders()).isEmpty();
    }

    @Test
    void newAndNestedTransactionsAreNoWayOut() {
        WebhookClient webhooks = client(dataSource, store -> {});

        for (int propagation :
                new int[] {TransactionDefinition.PROPAGATION_REQUIRES_NEW, TransactionDefinition.PROPAGATION_NESTED}) {
            required()
                    .executeWithoutResult(outer -> transaction(manager, propagation)
                            .executeWithoutResult(inner -> assertThatThrownBy(() -> publish(webhooks, "a"))
                                    .isInstanceOf(IllegalStateException.class)));
        }

        assertThat(events()).isEmpty();
    }

    @Test
    void whereNoTransactionIsItGoesOn() {
        WebhookClient webhooks = client(dataSource, store -> {});

        publish(webhooks, "none");
        transaction(manager, TransactionDefinition.PROPAGATION_SUPPORTS).executeWithoutResult(none -> {
            jdbc.queryForList("SELECT id FROM orders"); // binds a connection to the thread
            publish(webhooks, "supports");
        });
        required().executeWithoutResult(outer -> {
            save("a");
            transaction(manager, TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
                    .executeWithoutResult(none -> {
                        publish(webhooks, "not-supported");
                        webhooks.register(webhook("all"));
                    });
            outer.setRollbackOnly();
        });

        assertThat(events()).containsExactly("none", "not-supported", "supports");
        assertThat(List.of(next(), next(), next())).containsExactlyInAnyOrder("none", "supports", "not-supported");
    }

    @Test
    void theStoresOwnWaysIntoATransactionAreOpen() throws SQLException {
        JdbcDeliveryStore store = store(dataSource, builder -> {});
        WebhookClient webhooks = client(store);
        webhooks.register(webhook("all"));

        required().executeWithoutResult(status -> {
            save("joined");
            Connection connection = DataSourceUtils.getConnection(dataSource);
            store.join(connection, () -> publish(webhooks, "joined"));
            DataSourceUtils.releaseConnection(connection, dataSource);
        });
        required().executeWithoutResult(status -> {
            save("rolled-back");
            Connection connection = DataSourceUtils.getConnection(dataSource);
            store.join(connection, () -> publish(webhooks, "rolled-back"));
            DataSourceUtils.releaseConnection(connection, dataSource);
            status.setRollbackOnly();
        });
        required().executeWithoutResult(status -> {
            try {
                store.inTransaction(connection -> publish(webhooks, "own"));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(List.of(next(), next())).containsExactlyInAnyOrder("joined", "own");
        assertThat(events()).containsExactly("joined", "own");
        assertThat(orders()).containsExactly("joined");
    }

    /** Spring swallows what such a listener throws; and nothing can roll back any more what it publishes. */
    @Test
    void listenerAfterTheCommitPublishes() {
        WebhookClient webhooks = client(dataSource, store -> {});
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            context.addApplicationListener(TransactionalApplicationListener.forPayload(
                    TransactionPhase.AFTER_COMMIT, (String id) -> publish(webhooks, id)));
            context.addApplicationListener(TransactionalApplicationListener.forPayload(
                    TransactionPhase.AFTER_ROLLBACK, (String id) -> publish(webhooks, "not-" + id)));
            context.refresh();
            required().executeWithoutResult(status -> {
                save("a");
                context.publishEvent("a");
            });
            required().executeWithoutResult(status -> {
                save("b");
                context.publishEvent("b");
                status.setRollbackOnly();
            });
        }

        assertThat(List.of(next(), next())).containsExactlyInAnyOrder("a", "not-b");
        assertThat(events()).containsExactly("a", "not-b");
    }

    /** There the transaction still seems to be active. What is thrown reaches whoever commits. */
    @Test
    void synchronizationAfterTheCommitIsRefused() {
        WebhookClient webhooks = client(dataSource, store -> {});

        assertThatThrownBy(() -> required()
                        .executeWithoutResult(status -> TransactionSynchronizationManager.registerSynchronization(
                                new TransactionSynchronization() {
                                    @Override
                                    public void afterCommit() {
                                        publish(webhooks, "a");
                                    }
                                })))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ConnectionSource.independent()");
    }

    @Test
    void clientThatIsMadeWithinATransactionLeavesItAlone() {
        WebhookClient[] made = new WebhookClient[1];
        required().executeWithoutResult(status -> {
            save("a");
            made[0] = client(store(dataSource, builder -> {}));
            status.setRollbackOnly();
        });

        assertThat(orders()).isEmpty();
        made[0].register(webhook("all"));
        publish(made[0], "a");
        assertThat(next()).isEqualTo("a");
    }

    // ---- another's transaction

    @Test
    void transactionOfSomethingElseIsRefusedUnlessTheStoreIsIndependent() throws SQLException {
        WebhookClient webhooks = client(dataSource, store -> {});
        try (HikariDataSource other = SpringDatabase.H2.open()) {
            TransactionTemplate others = new TransactionTemplate(new JdbcTransactionManager(other));
            others.executeWithoutResult(status -> assertThatThrownBy(() -> publish(webhooks, "refused"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("If it is a transaction of something else")
                    .hasMessageContaining("connectionSource(ConnectionSource.independent())"));
            webhooks.close();
            WebhookClient independent =
                    client(dataSource, store -> store.connectionSource(ConnectionSource.independent()));

            others.executeWithoutResult(status -> {
                publish(independent, "a");
                independent.register(webhook("all"));
                status.setRollbackOnly();
            });
            required().executeWithoutResult(status -> {
                publish(independent, "b");
                status.setRollbackOnly();
            });
        }

        assertThat(List.of(next(), next())).containsExactlyInAnyOrder("a", "b");
        assertThat(events()).containsExactly("a", "b");
    }

    // ---- data sources that know transactions

    @Test
    void transactionAwareDataSourceDoesNotGetTheCallersTransactionCommitted() {
        DataSource aware = new TransactionAwareDataSourceProxy(dataSource);
        WebhookClient webhooks = client(aware, store -> {});

        required().executeWithoutResult(status -> {
            save("a");
            assertThatThrownBy(() -> webhooks.find("all"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(
                            "Give the store the plain data source, not a TransactionAwareDataSourceProxy");
            assertThatThrownBy(() -> publish(webhooks, "a")).isInstanceOf(IllegalStateException.class);
            assertThat(orders()).containsExactly("a");
            status.setRollbackOnly();
        });

        assertThat(orders()).isEmpty();
        assertThat(events()).isEmpty();
        assertThat(webhooks.find("all")).isPresent();
        publish(webhooks, "b");
        assertThat(next()).isEqualTo("b");
    }

    @Test
    void storeThatIsOpenedThroughSuchADataSourceLeavesTheTransactionAlone() {
        JdbcDeliveryStore store = store(new TransactionAwareDataSourceProxy(dataSource), builder -> {});

        required().executeWithoutResult(status -> {
            save("a");
            assertThatThrownBy(store::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Give the store the plain data source");
            assertThat(orders()).containsExactly("a");
            status.setRollbackOnly();
        });

        assertThat(orders()).isEmpty();
        store.open();
    }

    private String next() {
        try {
            return requests.next();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
