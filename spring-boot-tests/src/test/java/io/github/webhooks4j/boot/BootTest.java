package io.github.webhooks4j.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.InvalidEventException;
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
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** An application with JPA whose store was told nothing of its transactions, and whose JSON is that of this version of Boot. */
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BootTest {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private HttpServer receiver;
    private ConfigurableApplicationContext application;
    private WebhookClient webhooks;

    /** What a team writes. */
    @SpringBootApplication
    static class Application {
        @Bean
        WebhookClient webhooks(DataSource dataSource) {
            return WebhookClient.builder()
                    .store(JdbcDeliveryStore.builder(dataSource)
                            .secretKeys(SecretKeys.plaintext())
                            .build())
                    .transport(OkHttpTransport.create())
                    .egress(EgressPolicy.development())
                    .build()
                    .start();
        }

        @Bean
        Orders orders(EntityManager entities, WebhookClient webhooks) {
            return new Orders(entities, webhooks);
        }
    }

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

    /** A service of the application's. */
    static class Orders {
        private final EntityManager entities;
        private final WebhookClient webhooks;

        protected Orders() {
            this(null, null); // for the proxy
        }

        Orders(EntityManager entities, WebhookClient webhooks) {
            this.entities = entities;
            this.webhooks = webhooks;
        }

        @Transactional
        public void place(String id) {
            entities.persist(new Order(id));
            webhooks.publish(Event.builder("order.placed")
                    .id(id)
                    .data(Map.of("order", id))
                    .build());
        }
    }

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                received.add(exchange.getRequestHeaders().getFirst("webhook-id"));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        receiver.start();
        application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.datasource.url=jdbc:h2:mem:boot",
                        "spring.jpa.hibernate.ddl-auto=create",
                        "spring.main.banner-mode=off")
                .run();
        webhooks = application.getBean(WebhookClient.class);
        webhooks.register(Webhook.builder("http://127.0.0.1:" + receiver.getAddress().getPort() + "/")
                .id("all")
                .events("*")
                .signer(Signer.standardWebhooks(Secret.random()))
                .build());
    }

    @AfterEach
    void close() {
        application.close();
        receiver.stop(0);
    }

    private List<String> ids(String table) {
        return application.getBean(JdbcTemplate.class).queryForList("SELECT id FROM " + table, String.class);
    }

    @Test
    void publishingInATransactionThatTheStoreDoesNotSeeIsRefusedAndRolledBack() throws InterruptedException {
        assertThatThrownBy(() -> application.getBean(Orders.class).place("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in a Spring transaction of the store's data source");

        assertThat(ids("orders")).isEmpty();
        assertThat(ids("webhooks_events")).isEmpty();

        webhooks.publish(Event.builder("order.placed").id("b").data(Map.of()).build());
        assertThat(received.poll(5, TimeUnit.MINUTES)).isEqualTo("b");
    }

    @Test
    void treeOfTheApplicationsMapperIsPublishedOrRefusedByName() throws Exception {
        Object mapper = Stream.of("jacksonObjectMapper", "jacksonJsonMapper")
                .filter(application::containsBean)
                .map(application::getBean)
                .findFirst()
                .orElseThrow();
        Object tree = mapper.getClass().getMethod("readTree", String.class).invoke(mapper, "{\"total\": 20.00}");
        Event event = Event.builder("order.placed").id("c").data(tree).build();

        if (SpringBootVersion.getVersion().startsWith("3.")) {
            webhooks.publish(event);
            assertThat(received.poll(5, TimeUnit.MINUTES)).isEqualTo("c");
        } else {
            assertThatThrownBy(() -> webhooks.publish(event))
                    .isInstanceOf(InvalidEventException.class)
                    .hasMessageContaining("tools.jackson");
            assertThat(ids("webhooks_events")).isEmpty();
        }
    }
}
