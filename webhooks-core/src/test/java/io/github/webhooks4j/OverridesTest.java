package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.SteppedMachine;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.Want;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a webhook has of its own in the place of what its client says, on a clock that is turned by hand. */
class OverridesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final RetryPolicy MINUTELY = RetryPolicy.fixed(Duration.ofMinutes(1), 3);

    private final SteppedClient node = new SteppedClient(
            settings -> settings.retryPolicy("minutely", MINUTELY).requestTimeout(Duration.ofSeconds(15)));
    private SteppedClient other;

    @AfterEach
    void close() {
        node.close();
        if (other != null) {
            other.close();
        }
    }

    private Webhook.Builder webhook() {
        return SteppedClient.webhook("a", "*");
    }

    private Webhook register(Webhook.Builder webhook) {
        Webhook registered = node.open().client.register(webhook.build());
        node.clock.advance(SECOND);
        return registered;
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            node.client.publish(Event.builder("n").id("e" + i).build());
        }
    }

    private List<Problem> problems(Webhook.Builder webhook) {
        return node.client.check(webhook.build());
    }

    private DeliveryState state(String id) {
        return Histories.find(node.store, Optional.empty(), id, "a")
                .orElseThrow()
                .state();
    }

    // ---- retry policy

    @Test
    void policyOfItsOwnDecidesWhenToTryAgain() {
        register(webhook().retryPolicy(RetryPolicy.fixed(Duration.ofHours(1), 2)));
        node.transport.answerAll(request -> Answer.of(500));
        publish(1);
        node.record();
        node.elapse(Duration.ofMinutes(59));
        assertThat(node.attempts).hasSize(1);

        node.elapse(Duration.ofMinutes(2));

        assertThat(node.attempts).hasSize(2);
        assertThat(state("e0")).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @Test
    void policyCanBeOneThatTheApplicationRegistered() {
        register(webhook().retryPolicy(RetryPolicy.custom("minutely")));
        node.transport.answerAll(request -> Answer.of(500));
        publish(1);
        node.record();
        node.elapse(Duration.ofMinutes(1).plus(SECOND));
        node.elapse(Duration.ofMinutes(1).plus(SECOND));

        assertThat(node.attempts).hasSize(3);
        assertThat(state("e0")).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @Test
    void whereAPolicyIsNotRegisteredDeliveriesWaitForANodeThatHasIt() {
        register(webhook().retryPolicy(RetryPolicy.custom("minutely")));
        other = new SteppedClient(node).open(); // has none of this name

        other.client.publish(Event.builder("n").id("e0").build());
        other.elapse(Duration.ofSeconds(5));
        assertThat(other.requestsTo("a")).isEmpty();

        node.elapse(Duration.ofSeconds(5));
        assertThat(node.requestsTo("a")).hasSize(1);
    }

    @Test
    void clientsOwnPolicyCanBeNamedToo() {
        try (SteppedClient named = new SteppedClient(
                settings -> settings.retryPolicy("minutely", MINUTELY).retryPolicy(RetryPolicy.custom("minutely")))) {
            named.open().register("a", "*");
            named.clock.advance(SECOND);
            named.transport.answerAll(request -> Answer.of(500));
            named.client.publish(Event.builder("n").build());
            named.record();
            named.elapse(Duration.ofMinutes(1).plus(SECOND));
            assertThat(named.attempts).hasSize(2);
        }
        assertThatThrownBy(() -> new SteppedClient(settings -> settings.retryPolicy(RetryPolicy.custom("none"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retryPolicy(\"none\", …)");
    }

    // ---- success codes

    @Test
    void onlyTheCodesThatAreNamedMeanDelivered() {
        register(webhook().successCodes(200, 404));
        List<Integer> answers = List.of(204, 404, 200);
        node.transport.answerAll(
                request -> Answer.of(answers.get(node.requestsTo("a").size() - 1)));
        for (int i = 0; i < 3; i++) {
            node.client.publish(Event.builder("n").id("e" + i).build());
            node.record();
        }

        assertThat(state("e0")).as("204").isEqualTo(DeliveryState.PENDING);
        assertThat(state("e1")).as("404").isEqualTo(DeliveryState.DELIVERED);
        assertThat(state("e2")).as("200").isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void goneIsDeliveredWhereItIsNamed() {
        register(webhook().successCodes(410));
        node.transport.answerAll(request -> Answer.of(410));
        publish(1);
        node.record();

        assertThat(state("e0")).isEqualTo(DeliveryState.DELIVERED);
        assertThat(node.client.find("a").orElseThrow().state()).isEqualTo(Webhook.State.ACTIVE);
    }

    @Test
    void otherwiseGoodStatusesThatAreNotNamedMakeAWebhookFail() {
        register(webhook().successCodes(200).retryPolicy(RetryPolicy.none()));
        node.transport.answerAll(request -> Answer.of(204));
        publish(5);
        node.record();

        assertThat(node.client.find("a").orElseThrow().health()).isEqualTo(Webhook.Health.FAILING);
    }

    // ---- timeout and concurrency

    @Test
    void timeoutOfItsOwnIsTheRequestsTimeout() {
        register(webhook().timeout(Duration.ofSeconds(3)));
        publish(1);
        assertThat(node.requestsTo("a"))
                .singleElement()
                .extracting(Transport.Request::timeout)
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void concurrencyOfItsOwnBoundsWhatIsUnderWay() {
        List<Runnable> workers = new ArrayList<>();
        try (SteppedClient held =
                new SteppedClient(settings -> ((SteppedMachine) settings.machine).sendBy(workers::add))) {
            held.open().client.register(webhook().concurrency(2).build());
            held.clock.advance(SECOND);
            for (int i = 0; i < 9; i++) {
                held.client.publish(Event.of("n", i));
            }
            assertThat(workers).as("each makes one request at a time").hasSize(2);
            held.client.update(held.client.find("a").orElseThrow().toBuilder()
                    .concurrency(3)
                    .build());
            held.client.publish(Event.of("n", "one more"));
            assertThat(workers).hasSize(3);
            workers.forEach(Runnable::run);
        }
    }

    // ---- rate limit

    @Test
    void rateLimitHoldsOverTwoNodesAndUsesNoAttempts() {
        register(webhook().rateLimit(RateLimit.of(5, SECOND)));
        other = new SteppedClient(node).open();
        other.elapse(SECOND);
        List<Instant> starts = new ArrayList<>();
        node.transport.answerAll(request -> started(starts));
        other.transport.answerAll(request -> started(starts));
        Random random = new Random(4);
        publish(200);
        assertThat(starts).as("none is born leased").isEmpty();

        for (int i = 0; i < 2_000 && starts.size() < 200; i++) {
            node.clock.advance(Duration.ofMillis(25));
            boolean nodeFirst = random.nextBoolean();
            (nodeFirst ? node : other).step();
            (nodeFirst ? other : node).step();
        }

        assertThat(starts).hasSize(200);
        assertThat(node.requestsTo("a")).as("both take part").hasSizeBetween(50, 150);
        for (int from = 0; from < starts.size(); from++) {
            for (int to = from; to < starts.size(); to++) {
                double seconds =
                        Duration.between(starts.get(from), starts.get(to)).toNanos() / 1e9;
                assertThat((double) to - from + 1).isLessThanOrEqualTo(5 + 5 * seconds);
            }
        }
        assertThat(Duration.between(starts.get(0), starts.get(199)))
                .as("and is used")
                .isLessThan(Duration.ofSeconds(42));
        node.record();
        other.record();
        assertThat(Histories.attempts(node.store, Optional.empty(), "e199", "a"))
                .extracting(Attempt::number)
                .containsExactly(1);
    }

    private Answer started(List<Instant> starts) {
        starts.add(node.clock.now());
        return Answer.of(200);
    }

    @Test
    void whatCannotStartInTimeIsGivenBackAndUsesNoAttempt() {
        Deque<Runnable> workers = new ArrayDeque<>();
        try (SteppedClient slow =
                new SteppedClient(settings -> ((SteppedMachine) settings.machine).sendBy(workers::add))) {
            slow.open()
                    .client
                    .register(webhook().rateLimit(RateLimit.of(5, SECOND)).build());
            slow.clock.advance(SECOND);
            slow.client.publish(Event.builder("n").id("e0").build());
            slow.step();
            assertThat(workers).hasSize(1);
            slow.clock.advance(Duration.ofMillis(251));
            workers.remove().run();
            slow.record();
            assertThat(slow.requestsTo("a")).isEmpty();

            slow.step();
            workers.remove().run();
            slow.record();
            assertThat(slow.requestsTo("a")).hasSize(1);
            assertThat(slow.attempts).extracting(Attempt::number).containsExactly(1);
        }
    }

    @Test
    void limitThatIsTakenAwayHoldsNothingBack() {
        register(webhook().rateLimit(RateLimit.of(1, Duration.ofDays(1))));
        publish(20);
        node.elapse(Duration.ofSeconds(10));
        assertThat(node.requestsTo("a")).hasSize(1);

        node.client.update(node.client.find("a").orElseThrow().toBuilder()
                .withoutOverrides()
                .build());
        node.elapse(Duration.ofSeconds(10));

        assertThat(node.requestsTo("a")).hasSize(20);
    }

    @Test
    void limitedWebhookDoesNotHoldUpOthers() {
        register(webhook().rateLimit(RateLimit.of(1, Duration.ofDays(1))));
        node.register("b", "*");
        publish(50);
        node.elapse(Duration.ofSeconds(10));

        assertThat(node.requestsTo("a")).hasSize(1);
        assertThat(node.requestsTo("b")).hasSize(50);
    }

    @Test
    void limitThatIsNewCountsForWhatIsHeldAlready() {
        Deque<Runnable> workers = new ArrayDeque<>();
        try (SteppedClient late =
                new SteppedClient(settings -> ((SteppedMachine) settings.machine).sendBy(workers::add))) {
            late.open().client.register(webhook().build());
            late.clock.advance(SECOND);
            for (int i = 0; i < 20; i++) {
                late.client.publish(Event.of("n", i));
            }
            late.client.update(late.client.find("a").orElseThrow().toBuilder()
                    .rateLimit(RateLimit.of(1, Duration.ofDays(1)))
                    .build());
            for (int i = 0; i < 10; i++) {
                while (!workers.isEmpty()) {
                    workers.remove().run();
                }
                late.record();
                late.clock.advance(SECOND);
                late.step();
            }

            assertThat(late.requestsTo("a")).hasSize(1);
            assertThat(late.attempts).extracting(Attempt::number).containsExactly(1);
        }
    }

    @Test
    void limitThatIsRaisedCountsAtOnce() {
        register(webhook().rateLimit(RateLimit.of(1, Duration.ofDays(1))));
        publish(20);
        node.elapse(Duration.ofSeconds(10));
        assertThat(node.requestsTo("a")).hasSize(1);

        Webhook.Builder faster = node.client.find("a").orElseThrow().toBuilder();
        node.client.update(faster.rateLimit(RateLimit.of(100, SECOND)).build());
        node.elapse(Duration.ofSeconds(10));

        assertThat(node.requestsTo("a")).hasSize(20);
    }

    @Test
    void slowStoreMakesALimitedWebhookSlowerAndDoesNotStopIt() {
        try (SteppedClient slow = new SteppedClient(settings -> settings.store(slowly(settings)))) {
            slow.open()
                    .client
                    .register(webhook()
                            .rateLimit(RateLimit.of(10, SECOND).withBurst(2))
                            .build());
            slow.clock.advance(SECOND);
            for (int i = 0; i < 20; i++) {
                slow.client.publish(Event.of("n", i));
            }
            for (int i = 0; i < 500; i++) {
                slow.clock.advance(Duration.ofMillis(20));
                slow.step();
            }

            assertThat(slow.requestsTo("a")).hasSize(20);
            assertThat(slow.attempts).extracting(Attempt::number).containsOnly(1);
        }
    }

    /** The store of these settings, of which each claim takes 80 ms. */
    private static DeliveryStore slowly(ClientSettings settings) {
        ManualClock clock = ((SteppedMachine) settings.machine).clock();
        return ForwardingStore.withQueue(settings.store(), queue -> new ForwardingQueue(queue) {
            @Override
            public ClaimBatch claim(List<Want> wants, Duration lease) {
                clock.advance(Duration.ofMillis(40));
                ClaimBatch batch = super.claim(wants, lease);
                clock.advance(Duration.ofMillis(40));
                return batch;
            }
        });
    }

    // ---- how they are kept

    @Test
    void overridesAreStored() {
        RetryPolicy policy = RetryPolicy.schedule(SECOND, Duration.ofMinutes(5)).withJitter(0.25);
        register(webhook()
                .retryPolicy(policy)
                .successCodes(200, 201)
                .timeout(Duration.ofSeconds(3))
                .concurrency(2)
                .rateLimit(RateLimit.of(100, Duration.ofMinutes(1)).withBurst(10)));
        other = new SteppedClient(node).open();

        Webhook read = other.client.find("a").orElseThrow();

        assertThat(read.retryPolicy().orElseThrow().toString()).isEqualTo(policy.toString());
        assertThat(read.successCodes()).isEqualTo(Set.of(200, 201));
        assertThat(read.timeout()).contains(Duration.ofSeconds(3));
        assertThat(read.concurrency()).hasValue(2);
        assertThat(read.rateLimit())
                .contains(RateLimit.of(100, Duration.ofMinutes(1)).withBurst(10));
    }

    @Test
    void updateKeepsThemUnlessTheyAreSetAnew() {
        register(webhook().timeout(Duration.ofSeconds(3)).concurrency(2));

        node.client.register(webhook().name("new").build());
        assertThat(node.client.find("a").orElseThrow().timeout()).contains(Duration.ofSeconds(3));

        node.client.register(webhook().concurrency(1).build());
        Webhook anew = node.client.find("a").orElseThrow();
        assertThat(anew.concurrency()).hasValue(1);
        assertThat(anew.timeout()).isEmpty();

        node.client.update(anew.toBuilder().timeout(SECOND).build());
        Webhook more = node.client.find("a").orElseThrow();
        assertThat(more.concurrency()).hasValue(1);
        assertThat(more.timeout()).contains(SECOND);
    }

    @Test
    void whatCannotBeKeptIsRefusedWithTheRemedy() {
        assertThat(problems(webhook().retryPolicy(attempt -> Optional.empty())))
                .extracting(Problem::code)
                .containsExactly("retryPolicy.unstorable");
        assertThat(problems(webhook().retryPolicy(RetryPolicy.custom("none"))))
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .contains("builder().retryPolicy(\"none\", …)");
        assertThat(problems(webhook().retryPolicy(RetryPolicy.custom("no\nname"))))
                .extracting(Problem::code)
                .containsExactly("retryPolicy.form");
        assertThat(problems(webhook()
                        .successCodes(199, 600)
                        .timeout(Duration.ofSeconds(16))
                        .concurrency(65)
                        .rateLimit(RateLimit.of(0, SECOND))))
                .extracting(Problem::code)
                .containsExactly("successCodes.form", "timeout.range", "concurrency.range", "rateLimit.range");
        assertThat(problems(webhook().timeout(Duration.ofMillis(999))))
                .extracting(Problem::code)
                .containsExactly("timeout.range");
        assertThat(problems(webhook().timeout(Duration.ofNanos(1_500_000_001)))).hasSize(1);
        assertThat(problems(webhook().timeout(Duration.ZERO).concurrency(0)))
                .extracting(Problem::field)
                .containsExactly("timeout", "concurrency");
    }

    @Test
    void whatANewerVersionOverridesIsNotGuessedAt() {
        register(webhook().timeout(SECOND));
        Document stored = node.store.documents().find(DocumentKind.WEBHOOK, "a").orElseThrow();
        String settings = stored.settings()
                .replace("\"timeout\":", "\"rateLimit\":{\"requests\":0,\"per\":1,\"burst\":1},\"timeout\":");
        node.store
                .documents()
                .save(
                        Document.of(
                                DocumentKind.WEBHOOK,
                                "a",
                                stored.tenant(),
                                stored.version(),
                                settings,
                                stored.secrets()),
                        List.of());
        node.elapse(Duration.ofSeconds(2));

        publish(1);
        node.elapse(Duration.ofSeconds(2));
        assertThat(node.requestsTo("a")).as("held for a node that can read it").isEmpty();

        node.client.register(webhook().timeout(SECOND).build());
        node.elapse(Duration.ofSeconds(10));
        assertThat(node.requestsTo("a")).hasSize(1);
    }
}
