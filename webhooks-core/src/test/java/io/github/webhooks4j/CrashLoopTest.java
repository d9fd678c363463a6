package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.engine.LeaseTerms;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Processes that end again and again before they have recorded anything. A life is a client that is left alone at some moment: what
 * it has claimed or sent by then is never recorded nor given back.
 */
class CrashLoopTest {
    private static final Duration LEASE = LeaseTerms.of(Duration.ofSeconds(15)).lease();
    private static final String POISON = "poison";

    private final SteppedClient first = new SteppedClient();
    private final Set<String> sent = new HashSet<>();
    private boolean dead;

    private static String id(Transport.Request request) {
        return request.headers().get("webhook-id");
    }

    /** A process that starts now. */
    private SteppedClient life() {
        dead = false;
        SteppedClient life = new SteppedClient(first);
        life.transport.answerAll(request -> {
            if (dead) {
                return Answer.of(503); // it was not sent: nothing of a dead process is recorded
            }
            sent.add(id(request));
            dead = id(request).equals(POISON);
            return Answer.of(200);
        });
        life.client.start();
        return life;
    }

    /** Lets a process work until so much time has passed, or it has sent what ends it. */
    private SteppedClient live(Duration atMost) {
        SteppedClient life = life();
        for (Duration lived = Duration.ZERO; lived.compareTo(atMost) <= 0; lived = lived.plusSeconds(1)) {
            life.client.engine().step();
            if (dead) {
                return life;
            }
            life.record();
            first.clock.advance(Duration.ofSeconds(1));
        }
        return life;
    }

    private void publish(String webhookId, String... ids) {
        first.register(webhookId, webhookId);
        publishMore(webhookId, ids);
    }

    private void publishMore(String type, String... ids) {
        first.client.publishAll(List.of(ids).stream()
                .map(id -> Event.builder(type).id(id).data(id).build())
                .toList());
    }

    private DeliveryState state(String eventId, String webhookId) {
        return Histories.find(first.store, Optional.empty(), eventId, webhookId)
                .map(Delivery::state)
                .orElseThrow();
    }

    private static String[] ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    /** As many lives as claim everything once, and end at their first request. */
    private void crash(int lives) {
        for (int i = 0; i < lives; i++) {
            SteppedClient life = life();
            life.transport.answerAll(request -> Answer.of(503));
            life.client.engine().step();
            first.clock.advance(LEASE);
        }
    }

    @Test
    void fiftyCrashesEndNothingAndEverythingArrivesOnceAProcessLives() {
        publish("a", ids("a", 8));
        publish("b", ids("b", 300));

        crash(50);

        assertThat(state("a0", "a")).isEqualTo(DeliveryState.PENDING);
        SteppedClient life = live(LEASE.multipliedBy(3));
        assertThat(sent).hasSize(308);
        assertThat(life.ended)
                .hasSize(308)
                .allSatisfy(delivery -> assertThat(delivery.state()).isEqualTo(DeliveryState.DELIVERED));
        assertThat(life.attempts)
                .allSatisfy(attempt -> assertThat(attempt.number()).isEqualTo(1));
    }

    @Test
    void livesOfAnyLengthEndNothing() {
        Random random = new Random(20);
        publish("a", ids("a", 8));
        List<String> published = new ArrayList<>(List.of(ids("a", 8)));
        for (int i = 0; i < 50; i++) {
            publishMore("a", "more" + i);
            published.add("more" + i);
            SteppedClient life = life();
            life.transport.answerAll(request -> Answer.of(200));
            for (int second = random.nextInt(90); second > 0; second--) {
                life.client.engine().step(); // sends, and never records
                first.clock.advance(Duration.ofSeconds(1));
            }
        }

        SteppedClient life = live(Duration.ofHours(2));

        assertThat(sent).containsExactlyInAnyOrderElementsOf(published);
        assertThat(life.ended)
                .hasSize(published.size())
                .allSatisfy(delivery -> assertThat(delivery.state()).isEqualTo(DeliveryState.DELIVERED));
    }

    /** Whatever is sent just before it would be lost with it each time, if it were sent before that is recorded. */
    @Test
    void whatIsSentBeforeTheOneThatEndsEachProcessDoesNotEndWithIt() {
        publish("a", "innocent", POISON);

        liveUntilPoisonEnds();

        assertThat(state("innocent", "a")).isEqualTo(DeliveryState.DELIVERED);
        assertThat(state(POISON, "a")).isEqualTo(DeliveryState.ABANDONED);
    }

    @Test
    void whatEndsEachProcessEndsAloneAndIsToldOnce() {
        publish("a", ids("a", 40));
        publishMore("a", POISON);
        publish("b", ids("b", 40));

        List<Delivery> ended = liveUntilPoisonEnds();

        assertThat(state(POISON, "a")).isEqualTo(DeliveryState.ABANDONED);
        assertThat(ended.stream().filter(each -> each.state() == DeliveryState.ABANDONED))
                .extracting(Delivery::eventId)
                .containsExactly(POISON);
        for (String webhook : List.of("a", "b")) {
            for (String id : ids(webhook, 40)) {
                assertThat(state(id, webhook)).as(id).isEqualTo(DeliveryState.DELIVERED);
            }
        }
    }

    /** What processes, one after the other, tell of what ended. */
    private List<Delivery> liveUntilPoisonEnds() {
        List<Delivery> ended = new ArrayList<>();
        int crashes = 0;
        for (int lives = 0; state(POISON, "a") == DeliveryState.PENDING; lives++) {
            assertThat(lives).isLessThan(40);
            SteppedClient life = live(Duration.ofHours(2));
            ended.addAll(life.ended);
            crashes += dead ? 1 : 0;
            assertThat(crashes).isLessThanOrEqualTo(12);
        }

        assertThat(crashes).isEqualTo(10);
        return ended;
    }

    @Test
    void thousandsOfInnocentsAreSentAsFastAsSuspectsMayBe() {
        int innocents = 5_000;
        publish("a", ids("a", innocents));
        crash(4);
        sent.clear();

        live(LEASE.plusSeconds(2 * innocents / 64));

        assertThat(sent).hasSize(innocents);
    }

    @Test
    void aSuspectThatIsGivenBackStaysOne() {
        publish("a", "one");
        crash(6);
        SteppedClient life = live(LEASE.minusSeconds(5));
        assertThat(sent)
                .as("within its first lease, a process sends no suspect")
                .isEmpty();
        life.client.close();

        live(LEASE.minusSeconds(5));
        assertThat(sent).isEmpty();
        live(LEASE.plusSeconds(5));
        assertThat(sent).containsExactly("one");
    }

    /** As when a proxy is away: such an attempt ends without an outcome, and ends no process. */
    @Test
    void troubleOfOursIsNoCrash() {
        publish("a", "one");
        crash(6);
        SteppedClient life = life();
        life.transport.answerAll(request -> Answer.failed(Failure.OURS));

        for (int second = 0; second < 600; second++) {
            life.client.engine().step();
            life.record();
            first.clock.advance(Duration.ofSeconds(1));
        }

        assertThat(life.requestsTo("a")).hasSizeGreaterThan(5);
        assertThat(state("one", "a")).isEqualTo(DeliveryState.PENDING);
    }
}
