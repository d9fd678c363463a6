package io.github.webhooks4j.examples;

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
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** An application on Spring with a client, and the webhook {@code all} that gets everything. */
final class SpringHost implements AutoCloseable {
    final HikariDataSource dataSource;
    final DataSourceTransactionManager manager;
    final JdbcTemplate jdbc;
    final WebhookClient webhooks;
    final StoreCalls calls = new StoreCalls();
    final Requests requests = new Requests();

    SpringHost(HikariDataSource dataSource) throws IOException, SQLException {
        this(dataSource, dataSource);
    }

    /**
     * An application.
     *
     * @param seen the data source that Spring sees
     */
    SpringHost(HikariDataSource dataSource, DataSource seen) throws IOException, SQLException {
        this.dataSource = dataSource;
        manager = new DataSourceTransactionManager(seen);
        jdbc = new JdbcTemplate(seen);
        JdbcDeliveryStore store = JdbcDeliveryStore.builder(dataSource)
                .secretKeys(SecretKeys.plaintext())
                .connectionSource(new SpringConnectionSource(manager))
                .build();
        webhooks = WebhookClient.builder()
                .store(calls.of(store))
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .maxInFlight(8)
                .build()
                .start();
        webhooks.register(webhook("all", "*").build());
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id VARCHAR(64) PRIMARY KEY)");
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    }

    Webhook.Builder webhook(String id, String... types) {
        return Webhook.builder(requests.url()).id(id).events(types).signer(Signer.standardWebhooks(Secret.random()));
    }

    /** A transaction that joins the one that is there, or begins. */
    TransactionTemplate required() {
        return transaction(TransactionDefinition.PROPAGATION_REQUIRED);
    }

    TransactionTemplate transaction(int propagation) {
        TransactionTemplate transaction = new TransactionTemplate(manager);
        transaction.setPropagationBehavior(propagation);
        return transaction;
    }

    /** Saves an order, which has the event's id. */
    void save(String id) {
        jdbc.update("INSERT INTO orders VALUES (?)", id);
    }

    /** Publishes an event with this id. */
    Publication publish(String id) {
        return webhooks.publish(
                Event.builder("order.placed").id(id).data(Map.of("order", id)).build());
    }

    /** Saves an order and publishes its event. */
    Publication place(String id) {
        save(id);
        return publish(id);
    }

    /** The orders that are committed. */
    List<String> orders() {
        return column("SELECT id FROM orders ORDER BY id");
    }

    /** The events that are committed. */
    List<String> events() {
        return column("SELECT id FROM webhooks_events ORDER BY id");
    }

    /** The webhooks of the pending deliveries that are committed. */
    List<String> pending() {
        return column("SELECT webhook_id FROM webhooks_deliveries ORDER BY webhook_id");
    }

    /** Never by the connection of a transaction. */
    private List<String> column(String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (row.next()) {
                values.add(row.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends the client, after which no request comes, and returns the events of all that came. */
    List<String> requestsUntilClosed() {
        webhooks.close();
        return requests.all();
    }

    @Override
    public void close() {
        webhooks.close();
        requests.close();
        int active = dataSource.getHikariPoolMXBean().getActiveConnections();
        dataSource.close();
        if (active != 0) {
            throw new AssertionError(active + " connections were not given back");
        }
    }
}
