package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the log says of the first things that go wrong, and what a short program still delivers. */
class FirstMinutesTest {
    private static final Event EVENT = Event.of("invoice.paid", Map.of("invoice", "in_42"));

    // ---- a missing start()

    @Test
    void missingStartIsNoticedOnceAfterAMinute() {
        try (SteppedClient node = new SteppedClient();
                Logged logged = new Logged()) {
            node.register("a", "*");
            node.client.publish(EVENT);
            node.keepHouse();
            node.clock.advance(Duration.ofSeconds(59));
            node.keepHouse();
            assertThat(logged.lines("nothing delivers")).isEmpty();

            for (int minute = 0; minute < 3; minute++) {
                node.clock.advance(Duration.ofMinutes(1));
                node.keepHouse();
                node.client.publish(EVENT);
            }

            assertThat(logged.lines("nothing delivers"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("WARN", "Call start()"));
        }
    }

    @Test
    void clientThatOnlyPublishesIsFineWhereAnotherDelivers() {
        try (SteppedClient publisher = new SteppedClient();
                SteppedClient worker = new SteppedClient(publisher).open();
                Logged logged = new Logged()) {
            publisher.register("a", "*");
            for (int minute = 0; minute < 5; minute++) {
                publisher.client.publish(EVENT);
                publisher.keepHouse();
                worker.elapse(Duration.ofMinutes(1));
                publisher.keepHouse();
            }

            assertThat(worker.requestsTo("a")).hasSize(5);
            assertThat(logged.lines("nothing delivers")).isEmpty();
        }
    }

    @Test
    void pausedWebhookIsNoReasonToComplain() {
        try (SteppedClient node = new SteppedClient();
                Logged logged = new Logged()) {
            node.register("a", "*");
            node.client.pause("a");
            node.client.publish(EVENT);
            node.clock.advance(Duration.ofMinutes(2));
            node.keepHouse();

            assertThat(logged.lines("nothing delivers")).isEmpty();
        }
    }

    @Test
    void closingAClientThatWasNeverStartedSaysWhereItsEventsAre() {
        try (Logged logged = new Logged()) {
            try (SteppedClient node = new SteppedClient()) {
                node.register("a", "*");
                node.client.publish(EVENT);
            }

            assertThat(logged.lines("never started"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("INFO", "waits in the store"));
        }
    }

    // ---- the first failure

    @Test
    void firstFailureOfAWebhookIsOneLineWithHostErrorAndNextAttempt() {
        try (SteppedClient node = new SteppedClient().open();
                Logged logged = new Logged()) {
            node.register("a", "*");
            node.transport.answerAll(request -> Answer.of(503));
            node.client.publish(EVENT);
            node.step();
            node.elapse(Duration.ofSeconds(10));

            assertThat(logged.lines("an attempt failed"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains(
                                    "INFO",
                                    "webhook a (https://a.example.com)",
                                    "answered 503",
                                    "next attempt is in 5 s")
                            .doesNotContain("hook/", "/hook"));
        }
    }

    @Test
    void receiverThatFailsNowAndThenIsToldOfOnceAnHour() {
        try (SteppedClient node = new SteppedClient().open();
                Logged logged = new Logged()) {
            node.register("a", "*");
            for (int i = 0; i < 10; i++) {
                node.transport.answer(SteppedClient.url("a"), Answer.failed(Failure.CONNECT));
                node.client.publish(EVENT);
                node.elapse(Duration.ofSeconds(20));
            }

            assertThat(node.requestsTo("a")).hasSize(20);
            assertThat(logged.lines("an attempt failed"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("no connection could be made"));
        }
    }

    @Test
    void logSaysWhatExactlyFailed() {
        try (SteppedClient node = new SteppedClient().open();
                Logged logged = new Logged()) {
            node.register("a", "*");
            node.transport.answerAll(
                    request -> Answer.failed(Failure.TLS, Optional.of(FailureDetail.CERTIFICATE_EXPIRED)));
            node.client.publish(EVENT);
            node.step();

            assertThat(logged.lines("an attempt failed"))
                    .singleElement()
                    .satisfies(
                            line -> assertThat(line).contains("the certificate has expired (TLS); the next attempt"));
            assertThat(node.attempts.get(0).detail()).hasValue(FailureDetail.CERTIFICATE_EXPIRED);
            assertThat(node.attempts.get(0).toString()).contains("TLS CERTIFICATE_EXPIRED");
        }
    }

    @Test
    void failingAndDisabledAreWarningsWithTheLastErrorAndWhatToDo() {
        try (SteppedClient node = new SteppedClient().open();
                Logged logged = new Logged()) {
            node.register("a", "*");
            node.transport.answerAll(request -> Answer.failed(Failure.DNS));
            for (int i = 0; i < 6; i++) {
                node.client.publish(EVENT);
                node.step();
            }
            assertThat(logged.lines("is FAILING"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains(
                                    "WARN",
                                    "webhook a (https://a.example.com)",
                                    "the host name does not resolve",
                                    "Check"));

            node.transport.answerAll(request -> Answer.of(410));
            node.client.publish(EVENT);
            node.elapse(Duration.ofMinutes(6));
            assertThat(logged.lines("is disabled"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("WARN", "(https://a.example.com)", "answered 410", "resume(\"a\")"));

            node.client.resume("a");
            assertThat(logged.lines("is now ACTIVE, HEALTHY")).hasSize(1);
        }
    }

    // ---- a main that publishes and ends

    @Test
    void closeFinishesWhatWasJustPublished() {
        FakeTransport transport = new FakeTransport().answerAll(request -> answerAfter(20));
        int events = 40;
        List<CompletableFuture<Publication>> publications = new ArrayList<>();
        try (WebhookClient client = client(transport, DeliveryStore.inMemory())) {
            client.register(SteppedClient.webhook("a", "*").build());
            for (int i = 0; i < events; i++) {
                publications.add(client.publishAsync(EVENT));
            }
        }

        assertThat(publications).allSatisfy(each -> assertThat(each).isCompleted());

        assertThat(transport.requestsTo(SteppedClient.url("a"))).hasSize(events);
    }

    @Test
    void closeOfAStoreInMemorySaysHowMuchIsLost() {
        try (Logged logged = new Logged()) {
            try (WebhookClient client = client(new FakeTransport(), DeliveryStore.inMemory())) {
                client.register(SteppedClient.webhook("a", "*").build());
                client.publish(Event.builder("later")
                        .deliverAt(Instant.now().plus(Duration.ofDays(1)))
                        .build());
            }

            assertThat(logged.lines("closed a store in memory"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("WARN", "1 delivery that had not ended is lost"));
        }
    }

    @Test
    void closeLeavesRetriesInTheStoreAndEndsInTime() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        FakeTransport transport = new FakeTransport().answerAll(request -> {
            failed.countDown();
            return Answer.of(500);
        });
        long began;
        try (WebhookClient client = client(transport, DeliveryStore.inMemory())) {
            client.register(SteppedClient.webhook("a", "*").build());
            client.publish(EVENT);
            assertThat(failed.await(5, TimeUnit.MINUTES)).isTrue();
            began = System.nanoTime();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
        assertThat(transport.requests()).hasSize(1);
    }

    @Test
    void closeGoesOnForTwoSecondsAtMost() {
        FakeTransport transport = new FakeTransport().answerAll(request -> answerAfter(600));
        DeliveryStore store = DeliveryStore.inMemory();
        long began;
        int events = 200;
        try (WebhookClient client = client(transport, store)) {
            client.register(SteppedClient.webhook("a", "*").build());
            for (int i = 0; i < events; i++) {
                client.publish(EVENT);
            }
            began = System.nanoTime();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
        assertThat(transport.requests()).hasSizeLessThan(events);
    }

    private static WebhookClient client(FakeTransport transport, DeliveryStore store) {
        return WebhookClient.builder()
                .store(store)
                .transport(transport)
                .keepAlive(false)
                .build()
                .start();
    }

    private static Answer answerAfter(long millis) {
        try {
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Answer.of(200);
    }

    // ---- the process

    @Test
    void startedClientKeepsTheProcessAliveUntilItIsClosed() {
        assertThat(keepingAlive()).isEmpty();

        WebhookClient client = WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(new FakeTransport())
                .build();
        assertThat(keepingAlive()).isEmpty();
        client.start();
        List<Thread> alive = keepingAlive();
        client.close();

        assertThat(alive).hasSize(1);
        assertThat(alive).allSatisfy(thread -> {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        });
    }

    private static List<Thread> keepingAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("webhooks4j-") && !thread.isDaemon())
                .toList();
    }
}
