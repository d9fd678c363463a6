package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The code of the README that publishes within transactions of plain JDBC. */
@ParameterizedClass
@EnumSource(SpringDatabase.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PlainTransactionsTest {
    private static final Path SOURCE =
            Path.of("src/test/java/io/github/webhooks4j/examples/PlainTransactionsTest.java");

    @Parameter
    SpringDatabase database;

    private HikariDataSource dataSource;
    private Requests requests;
    private JdbcDeliveryStore store;
    private WebhookClient webhooks;

    @BeforeEach
    void open() throws IOException, SQLException {
        dataSource = database.open();
        requests = new Requests();
        store = JdbcDeliveryStore.builder(dataSource)
                .secretKeys(SecretKeys.plaintext())
                .build();
        webhooks = WebhookClient.builder()
                .store(store)
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build()
                .start();
        webhooks.register(Webhook.builder(requests.url())
                .id("all")
                .events("*")
                .signer(Signer.standardWebhooks(Secret.random()))
                .build());
        try (Connection connection = begin();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE invoices (id VARCHAR(64) PRIMARY KEY)");
            connection.commit();
        }
    }

    @AfterEach
    void close() {
        webhooks.close();
        requests.close();
        dataSource.close();
    }

    @Test
    void theStoreOpensATransaction() throws SQLException, InterruptedException {
        // README begins
        store.inTransaction(connection -> {
            saveInvoice(connection, "in_42");
            return webhooks.publish(Event.of("invoice.paid", Map.of("invoice", "in_42")));
        });
        // README ends

        assertThat(requests.next()).startsWith("evt_");
        assertThat(invoices()).isEqualTo(1);
    }

    @Test
    void theStoreJoinsATransaction() throws SQLException, InterruptedException {
        try (Connection connection = begin()) {
            // README begins
            saveInvoice(connection, "in_43"); // auto-commit is off
            store.join(connection, () -> webhooks.publish(Event.of("invoice.paid", Map.of("invoice", "in_43"))));
            connection.commit();
            // README ends
        }

        assertThat(requests.next()).startsWith("evt_");
        assertThat(invoices()).isEqualTo(1);
    }

    @Test
    void joinedAndRolledBackWasNeverThere() throws SQLException {
        try (Connection connection = begin()) {
            saveInvoice(connection, "in_44");
            store.join(connection, () -> webhooks.publish(Event.of("invoice.paid", Map.of("invoice", "in_44"))));
            connection.rollback();
        }
        webhooks.close();

        assertThat(requests.all()).isEmpty();
        assertThat(invoices()).isZero();
    }

    @Test
    void theReadmeShowsThisCode() throws IOException {
        ReadmeCode.shows(SOURCE);
    }

    private Connection begin() throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void saveInvoice(Connection connection, String id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO invoices VALUES (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }

    private int invoices() throws SQLException {
        try (Connection connection = begin();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM invoices")) {
            row.next();
            return row.getInt(1);
        }
    }
}
