package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code with which the Javadoc of the main types opens: it compiles as it stands, and does what it says. */
class JavadocSamplesTest {
    private static final String CORE = "../webhooks-core/src/main/java/io/github/webhooks4j/";
    private static final String JDBC = "../webhooks-jdbc-store/src/main/java/io/github/webhooks4j/jdbc/";
    private static final String TARGET = "https://customer.example/hooks";

    /** What surrounds a sample: an application with a database, keys, and a client. */
    private static final String CLASS = """
            import io.github.webhooks4j.*;
            import io.github.webhooks4j.jdbc.*;
            import io.github.webhooks4j.okhttp.*;
            import io.github.webhooks4j.signing.*;
            import java.sql.*;
            import java.time.*;
            import java.util.*;
            import javax.sql.DataSource;

            public class Sample {
                public static void run(DataSource dataSource%s) throws Exception {
            %s
                }

                static void saveInvoice(Connection connection, String id) throws SQLException {
                    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO invoices VALUES (?)")) {
                        statement.setString(1, id);
                        statement.executeUpdate();
                    }
                }
            }
            """;

    private final MockWebServer receiver = new MockWebServer();
    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final SecretKeys keys = SecretKeys.of("2026-01", new byte[32]);

    @TempDir
    Path directory;

    @BeforeEach
    void receive() throws IOException {
        for (int i = 0; i < 5; i++) {
            receiver.enqueue(new MockResponse.Builder().code(204).build());
        }
        receiver.start();
    }

    @AfterEach
    void end() {
        receiver.close();
        pool.dispose();
    }

    /** The first code in the Javadoc of a type. */
    private static String sample(String file) throws IOException {
        String source = Files.readString(Path.of(file));
        String doc = source.substring(source.indexOf("/**"), source.indexOf("\npublic "));
        String begin = "<pre>{@code\n";
        int from = doc.indexOf(begin) + begin.length();
        return doc.substring(from, doc.indexOf(" * }</pre>", from))
                .lines()
                .map(line -> line.replaceFirst("^ \\* ?", "        "))
                .collect(Collectors.joining("\n"));
    }

    /** Compiles a sample as it stands. */
    private CompiledCode compile(String code, String parameters) throws IOException {
        return CompiledCode.of("Sample", CLASS.formatted(parameters, code), directory);
    }

    /** Runs it against the receiver of this test, which no policy of production allows. */
    private void run(String code, String parameters, Class<?>[] types, Object... arguments) throws Exception {
        compile(code, parameters);
        String here = code.replace(TARGET, url())
                .replace(
                        ".transport(OkHttpTransport.create())",
                        ".transport(OkHttpTransport.create())"
                                + ".egress(io.github.webhooks4j.egress.EgressPolicy.development())");
        compile(here, parameters).load("Sample").getMethod("run", types).invoke(null, arguments);
    }

    private String url() {
        return "http://127.0.0.1:" + receiver.getPort() + "/hooks";
    }

    private WebhookClient client() {
        return WebhookClient.builder()
                .store(JdbcDeliveryStore.builder(pool).secretKeys(keys).build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build()
                .start();
    }

    private void register(WebhookClient client, String... tenant) {
        Webhook.Builder webhook =
                Webhook.builder(url()).id("customer-1").events("*").signer(Signer.standardWebhooks(Secret.random()));
        if (tenant.length > 0) {
            webhook.tenant(tenant[0]).id("customer-2");
        }
        client.register(webhook.build());
    }

    private String received() throws InterruptedException {
        RecordedRequest request = receiver.takeRequest(5, TimeUnit.MINUTES);
        assertThat(request).isNotNull();
        return request.getBody() == null ? "" : request.getBody().utf8();
    }

    @Test
    void sampleOfWebhookClientDelivers() throws Exception {
        run(
                sample(CORE + "WebhookClient.java"),
                ", SecretKeys keys, Secret secret",
                new Class<?>[] {javax.sql.DataSource.class, SecretKeys.class, Secret.class},
                pool,
                keys,
                Secret.random());

        assertThat(received()).contains("invoice.paid", "in_42");
    }

    @Test
    void sampleOfWebhookRegistersAndUpdates() throws Exception {
        try (WebhookClient client = client()) {
            run(
                    sample(CORE + "Webhook.java"),
                    ", WebhookClient webhooks, Secret secret",
                    new Class<?>[] {javax.sql.DataSource.class, WebhookClient.class, Secret.class},
                    pool,
                    client,
                    Secret.random());

            assertThat(client.find("customer-1").orElseThrow().events()).containsExactly("invoice.*");
        }
    }

    @Test
    void sampleOfEventPublishes() throws Exception {
        try (WebhookClient client = client()) {
            register(client);
            register(client, "acme");
            run(
                    sample(CORE + "Event.java"),
                    ", WebhookClient webhooks",
                    new Class<?>[] {javax.sql.DataSource.class, WebhookClient.class},
                    pool,
                    client);

            assertThat(received()).contains("1999");
            assertThat(client.publish(io.github.webhooks4j.Event.builder("invoice.paid")
                                    .id("invoice-in_42-paid")
                                    .tenant("acme")
                                    .build())
                            .duplicate())
                    .isTrue();
        }
    }

    @Test
    void sampleOfSignerMakesSigners() throws Exception {
        String code = sample(CORE + "signing/Signer.java");
        String uses = code + "\n        List.of(standard, asGitHub, token, webhook).forEach(Objects::requireNonNull);";

        run(uses, "", new Class<?>[] {javax.sql.DataSource.class}, pool);

        assertThat(code).contains("secret.reveal()");
    }

    @Test
    void sampleOfJdbcDeliveryStorePublishesInATransaction() throws Exception {
        try (WebhookClient client = client()) {
            register(client);
        }
        execute("CREATE TABLE invoices (id VARCHAR(20))");

        run(
                sample(JDBC + "JdbcDeliveryStore.java") + "\n        webhooks.close();",
                ", byte[] key",
                new Class<?>[] {javax.sql.DataSource.class, byte[].class},
                pool,
                new byte[32]);

        assertThat(received()).contains("in_42");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
