package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.PayloadFormat.Payload;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that delivers from a PostgreSQL database is killed, started, and killed again. */
class CrashLoopTest {
    private static final int LIVES = Integer.getInteger("webhooks4j.lives", 8);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LEASE = TIMEOUT.multipliedBy(4);
    /** On a machine that has other things to do. */
    private static final Duration WORK = Duration.ofMinutes(5);

    private static final String POISON = "poison";

    @TempDir
    Path folder;

    private String url;
    private Database database;
    private Process life;
    private int lives;

    @BeforeEach
    void newDatabase() throws Exception {
        url = PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase();
        database = Database.at(url);
    }

    @AfterEach
    void endLife() {
        if (life != null) {
            life.destroyForcibly();
        }
        database.close();
    }

    /** The process. */
    static final class Sender {
        private Sender() {}

        /**
         * Delivers until it is killed, or renders what it cannot bear.
         *
         * @param args the database's URL
         */
        public static void main(String[] args) throws Exception {
            Parent.endsThisProcess();
            try (Database database = Database.at(args[0]);
                    WebhookClient client = client(database)) {
                client.start();
                new CountDownLatch(1).await();
            }
        }
    }

    private static WebhookClient client(Database database) {
        return WebhookClient.builder()
                .store(database.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .requestTimeout(TIMEOUT)
                .retryPolicy(RetryPolicy.fixed(Duration.ofSeconds(1), 1_000))
                .payloadFormat("fragile", CrashLoopTest::render)
                .build();
    }

    private static Payload render(PayloadFormat.Content event) {
        if (event.id().equals(POISON)) {
            Runtime.getRuntime().halt(9);
        }
        return new Payload("text/plain", event.id().getBytes(UTF_8));
    }

    private void publish(List<Webhook.Builder> webhooks, List<String> ids) {
        try (WebhookClient client = client(database)) {
            webhooks.forEach(
                    webhook -> client.register(webhook.events("*").unsigned().build()));
            client.publishAll(
                    ids.stream().map(id -> Event.builder("x").id(id).build()).toList());
        }
    }

    private void startLife() throws Exception {
        File log = folder.resolve("life" + lives++ + ".log").toFile();
        life = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sender.class.getName(),
                        url))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
    }

    /** As if so much time had passed that no lease is left. */
    private void letLeasesPass() throws Exception {
        try (Connection connection = database.pool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE webhooks_deliveries SET next_at = now() WHERE next_at > now()");
        }
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "e" + i).toList();
    }

    /** How the receiver treats requests while processes crash. */
    private enum Manner {
        ANSWERS,
        HANGS,
        DRIPS
    }

    @Test
    void everythingArrivesOnceAProcessLives() throws Exception {
        Random random = new Random(Long.getLong("webhooks4j.seed", 7));
        List<String> ids = ids(8);
        AtomicBoolean calm = new AtomicBoolean();
        AtomicReference<Process> victim = new AtomicReference<>();
        Set<String> arrived = ConcurrentHashMap.newKeySet();
        try (Receiver receiver = Receiver.start(request -> {
            String pair = request.header("webhook-id") + " " + request.path();
            if (calm.get()) {
                arrived.add(pair);
                return 200;
            }
            Process killed = victim.getAndSet(null);
            if (killed != null) {
                killed.destroyForcibly();
            }
            return switch (Manner.valueOf(request.path().substring(1))) {
                case ANSWERS -> 200;
                case HANGS -> Receiver.hang();
                case DRIPS -> Receiver.DRIP;
            };
        })) {
            publish(
                    List.of(Manner.values()).stream()
                            .map(manner ->
                                    Webhook.builder(receiver.url("/" + manner)).id(manner.name()))
                            .toList(),
                    ids);
            for (int i = 0; i < LIVES; i++) {
                startLife();
                victim.set(random.nextBoolean() ? life : null); // at its first request, or some time later
                life.waitFor(random.nextInt((int) LEASE.multipliedBy(2).toMillis()), TimeUnit.MILLISECONDS);
                life.destroyForcibly().waitFor();
                letLeasesPass();
            }
            Set<String> unfinished = database.unfinished();
            calm.set(true);
            startLife();
            await().atMost(WORK).until(() -> database.pending() == 0);

            Set<String> expected = new HashSet<>();
            unfinished.forEach(pair -> expected.add(pair.replace(" ", " /")));
            assertThat(arrived).containsAll(expected);
            assertThat(database.delivered()).isEqualTo(ids.size() * Manner.values().length);
        }
    }

    @Test
    void whatKillsEachProcessIsGivenUpAloneAndSaidSo() throws Exception {
        List<String> ids = new ArrayList<>(ids(20));
        ids.add(7, POISON);
        try (Receiver receiver = Receiver.start(request -> 200)) {
            publish(List.of(Webhook.builder(receiver.url("/a")).id("a").payload(PayloadFormat.custom("fragile"))), ids);
            int crashes = 0;
            startLife();
            while (database.pending() > 0) {
                if (life.waitFor(50, TimeUnit.MILLISECONDS)) {
                    assertThat(life.exitValue()).isEqualTo(9);
                    crashes++;
                    assertThat(crashes).isLessThanOrEqualTo(12);
                    letLeasesPass();
                    startLife();
                }
            }

            // 10 if no process is slow: a delivery that is given back unsent is counted from zero.
            assertThat(crashes).isBetween(10, 12);
            assertThat(database.delivered()).isEqualTo(20);
            assertThat(database.texts("SELECT e.id || ' ' || a.final_state FROM webhooks_attempts a"
                            + " JOIN webhooks_events e ON e.event_key = a.event_key WHERE a.final_state <> 1"))
                    .containsExactly(POISON + " 4"); // abandoned
            Path last = folder.resolve("life" + (lives - 1) + ".log");
            await().atMost(WORK).until(() -> Files.readString(last).contains("ERROR"));
            assertThat(Files.readString(last).lines().filter(line -> line.contains("ERROR")))
                    .singleElement()
                    .asString()
                    .contains("gave up event poison to webhook a");
        }
    }
}
