package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bad webhooks hurt only themselves: counted, not timed. {@code FairnessBenchmark} measures what they cost. */
class FairnessTest {
    private static final Duration WORK = Duration.ofMinutes(5);
    private static final int HEALTHY = 20;
    private static final int EVENTS = 50;
    private static final int BACKLOG = 2_000;
    /** How many requests at a time a webhook begins with. */
    private static final int FIRST_CONCURRENCY = 5;
    /** How many failures in a row open a breaker. */
    private static final int BROKEN_AFTER = 10;
    /** How many outcomes may wait to be recorded before nothing new is started. */
    private static final int UNRECORDED = 512;
    /** How many deliveries may wait at first, beside what was sent: five at a time, a second each, for the fifteen that they may wait. */
    private static final int FIRST_CLAIMS = 75;

    private final Set<String> arrived = ConcurrentHashMap.newKeySet();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService drips = Executors.newCachedThreadPool();
    private final RecordedTransport transport = RecordedTransport.of(OkHttpTransport.create());
    private Receiver receiver;
    private ServerSocket dripping;
    private Database database;
    private Counted store;

    @BeforeEach
    void startAll() throws Exception {
        receiver = Receiver.start(request -> {
            if (request.path().startsWith("/healthy")) {
                arrived.add(request.path() + " " + request.header("webhook-id"));
            } else {
                end.await();
            }
            return 200;
        });
        dripping = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        drips.execute(this::acceptDrips);
        database =
                Database.at(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        store = new Counted(database.store());
    }

    @AfterEach
    void stopAll() throws Exception {
        end.countDown();
        dripping.close();
        drips.shutdownNow();
        receiver.close();
        database.close();
    }

    private void acceptDrips() {
        try {
            while (true) {
                Socket socket = dripping.accept();
                drips.execute(() -> drip(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** Answers byte by byte, and never comes to the end. */
    private void drip(Socket socket) {
        try (socket) {
            if (socket.getInputStream().read() < 0) { // no answer comes before its request
                return;
            }
            String answer = "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(1_000);
            for (byte each : answer.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(each);
                if (end.await(100, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private WebhookClient.Builder client() {
        return WebhookClient.builder().store(store.store()).transport(transport).egress(EgressPolicy.development());
    }

    private static void register(WebhookClient client, String id, String tenant, String url) {
        client.register(
                Webhook.builder(url).id(id).tenant(tenant).events(id).unsigned().build());
    }

    private static void publish(WebhookClient client, String id, String tenant, int count) {
        client.publishAll(IntStream.range(0, count)
                .mapToObj(n -> Event.builder(id).tenant(tenant).data(n).build())
                .toList());
    }

    private String registerHealthy(WebhookClient client, int n) {
        String id = "healthy" + n;
        register(client, id, id, receiver.url("/" + id));
        return id;
    }

    private static int nobodysPort() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    @Test
    void healthyDeliveriesArriveWhileADeadASlowAndADrippingWebhookHoldTheirOwn() throws Exception {
        try (WebhookClient client = client().build()) {
            register(client, "dead", "dead", "http://127.0.0.1:" + nobodysPort() + "/dead");
            register(client, "slow", "slow", receiver.url("/slow"));
            register(client, "drip", "drip", "http://127.0.0.1:" + dripping.getLocalPort() + "/drip");
            List<String> healthy = IntStream.range(0, HEALTHY)
                    .mapToObj(n -> registerHealthy(client, n))
                    .toList();
            for (String bad : List.of("dead", "slow", "drip")) {
                publish(client, bad, bad, BACKLOG);
            }
            client.start();
            for (String id : healthy) {
                publish(client, id, id, EVENTS);
            }
            await().atMost(WORK).until(() -> arrived.size() == HEALTHY * EVENTS);
            await().atMost(WORK).until(() -> isBroken("dead"));
            int claimedOnceBroken = store.claimedFor("dead");
            int sentOnceBroken = transport.sentTo("/dead").size();
            for (String id : healthy) {
                publish(client, id, id, EVENTS);
            }
            await().atMost(WORK).until(() -> arrived.size() == 2 * HEALTHY * EVENTS);

            for (String held : List.of("slow", "drip")) {
                assertThat(transport.mostUnderWay("/" + held)).isLessThanOrEqualTo(FIRST_CONCURRENCY);
                assertThat(transport.sentTo("/" + held)).as(held).hasSizeLessThanOrEqualTo(2 * FIRST_CONCURRENCY);
                assertThat(store.claimedFor(held))
                        .as(held)
                        .isLessThanOrEqualTo(
                                FIRST_CLAIMS + transport.sentTo("/" + held).size());
            }
            assertThat(transport.sentTo("/dead"))
                    .hasSizeBetween(BROKEN_AFTER, BROKEN_AFTER + UNRECORDED + FIRST_CONCURRENCY)
                    .as("and one probe at most since it was broken")
                    .hasSizeLessThanOrEqualTo(sentOnceBroken + FIRST_CONCURRENCY + 1);
            assertThat(store.claimedFor("dead")).isLessThanOrEqualTo(claimedOnceBroken + 1);
            end.countDown();
        }
    }

    private boolean isBroken(String id) throws Exception {
        return !database.texts(
                        "SELECT id FROM webhooks_documents WHERE id = '" + id + "' AND status LIKE '%brokenUntil\":1%'")
                .isEmpty();
    }

    @Test
    void customerWhoseReceiversHangHasItsShareOfTheRequestsAndOfTheMemoryAndNoMore() throws Exception {
        int maxInFlight = 40;
        int share = maxInFlight / 4;
        int webhooks = 60;
        try (WebhookClient client = client().maxInFlight(maxInFlight)
                .concurrencyPerWebhook(FIRST_CONCURRENCY)
                .build()) {
            for (int n = 0; n < webhooks; n++) {
                register(client, "hanging" + n, "bad", receiver.url("/hanging"));
                publish(client, "hanging" + n, "bad", FIRST_CLAIMS);
            }
            client.start();
            await().atMost(WORK).until(() -> transport.mostUnderWay("/hanging") == share);
            for (int n = 0; n < HEALTHY; n++) {
                String id = registerHealthy(client, n);
                publish(client, id, id, EVENTS);
            }
            await().atMost(WORK).until(() -> arrived.size() == HEALTHY * EVENTS);

            assertThat(transport.mostUnderWay("/hanging")).isEqualTo(share);
            assertThat(transport.mostUnderWay("")).isLessThanOrEqualTo(maxInFlight);
            int held = IntStream.range(0, webhooks)
                    .map(n -> store.claimedFor("hanging" + n))
                    .sum();
            assertThat(held).as("a quarter of 40 for each request").isLessThanOrEqualTo(40 * maxInFlight / 4);
            end.countDown();
        }
    }
}
