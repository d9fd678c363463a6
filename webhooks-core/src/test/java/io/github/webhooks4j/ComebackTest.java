package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.SteppedMachine;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand webhooks, each of another customer, come back at the same moment. The test turns the clock and lets the answers
 * come: requests that may be under way together are, and all of them are answered at once.
 */
class ComebackTest {
    private static final int WEBHOOKS = 10_000;
    private static final int EVENTS = 4;
    private static final int MAX_IN_FLIGHT = 256;
    private static final List<String> IDS =
            IntStream.range(0, WEBHOOKS).mapToObj(n -> "w" + n).toList();
    private static final List<String> OTHERS =
            IntStream.range(0, 20).mapToObj(n -> "other" + n).toList();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private DeliveryStore store;
    private volatile Duration callTime = Duration.ZERO;
    private final SteppedClient node = new SteppedClient(settings -> {
        SteppedMachine machine = (SteppedMachine) settings.machine;
        machine.sendBy(this::execute);
        store = onItsWay(ManualStore.on(machine.clock()), machine.clock());
        settings.maxInFlight(MAX_IN_FLIGHT)
                .retryPolicy(RetryPolicy.fixed(Duration.ofSeconds(5), 10))
                .store(store);
    });

    // guarded by this
    private int workers;
    private int underWay;
    private int mostUnderWay;
    private int round;
    private final List<String> sent = new ArrayList<>();

    @AfterEach
    void close() {
        threads.shutdownNow();
        node.close();
    }

    /** A store that each call takes some time to get to. */
    private DeliveryStore onItsWay(DeliveryStore target, ManualClock clock) {
        DeliveryStore slowQueue = ForwardingStore.withQueue(target, queue -> new ForwardingQueue(queue) {
            @Override
            protected <T> T around(Supplier<T> call) {
                clock.advance(callTime);
                return call.get();
            }
        });
        return ForwardingStore.withDocuments(slowQueue, documents -> new ForwardingDocuments(documents) {
            @Override
            protected <T> T around(Supplier<T> call) {
                clock.advance(callTime);
                return call.get();
            }
        });
    }

    // ---- rounds

    private void execute(Runnable work) {
        synchronized (this) {
            workers++;
        }
        threads.execute(() -> {
            work.run();
            synchronized (this) {
                workers--;
                notifyAll();
            }
        });
    }

    /** Answers with this status when the round is over. */
    private void answer(int status) {
        node.transport.answerAll(request -> {
            awaitAnswer(request.url());
            return Answer.of(status);
        });
    }

    private synchronized void awaitAnswer(String url) {
        sent.add(url);
        underWay++;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        notifyAll();
        try {
            for (int began = round; round == began; ) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers all that is under way, and returns when everything is that may be then. */
    private void round() throws InterruptedException {
        node.clock.advance(Duration.ofMillis(10));
        synchronized (this) {
            underWay = 0;
            round++;
            notifyAll();
        }
        settle();
        node.record();
        node.client.engine().step();
        settle();
    }

    private synchronized void settle() throws InterruptedException {
        while (underWay < workers) {
            wait();
        }
    }

    private synchronized int requests() {
        return sent.size();
    }

    private void roundsUntil(int requests) throws InterruptedException {
        for (int i = 0; i < 1_000 && requests() < requests; i++) {
            round();
        }
        round(); // and its answers
        assertThat(requests()).isEqualTo(requests);
    }

    // ---- webhooks

    private static String url(String id) {
        return "https://" + id + "-example.com/hook";
    }

    private void register(List<String> ids, String events) {
        ids.forEach(id -> node.client.register(
                Webhook.builder(url(id)).id(id).events(events).unsigned().build()));
    }

    private void publish(String type, int count) {
        for (int i = 0; i < count; i++) {
            node.client.publish(Event.of(type, i));
        }
    }

    @Test
    void retriesThatAreDueAtOnce() throws InterruptedException {
        node.open();
        register(IDS, "old");
        OTHERS.forEach(id -> register(List.of(id), id));
        answer(400);
        publish("old", EVENTS);
        roundsUntil(WEBHOOKS * EVENTS);
        sent.clear();
        node.clock.advance(Duration.ofSeconds(10));
        answer(200);

        comeBack();
    }

    @Test
    void pausedWebhooksThatAreResumedAtOnce() throws InterruptedException {
        register(IDS, "old");
        OTHERS.forEach(id -> register(List.of(id), id));
        setAll("{\"state\":\"PAUSED\"}");
        node.open();
        node.clock.advance(Duration.ofSeconds(2));
        answer(200);
        publish("old", EVENTS);
        node.client.engine().step();
        assertThat(requests()).isZero();
        setAll("{}");
        node.clock.advance(Duration.ofSeconds(2));

        comeBack();
    }

    @Test
    void breakersWhoseTimeHasComeAtOnce() throws InterruptedException {
        register(IDS, "old");
        OTHERS.forEach(id -> register(List.of(id), id));
        long until = node.clock.instant().plusSeconds(30).toEpochMilli();
        setAll("{\"brokenUntil\":" + until + ",\"trips\":1}");
        node.open();
        node.clock.advance(Duration.ofSeconds(2));
        answer(200);
        publish("old", EVENTS);
        node.client.engine().step();
        assertThat(requests()).isZero();
        node.clock.advance(Duration.ofSeconds(30));

        comeBack();
    }

    @Test
    void breakersOfASlowStoreDoNotKeepTheViewOfTheWebhooksFromBeingFresh() {
        register(IDS, "old");
        long until = node.clock.instant().plusSeconds(30).toEpochMilli();
        setAll("{\"brokenUntil\":" + until + ",\"trips\":1}");
        node.open();
        node.clock.advance(Duration.ofSeconds(2));
        publish("old", 1);
        node.client.engine().step();
        node.clock.advance(Duration.ofSeconds(30));
        callTime = Duration.ofMillis(2);

        for (int i = 0; i < 10; i++) {
            Instant began = node.clock.instant();
            node.client.engine().step();
            assertThat(Duration.between(began, node.clock.instant())).isLessThan(Duration.ofSeconds(2));
        }
    }

    /** As if somebody had written it for all of them in one statement. */
    private void setAll(String status) {
        for (String id : IDS) {
            Document webhook = store.documents().find(DocumentKind.WEBHOOK, id).orElseThrow();
            store.documents().saveStatus(DocumentKind.WEBHOOK, id, webhook.statusVersion(), status, List.of());
        }
    }

    /** While it goes on, something is published for another webhook in each round. */
    private void comeBack() throws InterruptedException {
        mostUnderWay = 0;
        node.client.engine().step();
        settle();
        List<Integer> sentBefore = new ArrayList<>();
        for (String id : OTHERS) {
            sentBefore.add(requests());
            publish(id, 1);
            round();
        }
        assertThat(requests()).as("few have had their turn").isLessThanOrEqualTo(WEBHOOKS);
        roundsUntil(WEBHOOKS * EVENTS + OTHERS.size());

        assertThat(mostUnderWay).isEqualTo(MAX_IN_FLIGHT);
        for (int i = 0; i < OTHERS.size(); i++) {
            assertThat(sent.indexOf(url(OTHERS.get(i))) - sentBefore.get(i))
                    .as("requests that went before what was published for %s", OTHERS.get(i))
                    .isLessThanOrEqualTo(MAX_IN_FLIGHT);
        }
        Map<String, Long> requests = sent.stream().collect(Collectors.groupingBy(url -> url, Collectors.counting()));
        assertThat(IDS).allSatisfy(id -> assertThat(requests.get(url(id))).isEqualTo(EVENTS));
        assertThat(node.ended)
                .hasSize(WEBHOOKS * EVENTS + OTHERS.size())
                .allSatisfy(delivery -> assertThat(delivery.state()).isEqualTo(DeliveryState.DELIVERED));
    }
}
