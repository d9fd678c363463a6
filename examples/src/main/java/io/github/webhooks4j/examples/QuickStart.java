package io.github.webhooks4j.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Signer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * What does it do? Publishes a few events to two receivers on this machine, one of which is broken at first, and prints
 * what becomes of each delivery.
 *
 * <p>Everything is in an H2 file, or in the database that it is given. Kill it in the middle and start it again: it delivers what was
 * left.
 */
public final class QuickStart {
    /** A short one, since claims last four times as long, and those of a killed run must lapse before they are taken over. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration LATER = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final Console console = new Console();
    private final Progress progress = new Progress(console);

    private QuickStart() {}

    /**
     * Runs it. The exit code is 0 if everything was delivered and every signature was right.
     *
     * @param args optionally the directory of the H2 file, or the JDBC URL of an empty database, with its user
     */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException, URISyntaxException {
        boolean allWell = new QuickStart().run(args.length > 0 ? args[0] : besideTheJar());
        System.exit(allWell ? 0 : 1);
    }

    private static String besideTheJar() throws URISyntaxException {
        Path jar = Path.of(QuickStart.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return jar.resolveSibling("quickstart").toString();
    }

    private boolean run(String directoryOrUrl) throws IOException, InterruptedException, SQLException {
        HikariConfig config = new HikariConfig();
        if (directoryOrUrl.startsWith("jdbc:")) {
            config.setJdbcUrl(directoryOrUrl);
            console.say("The database is yours. Kill this at any moment and start it again.");
        } else {
            Path directory = Path.of(directoryOrUrl).toAbsolutePath().normalize();
            Files.createDirectories(directory);
            config.setJdbcUrl("jdbc:h2:file:" + directory.resolve("webhooks") + ";WRITE_DELAY=0");
            console.say("The database is in " + directory + ". Kill this at any moment and start it again.");
        }
        try (HikariDataSource dataSource = new HikariDataSource(config);
                Receiver billing = new Receiver("billing", 0, dataSource, console);
                Receiver crm = new Receiver("crm", 1, dataSource, console)) {
            deliver(dataSource, billing, crm);
            return summary(billing, crm);
        }
    }

    private void deliver(DataSource dataSource, Receiver billing, Receiver crm)
            throws InterruptedException, SQLException {
        try (WebhookClient webhooks = WebhookClient.builder()
                .store(JdbcDeliveryStore.builder(dataSource)
                        .secretKeys(SecretKeys.plaintext())
                        .build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development()) // http, and to this machine: never in production
                .requestTimeout(REQUEST_TIMEOUT)
                .retryPolicy(RetryPolicy.fixed(Duration.ofSeconds(1), 20))
                .listener(progress)
                .build()) {
            register(webhooks, "billing", billing, "invoice.paid", "report.*");
            register(webhooks, "crm", crm, "*");
            int left = pending(dataSource);
            if (left > 0) {
                console.say(left + (left == 1 ? " delivery was" : " deliveries were")
                        + " left by a run that did not end. What it was about to send is free again within "
                        + REQUEST_TIMEOUT.multipliedBy(4).toSeconds() + " s.");
            }
            webhooks.start();
            progress.awaitEnds(left + publish(webhooks), PATIENCE);
        }
    }

    /** The id is always the same, so that the webhook of the last run gets this run's URL. */
    private static void register(WebhookClient webhooks, String id, Receiver receiver, String... events) {
        webhooks.register(Webhook.builder(receiver.url())
                .id(id)
                .events(events)
                .signer(Signer.standardWebhooks(receiver.secret()))
                .build());
    }

    /** The deliveries that are not finished: this table holds no others. */
    private static int pending(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM webhooks_deliveries")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Data of an event; any bean or record that Jackson can write. */
    record Customer(String name, String plan, Instant since) {}

    private int publish(WebhookClient webhooks) {
        Instant now = Instant.now();
        byte[] csv = "day,total\n2026-01-01,1999\n".getBytes(StandardCharsets.UTF_8);
        return publish(webhooks, "a map", Event.of("invoice.paid", Map.of("invoice", "in_42", "total", 1999)))
                + publish(webhooks, "a record", Event.of("customer.created", new Customer("Ada", "pro", now)))
                + publish(
                        webhooks,
                        "JSON text",
                        Event.builder("invoice.paid")
                                .json("{\"invoice\": \"in_43\", \"total\": 20.00}")
                                .build())
                + publish(
                        webhooks,
                        "CSV",
                        Event.builder("report.ready")
                                .raw("text/csv; charset=utf-8", csv)
                                .build())
                + publish(
                        webhooks,
                        "a list, for " + LATER.toSeconds() + " s later",
                        Event.builder("trial.ending")
                                .data(List.of("Ada", "Grace"))
                                .deliverAt(now.plus(LATER))
                                .build());
    }

    private int publish(WebhookClient webhooks, String what, Event event) {
        Publication publication = webhooks.publish(event);
        console.tell(
                "publish",
                publication.eventId(),
                event.type() + ": " + what + ", to " + publication.deliveries()
                        + (publication.deliveries() == 1 ? " webhook" : " webhooks"));
        return publication.deliveries();
    }

    private boolean summary(Receiver... receivers) {
        int verified = 0;
        int rejected = 0;
        int duplicates = 0;
        for (Receiver receiver : receivers) {
            verified += receiver.verified();
            rejected += receiver.rejected();
            duplicates += receiver.duplicates();
        }
        boolean allWell = progress.isComplete() && rejected == 0;
        console.say(progress + "; " + verified + " signatures verified, " + rejected + " wrong; " + duplicates
                + (duplicates == 1 ? " duplicate" : " duplicates"));
        console.say(allWell ? "All was delivered." : "Not all was delivered. Start it again to deliver the rest.");
        return allWell;
    }

    /** Is told what becomes of deliveries. */
    private static final class Progress implements DeliveryListener {
        private final Console console;
        private final BlockingQueue<Delivery> ends = new LinkedBlockingQueue<>();
        private final AtomicInteger attempts = new AtomicInteger();
        private final AtomicInteger delivered = new AtomicInteger();
        private int expected;

        Progress(Console console) {
            this.console = console;
        }

        @Override
        public void attempted(Delivery delivery, Attempt attempt) {
            attempts.incrementAndGet();
            String answer = attempt.status().isPresent()
                    ? Integer.toString(attempt.status().getAsInt())
                    : attempt.failure().map(Failure::name).orElse("nothing");
            String next = delivery.nextAttemptAt()
                    .map(at -> Duration.between(attempt.startedAt(), at))
                    .map(delay -> String.format(Locale.ROOT, ", again in %.1f s", delay.toMillis() / 1000.0))
                    .orElse("");
            console.tell(
                    delivery.webhookId(),
                    delivery.eventId(),
                    "attempt " + attempt.number() + ": " + answer + " after "
                            + attempt.duration().toMillis() + " ms" + next);
        }

        @Override
        public void ended(Delivery delivery) {
            if (delivery.state() == DeliveryState.DELIVERED) {
                delivered.incrementAndGet();
            }
            console.tell(
                    delivery.webhookId(),
                    delivery.eventId(),
                    delivery.state() + " " + delivery.eventType() + " after " + delivery.attempts()
                            + (delivery.attempts() == 1 ? " attempt" : " attempts"));
            ends.add(delivery);
        }

        /** Waits until so many deliveries have ended, at most so long. */
        void awaitEnds(int deliveries, Duration atMost) throws InterruptedException {
            expected = deliveries;
            long end = System.nanoTime() + atMost.toNanos();
            int ended = 0;
            while (ended < deliveries && ends.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS) != null) {
                ended++;
            }
        }

        boolean isComplete() {
            return delivered.get() == expected;
        }

        @Override
        public String toString() {
            return delivered + " of " + expected + " deliveries delivered in " + attempts + " attempts";
        }
    }
}
