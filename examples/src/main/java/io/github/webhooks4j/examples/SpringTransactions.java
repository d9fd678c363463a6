package io.github.webhooks4j.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Signer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How do I publish within a Spring transaction? An order is saved and its event is published in one; when it is rolled back,
 * neither was ever there. With {@code @Transactional} it is the same.
 */
public final class SpringTransactions {
    private static final long PATIENCE_SECONDS = 20;

    private final Console console = new Console();

    private SpringTransactions() {}

    /** Runs it. The exit code is 0 if the order that was committed was delivered, and nothing else. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:orders");
        boolean allWell;
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            allWell = new SpringTransactions().run(dataSource);
        }
        System.exit(allWell ? 0 : 1);
    }

    private boolean run(DataSource dataSource) throws IOException, InterruptedException, SQLException {
        JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
        // README begins
        JdbcDeliveryStore store = JdbcDeliveryStore.builder(dataSource)
                .secretKeys(SecretKeys.plaintext()) // in production: SecretKeys.of(id, key)
                .connectionSource(new SpringConnectionSource(manager)) // a JdbcTransactionManager of this data source
                .build();
        // README ends
        Ended ended = new Ended();
        try (Receiver shop = new Receiver("shop", 0, dataSource, console);
                WebhookClient webhooks = WebhookClient.builder()
                        .store(store)
                        .transport(OkHttpTransport.create())
                        .egress(EgressPolicy.development()) // http, and to this machine: never in production
                        .listener(ended)
                        .build()
                        .start()) {
            webhooks.register(Webhook.builder(shop.url())
                    .id("shop")
                    .events("order.*")
                    .signer(Signer.standardWebhooks(shop.secret()))
                    .build());
            return order(new Orders(manager, new JdbcTemplate(dataSource), webhooks), shop, ended);
        }
    }

    private boolean order(Orders orders, Receiver shop, Ended ended) throws InterruptedException {
        try {
            orders.place(new Order("o-1", "piano", 0));
        } catch (IllegalArgumentException e) {
            console.say("o-1 was rolled back: " + e.getMessage());
        }
        Publication publication = orders.place(new Order("o-2", "book", 2));
        console.tell("o-2", publication.eventId(), "committed");
        boolean delivered = ended.isNext(publication.eventId());
        console.say(orders.count("orders") + " order and " + orders.count("webhooks_events")
                + " event in the database, " + shop.verified() + " delivered");
        return delivered && orders.count("orders") == 1 && orders.count("webhooks_events") == 1 && shop.verified() == 1;
    }

    /** What is stored, and told to customers. */
    record Order(String id, String item, int quantity) {}

    /** The application's own code. */
    private static final class Orders {
        private final TransactionTemplate transaction;
        private final JdbcTemplate jdbc;
        private final WebhookClient webhooks;

        Orders(PlatformTransactionManager manager, JdbcTemplate jdbc, WebhookClient webhooks) {
            this.transaction = new TransactionTemplate(manager);
            this.jdbc = jdbc;
            this.webhooks = webhooks;
            jdbc.execute("CREATE TABLE orders (id VARCHAR(64) PRIMARY KEY, item VARCHAR(200), quantity INT)");
        }

        /** As a method with {@code @Transactional} would: all of it takes effect, or nothing. */
        Publication place(Order order) {
            return transaction.execute(status -> {
                jdbc.update("INSERT INTO orders VALUES (?, ?, ?)", order.id(), order.item(), order.quantity());
                Publication publication = webhooks.publish(Event.of("order.placed", order));
                if (order.quantity() < 1) {
                    throw new IllegalArgumentException("an order of " + order.quantity());
                }
                return publication;
            });
        }

        int count(String table) {
            return jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
        }
    }

    /** Is told which deliveries have ended. */
    private static final class Ended implements DeliveryListener {
        private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

        @Override
        public void ended(Delivery delivery) {
            deliveries.add(delivery);
        }

        boolean isNext(String eventId) throws InterruptedException {
            Delivery next = deliveries.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return next != null && next.eventId().equals(eventId);
        }
    }
}
