package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.TooManyTestsException;
import io.github.webhooks4j.machine.Machine;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many test calls there may be, and how they end with their client. On real threads. */
class TestCallBoundsTest {
    private static final Event PING = Event.of("ping", 1);

    private SteppedClient node =
            new SteppedClient(settings -> settings.on(Machine.system()).requestTimeout(Duration.ofSeconds(30)));
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
        node.close();
    }

    private void register(String id, String tenant) {
        Webhook.Builder webhook = SteppedClient.webhook(id, "*");
        node.client.register((tenant.isEmpty() ? webhook : webhook.tenant(tenant)).build());
    }

    private List<String> registerSeveral(int number, String tenant) {
        List<String> ids = IntStream.range(0, number).mapToObj(i -> tenant + i).toList();
        ids.forEach(id -> register(id, tenant));
        return ids;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void fiftyThreadsAtOnceStayWithinEightRequestsAndTwoOfATenant() throws Exception {
        int tenants = 5;
        IntStream.range(0, tenants).forEach(i -> register("a" + i, "t" + i));
        CountDownLatch eight = new CountDownLatch(8);
        AtomicInteger all = new AtomicInteger();
        AtomicInteger mostOfAll = new AtomicInteger();
        Map<String, AtomicInteger> each = new ConcurrentHashMap<>();
        AtomicInteger mostOfOne = new AtomicInteger();
        node.transport.answerAll(request -> {
            AtomicInteger one = each.computeIfAbsent(request.url(), url -> new AtomicInteger());
            mostOfAll.accumulateAndGet(all.incrementAndGet(), Math::max);
            mostOfOne.accumulateAndGet(one.incrementAndGet(), Math::max);
            eight.countDown();
            await(eight);
            one.decrementAndGet();
            all.decrementAndGet();
            return Answer.of(200);
        });
        CyclicBarrier together = new CyclicBarrier(50);
        List<Future<Attempt>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String id = "a" + i % tenants;
            answers.add(threads.submit(() -> {
                together.await();
                return node.client.test(id, "ping");
            }));
        }

        for (Future<Attempt> answer : answers) {
            assertThat(answer.get().status()).hasValue(200);
        }
        assertThat(mostOfAll).hasValue(8);
        assertThat(mostOfOne).hasValue(2);
        assertThatThrownBy(() -> node.client.test("a0", "ping")).isInstanceOf(TooManyTestsException.class);
        assertThat(node.transport.requests()).hasSize(50);
    }

    @Test
    void webhooksOfOneCallAreSentToTwoAtATime() {
        List<String> ids = registerSeveral(6, "");
        CyclicBarrier two = new CyclicBarrier(2);
        node.transport.answerAll(request -> {
            try {
                two.await();
                return Answer.of(200);
            } catch (Exception e) {
                return Answer.of(500);
            }
        });

        Map<String, Attempt> answers = node.client.test(ids, PING);

        assertThat(answers.keySet()).containsExactlyElementsOf(ids);
        assertThat(answers.values()).allMatch(answer -> answer.status().orElse(0) == 200);
    }

    @Test
    void callForMoreWebhooksThanTheRateLeavesSendsNothing() {
        List<String> ids = registerSeveral(4, "acme");
        register("other", "");
        List<String> all = new ArrayList<>(ids);
        all.add(0, "other");
        node.client.test(ids, PING);
        node.client.test(ids, PING);
        int sent = node.transport.requests().size();

        assertThatThrownBy(() -> node.client.test(all, PING))
                .isInstanceOf(TooManyTestsException.class)
                .hasMessageContaining("of tenant acme")
                .hasMessageContaining("2 are left now, and 4 were asked for");

        assertThat(node.transport.requests()).hasSize(sent);
        assertThat(node.client.test(ids.subList(0, 2), PING)).hasSize(2);
    }

    @Test
    void draftsCountForTheRateOfTheirTenant() {
        Webhook draft = SteppedClient.webhook("a", "*").tenant("acme").build();
        for (int i = 0; i < 10; i++) {
            node.client.test(draft, PING);
        }

        assertThatThrownBy(() -> node.client.test(draft, PING)).isInstanceOf(TooManyTestsException.class);
    }

    @Test
    void whoseTurnDoesNotComeWithinTheRequestTimeOutIsRefused() throws Exception {
        node.close();
        node = new SteppedClient(settings -> settings.on(Machine.system()).requestTimeout(Duration.ofMillis(50)));
        register("a", "");
        CountDownLatch began = new CountDownLatch(2);
        CountDownLatch over = new CountDownLatch(1);
        node.transport.answerAll(request -> {
            began.countDown();
            await(over);
            return Answer.of(200);
        });
        Future<Attempt> first = threads.submit(() -> node.client.test("a", "ping"));
        Future<Attempt> second = threads.submit(() -> node.client.test("a", "ping"));
        began.await();

        assertThatThrownBy(() -> node.client.test("a", "ping"))
                .isInstanceOfSatisfying(
                        TooManyTestsException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(50)));

        over.countDown();
        assertThat(first.get().status()).hasValue(200);
        assertThat(second.get().status()).hasValue(200);
        assertThat(node.transport.requests()).hasSize(2);
    }

    @Test
    void interruptedCallerGetsItsAnswerAndStaysInterrupted() {
        register("a", "");

        Thread.currentThread().interrupt();
        Attempt answer = node.client.test("a", "ping");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer.status()).hasValue(200);
        assertThat(node.client.deliveries().list(DeliveryQuery.all()).items()).hasSize(1);
    }

    // ---- the end of the client

    @Test
    void closeWaitsForATestThatIsUnderWay() throws Exception {
        register("a", "");
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        CompletableFuture<Boolean> wasClosed = new CompletableFuture<>();
        node.transport.answerAll(request -> {
            began.countDown();
            await(over);
            wasClosed.complete(node.transport.isClosed());
            return Answer.of(200);
        });
        Future<Attempt> test = threads.submit(() -> node.client.test("a", "ping"));
        began.await();
        Thread closing = new Thread(node.client::close);
        closing.start();
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        over.countDown();

        assertThat(test.get().status()).hasValue(200);
        closing.join();
        assertThat(wasClosed.get()).isFalse();
        assertThat(node.transport.isClosed()).isTrue();
        SteppedClient other = new SteppedClient(node);
        assertThat(other.client.deliveries().list(DeliveryQuery.all()).items()).hasSize(1);
        other.close();
    }

    @Test
    void closeCutsOffATestThatTakesLongerThanTheRequestTimeOut() throws Exception {
        node.close();
        node = new SteppedClient(settings -> settings.on(Machine.system()).requestTimeout(Duration.ofMillis(50)));
        register("a", "");
        CountDownLatch began = new CountDownLatch(1);
        node.transport.answerAll(request -> hang(began));
        Future<Attempt> test = threads.submit(() -> node.client.test("a", "ping"));
        began.await();

        node.close();

        assertThat(test.get().failure()).hasValue(Failure.OURS);
    }

    private static Answer hang(CountDownLatch began) {
        began.countDown();
        try {
            new CountDownLatch(1).await();
            return Answer.of(200);
        } catch (InterruptedException e) {
            return Answer.failed(Failure.OURS);
        }
    }
}
