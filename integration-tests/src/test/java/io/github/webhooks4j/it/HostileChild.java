package io.github.webhooks4j.it;

import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.store.DeliveryStore;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The process of {@link HostileTest}: a thousand requests to a hostile receiver at a time, and others to a good one. */
final class HostileChild {
    static final int HOSTILE = 1000;
    static final int PER_WEBHOOK = 5; // which it has from the first on
    private static final int GOOD = 100;
    /** For one delivery to the good receiver, whatever the others do. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** As real webhooks have: a machine that is this busy may miss one time-out. */
    private static final RetryPolicy AGAIN = RetryPolicy.fixed(Duration.ofMillis(100), 5);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /**
     * A delivery is not sent again for so long: it may start one time-out after its claim, whose lease is four of them, and be with
     * the receiver one later.
     */
    static final Duration AGAIN_AFTER = TIMEOUT.multipliedBy(2);

    private static final Duration POLL = Duration.ofMillis(10);
    /** Threads and pools that end by themselves when they have been idle. */
    private static final Duration SETTLING = Duration.ofMinutes(5);

    private static final File FILES = new File("/proc/self/fd");

    private HostileChild() {}

    /**
     * Runs it, and exits with 0 if all went as it must.
     *
     * @param args the URLs of the hostile and of the good receiver, and how often to meet a thousand attacks
     */
    public static void main(String[] args) {
        Parent.endsThisProcess();
        attack(args[0], args[1], 1, 1); // loads and starts what stays for good
        List<String> threads = threads();
        List<String> files = files();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            attack(args[0], args[1], HOSTILE, GOOD);
        }
        AtomicReference<String> seen = new AtomicReference<>("");
        try {
            await().atMost(SETTLING).until(() -> {
                List<String> threadsLeft = threads();
                List<String> filesLeft = files();
                seen.set("threads " + threads.size() + " -> " + threadsLeft.size() + ", files " + files.size() + " -> "
                        + filesLeft.size() + "; new: " + less(threadsLeft, threads) + less(filesLeft, files));
                return threadsLeft.size() <= threads.size() + 2 && filesLeft.size() <= files.size() + 2;
            });
        } finally {
            System.out.println(seen);
        }
    }

    private static List<String> less(List<String> after, List<String> before) {
        List<String> left = new ArrayList<>(after);
        before.forEach(left::remove);
        return left;
    }

    private static void attack(String hostile, String good, int attacks, int least) {
        AtomicInteger bad = new AtomicInteger();
        AtomicInteger delivered = new AtomicInteger();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void ended(Delivery delivery) {
                if (!delivery.webhookId().equals("good")) {
                    bad.incrementAndGet();
                } else if (delivery.state() == DeliveryState.DELIVERED) {
                    delivered.incrementAndGet();
                }
            }
        };
        try (WebhookClient client = WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .retryPolicy(RetryPolicy.none())
                .requestTimeout(TIMEOUT)
                .concurrencyPerWebhook(PER_WEBHOOK)
                .maxInFlight(HOSTILE + PER_WEBHOOK)
                .listener(listener)
                .build()
                .start()) {
            int webhooks = Math.max(1, attacks / PER_WEBHOOK);
            for (int i = 0; i < webhooks; i++) {
                client.register(webhook("bad" + i, hostile, "bad").build());
            }
            client.register(webhook("good", good, "good").retryPolicy(AGAIN).build());
            for (int i = 0; i < attacks; i++) {
                client.publish(Event.builder("bad")
                        .data(i)
                        .tenant("bad" + i % webhooks)
                        .build());
            }
            int published = 0;
            while (published < least || bad.get() < attacks) {
                client.publish(
                        Event.builder("good").data(published++).tenant("good").build());
                int expected = published;
                await().pollInterval(POLL).atMost(PATIENCE).until(() -> delivered.get() == expected);
            }
            System.out.println(published + " delivered, one after the other, while " + attacks + " were under attack");
        }
    }

    /** Each of a customer of its own, since one customer does not get all requests. */
    private static Webhook.Builder webhook(String id, String url, String type) {
        return Webhook.builder(url).id(id).tenant(id).events(type).unsigned();
    }

    /** The names of all threads, without the carriers of virtual ones, which the JVM keeps as it likes. */
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.startsWith("ForkJoinPool-"))
                .toList();
    }

    /** Open files and sockets of this process; none where the system does not tell. */
    private static List<String> files() {
        return Stream.of(Objects.requireNonNullElse(FILES.listFiles(), new File[0]))
                .map(HostileChild::target)
                .toList();
    }

    private static String target(File link) {
        try {
            return Files.readSymbolicLink(link.toPath()).toString();
        } catch (IOException e) {
            return link.getName();
        }
    }
}
