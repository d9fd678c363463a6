package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** An application whose transactions are those of JPA with Hibernate. */
@ParameterizedClass
@EnumSource(
        value = SpringDatabase.class,
        names = {"POSTGRESQL_NO_AUTO_COMMIT", "MARIADB", "H2"})
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringJpaTest {
    @Parameter
    SpringDatabase database;

    private HikariDataSource dataSource;
    private LocalContainerEntityManagerFactoryBean factory;
    private JpaTransactionManager manager;
    private EntityManager entities;
    private Requests requests;
    private WebhookClient webhooks;

    /** A row of the application's. */
    @Entity
    @Table(name = "orders")
    static class Order {
        @Id
        String id;

        protected Order() {}

        Order(String id) {
            this.id = id;
        }
    }

    @BeforeEach
    void open() throws IOException, SQLException {
        dataSource = database.open();
        factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(dataSource);
        factory.setManagedTypes(PersistenceManagedTypes.of(Order.class.getName()));
        HibernateJpaVendorAdapter hibernate = new HibernateJpaVendorAdapter();
        hibernate.setGenerateDdl(true);
        factory.setJpaVendorAdapter(hibernate);
        factory.afterPropertiesSet();
        EntityManagerFactory made = Objects.requireNonNull(factory.getObject());
        manager = new JpaTransactionManager(made);
        manager.setJpaDialect(hibernate.getJpaDialect());
        manager.afterPropertiesSet();
        entities = SharedEntityManagerCreator.createSharedEntityManager(made);
        requests = new Requests();
    }

    @AfterEach
    void close() {
        webhooks.close();
        requests.close();
        factory.destroy();
        dataSource.close();
    }

    private void client(Consumer<JdbcDeliveryStore.Builder> configure) {
        JdbcDeliveryStore.Builder builder =
                JdbcDeliveryStore.builder(dataSource).secretKeys(SecretKeys.plaintext());
        configure.accept(builder);
        webhooks = WebhookClient.builder()
                .store(builder.build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build()
                .start();
        webhooks.register(Webhook.builder(requests.url())
                .id("all")
                .events("*")
                .signer(Signer.standardWebhooks(Secret.random()))
                .build());
    }

    private TransactionTemplate transaction(int propagation) {
        TransactionTemplate transaction = new TransactionTemplate(manager);
        transaction.setPropagationBehavior(propagation);
        return transaction;
    }

    private TransactionTemplate required() {
        return transaction(TransactionDefinition.PROPAGATION_REQUIRED);
    }

    /** Saves an order, which has the event's id, and publishes its event. */
    private Publication place(String id) {
        entities.persist(new Order(id));
        return webhooks.publish(
                Event.builder("order.placed").id(id).data(Map.of("order", id)).build());
    }

    private List<String> ids(String table) {
        return new JdbcTemplate(dataSource).queryForList("SELECT id FROM " + table + " ORDER BY id", String.class);
    }

    @Test
    void withoutASourceNothingIsPublishedThatCouldOutliveARollback() throws InterruptedException {
        client(store -> {});

        assertThatThrownBy(() -> required().executeWithoutResult(status -> place("a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in a Spring transaction of the store's data source");

        assertThat(ids("orders")).isEmpty();
        assertThat(ids("webhooks_events")).isEmpty();
        transaction(TransactionDefinition.PROPAGATION_SUPPORTS)
                .executeWithoutResult(none -> webhooks.publish(
                        Event.builder("order.placed").id("b").data(Map.of()).build()));
        assertThat(requests.next()).isEqualTo("b");
    }

    @Test
    void withASourceEventsAreStoredByTheConnectionOfTheSession() throws InterruptedException {
        client(store -> store.connectionSource(new SpringConnectionSource(manager, dataSource)));

        required().executeWithoutResult(status -> place("a"));
        assertThat(requests.next()).isEqualTo("a");
        required().executeWithoutResult(outer -> {
            place("b");
            transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW).executeWithoutResult(inner -> place("c"));
            outer.setRollbackOnly();
        });
        assertThat(requests.next()).isEqualTo("c");

        webhooks.close();
        assertThat(requests.all()).containsExactly("a", "c");
        assertThat(ids("orders")).containsExactly("a", "c");
        assertThat(ids("webhooks_events")).containsExactly("a", "c");
    }

    /** Then plain JDBC does not see its connection; one of the pool would be taken, and nobody would commit it. */
    @Test
    void managerThatDoesNotShowItsConnectionIsRefused() throws SQLException {
        try (HikariDataSource another = SpringDatabase.H2.open()) {
            client(store -> store.connectionSource(new SpringConnectionSource(manager, another)));

            assertThatThrownBy(() -> required().executeWithoutResult(status -> place("a")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("give both the same data source");
        }

        assertThat(ids("webhooks_events")).isEmpty();
    }
}
