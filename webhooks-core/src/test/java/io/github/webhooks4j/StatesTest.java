package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.Webhook.DisabledReason;
import io.github.webhooks4j.Webhook.Health;
import io.github.webhooks4j.Webhook.State;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.machine.SteppedMachine;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** States and health of webhooks, on one node or two, on a clock that is turned by hand. */
class StatesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SteppedClient node = new SteppedClient(
            settings -> settings.concurrencyPerWebhook(1).retryPolicy(RetryPolicy.fixed(Duration.ofHours(1), 1_000)));
    private SteppedClient other;

    @AfterEach
    void close() {
        node.close();
        if (other != null) {
            other.close();
        }
    }

    private void register() {
        node.open().register("a", "*");
        node.clock.advance(SECOND);
    }

    private Publication publish(String id) {
        return node.client.publish(Event.builder("n").id(id).build());
    }

    private Webhook stored() {
        return node.client.find("a").orElseThrow();
    }

    private List<String> sent() {
        return node.requestsTo("a").stream()
                .map(request -> request.headers().get("webhook-id"))
                .toList();
    }

    private void answer(int status) {
        node.transport.answerAll(request -> Answer.of(status));
    }

    private void secondNode() {
        other = new SteppedClient(node).open();
    }

    // ---- pause and resume

    @Test
    void pausedWebhookHoldsWhatComesAndSendsItInOrderWhenItIsResumed() {
        register();
        assertThat(node.client.pause("a").state()).isEqualTo(State.PAUSED);
        List<String> ids = IntStream.range(0, 1_000).mapToObj(n -> "e" + n).toList();
        for (String id : ids) {
            assertThat(publish(id).deliveries()).isEqualTo(1);
            node.clock.advance(Duration.ofMillis(1));
        }
        node.elapse(Duration.ofMinutes(1));
        assertThat(sent()).isEmpty();

        secondNode(); // as after a restart
        other.client.resume("a");
        node.transport.answerAll(request -> Answer.of(200));
        for (int i = 0;
                i < 200 && node.requestsTo("a").size() + other.requestsTo("a").size() < 1_000;
                i++) {
            other.elapse(SECOND);
        }

        assertThat(other.requestsTo("a"))
                .extracting(request -> request.headers().get("webhook-id"))
                .containsExactlyElementsOf(ids);
        assertThat(other.client.find("a").orElseThrow().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void pendingRetryIsHeldAndNoRequestIsMadeWhilePaused() {
        register();
        answer(500);
        publish("e");
        node.record();
        node.client.pause("a");
        node.elapse(Duration.ofDays(2));
        assertThat(sent()).containsExactly("e");

        answer(200);
        node.client.resume("a");
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).containsExactly("e", "e");
        assertThat(node.ended).singleElement().extracting(Delivery::state).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void pauseOnAnotherNodeIsObeyedWithinTwoSeconds() {
        register();
        answer(500);
        publish("e");
        node.record();
        secondNode();
        node.clock.advance(Duration.ofMinutes(59));
        node.step();
        other.client.pause("a");
        node.clock.advance(Duration.ofSeconds(2));
        node.step();

        node.elapse(Duration.ofHours(2));

        assertThat(sent()).hasSize(1);
    }

    static Stream<Arguments> races() {
        Consumer<WebhookClient> pause = client -> client.pause("a");
        Consumer<WebhookClient> disable = client -> client.disable("a");
        Consumer<WebhookClient> resume = client -> client.resume("a");
        return Stream.of(
                argumentSet("active, paused, disabled", resume, pause, disable, State.PAUSED, List.of(State.DISABLED)),
                argumentSet("active, disabled, paused", resume, disable, pause, State.DISABLED, List.of()),
                argumentSet(
                        "paused, disabled, resumed", pause, disable, resume, State.DISABLED, List.of(State.ACTIVE)));
    }

    /** The second has read the webhook when the first changes it. */
    @ParameterizedTest
    @MethodSource("races")
    void ofTwoNodesThatChangeAtOnceTheSecondChangesWhatTheFirstHasMade(
            Consumer<WebhookClient> before,
            Consumer<WebhookClient> first,
            Consumer<WebhookClient> second,
            State toldByTheFirst,
            List<State> toldByTheSecond) {
        register();
        before.accept(node.client);
        node.record();
        node.changed.clear();
        Runnable[] between = {() -> {}};
        other = new SteppedClient(
                        node, settings -> settings.store(afterTheFirstFind(settings.store(), () -> between[0].run())))
                .open();
        between[0] = () -> first.accept(node.client);
        second.accept(other.client);
        node.record();
        other.record();

        assertThat(node.changed).extracting(Webhook::state).containsExactly(toldByTheFirst);
        assertThat(other.changed).extracting(Webhook::state).containsExactlyElementsOf(toldByTheSecond);
        assertThat(stored().state()).isEqualTo(toldByTheSecond.isEmpty() ? toldByTheFirst : toldByTheSecond.get(0));
    }

    @Test
    void whatIsHeldForFourteenDaysIsExhausted() {
        register();
        node.client.pause("a");
        publish("e");
        node.elapse(Duration.ofDays(13));
        assertThat(node.ended).isEmpty();

        node.elapse(Duration.ofDays(1).plusHours(2));

        assertThat(node.ended).singleElement().extracting(Delivery::state).isEqualTo(DeliveryState.EXHAUSTED);
        assertThat(sent()).isEmpty();
    }

    @Test
    void deliveryIsAttemptedForSevenDaysAtMostNotCountingTheTimeItWasHeld() {
        register();
        answer(500);
        publish("e");
        node.record();
        node.client.pause("a");
        node.clock.advance(Duration.ofDays(10));
        node.client.resume("a");
        node.elapse(Duration.ofSeconds(10));
        assertThat(sent()).hasSize(2);

        // No more failures than it takes to be disabled: it succeeds with others meanwhile.
        for (int day = 0; day < 8; day++) {
            node.transport.answer(SteppedClient.url("a"), Answer.of(200));
            publish("good" + day);
            node.elapse(Duration.ofDays(1));
        }

        assertThat(node.ended)
                .filteredOn(delivery -> delivery.eventId().equals("e"))
                .singleElement()
                .extracting(Delivery::state)
                .isEqualTo(DeliveryState.EXHAUSTED);
    }

    // ---- by hand

    @Test
    void disabledByHandItLosesWhatIsPendingAndGetsNothing() {
        register();
        node.client.pause("a");
        publish("pending");

        Webhook disabled = node.client.disable("a");

        assertThat(disabled.state()).isEqualTo(State.DISABLED);
        assertThat(disabled.disabledReason()).contains(DisabledReason.MANUAL);
        assertThat(publish("later").deliveries()).isZero();
        node.elapse(Duration.ofSeconds(10));
        assertThat(node.ended).singleElement().extracting(Delivery::state).isEqualTo(DeliveryState.CANCELED);
        node.client.resume("a");
        assertThat(publish("last").deliveries()).isEqualTo(1);
        node.step();
        assertThat(sent()).containsExactly("last");
    }

    @Test
    void whatIsLeftOfABacklogWhenItIsResumedIsCanceledToo() {
        register();
        node.client.pause("a");
        for (int i = 0; i < 700; i++) {
            publish("pending-" + i);
        }
        node.clock.advance(Duration.ofMillis(1));
        node.client.disable("a");
        node.client.housekeeping().step(); // a page of it
        node.clock.advance(Duration.ofMillis(1));
        node.client.resume("a");
        publish("new");
        node.elapse(Duration.ofSeconds(10));

        assertThat(sent()).containsExactly("new");
        assertThat(node.ended)
                .filteredOn(delivery -> delivery.state() == DeliveryState.CANCELED)
                .hasSize(700);
    }

    @Test
    void registeringAgainUnchangedWritesNothing() {
        register();
        Document before = node.store.documents().find(DocumentKind.WEBHOOK, "a").orElseThrow();
        node.clock.advance(Duration.ofSeconds(1));

        Webhook again = node.client.register(SteppedClient.webhook("a", "*").build());

        assertThat(again.version()).isEqualTo(before.version());
        assertThat(node.store.documents().find(DocumentKind.WEBHOOK, "a")).contains(before);
    }

    @Test
    void updateKeepsTheStateAndAStateKeepsTheVersion() {
        register();
        Webhook read = stored();
        node.client.pause("a");

        Webhook updated = node.client.update(read.toBuilder().name("new").build());

        assertThat(updated.state()).isEqualTo(State.PAUSED);
        assertThat(updated.version()).isEqualTo(read.version() + 1);
        assertThat(node.client.register(SteppedClient.webhook("a", "*").build()).state())
                .isEqualTo(State.PAUSED);
    }

    @Test
    void changesThatChangeNothingAreNotTold() {
        register();
        node.client.resume("a");
        node.client.pause("a");
        node.client.pause("a");
        node.client.disable("a");
        node.client.pause("a");
        node.client.disable("a");
        node.step();

        assertThat(node.changed).extracting(Webhook::state).containsExactly(State.PAUSED, State.DISABLED);
    }

    @Test
    void unknownWebhookHasNoState() {
        for (Runnable change : List.<Runnable>of(
                () -> node.client.pause("b"), () -> node.client.resume("b"), () -> node.client.disable("not an id"))) {
            assertThatThrownBy(change::run)
                    .isInstanceOf(StaleWebhookException.class)
                    .hasMessageContaining("there is no webhook \"");
        }
    }

    // ---- gone

    @Test
    void goneDisablesAndHoldsTheOthersAndIsToldOnce() {
        register();
        node.client.pause("a");
        for (int i = 0; i < 1_000; i++) {
            publish("e" + i);
        }
        answer(410);
        node.client.resume("a");
        node.elapse(Duration.ofSeconds(10));

        int attempted = sent().size();
        assertThat(attempted).isEqualTo(1);
        assertThat(stored().disabledReason()).contains(DisabledReason.GONE);
        assertThat(node.changed)
                .filteredOn(webhook -> webhook.state() == State.DISABLED)
                .hasSize(1);
        assertThat(node.ended).hasSize(attempted);
        node.elapse(Duration.ofDays(1));
        assertThat(sent()).hasSize(attempted);

        answer(200);
        node.client.resume("a");
        for (int i = 0; i < 300 && node.ended.size() < 1_000; i++) {
            node.elapse(SECOND);
        }
        assertThat(node.ended).hasSize(1_000);
    }

    // ---- breaker

    private void breakIt() {
        register();
        answer(503);
        for (int i = 0; i < 10; i++) {
            publish("b" + i);
            node.record();
        }
        assertThat(sent()).hasSize(10);
    }

    @Test
    void breakerHoldsBackWhatAReceiverThatIsDownWouldNotTake() {
        breakIt();
        for (int i = 0; i < 50; i++) {
            publish("held" + i);
        }
        node.elapse(Duration.ofSeconds(28));
        assertThat(sent()).hasSize(10);

        node.elapse(Duration.ofSeconds(5));
        assertThat(sent()).as("one request to try").hasSize(11);
        node.elapse(Duration.ofSeconds(50));
        assertThat(sent()).as("closed for twice as long").hasSize(11);

        answer(200);
        for (int i = 0; i < 60; i++) {
            node.elapse(SECOND);
        }
        // The first ten, and what was tried, come again in an hour.
        assertThat(node.ended).hasSize(49);
        assertThat(stored().health()).isEqualTo(Health.HEALTHY);
    }

    @Test
    void oneNodeOfTheClusterTriesAndTheOtherAgreesWithinTwoSeconds() {
        breakIt();
        secondNode();
        other.transport.answerAll(request -> Answer.of(503));
        for (int i = 0; i < 20; i++) {
            publish("held" + i);
        }
        other.elapse(Duration.ofSeconds(20));
        assertThat(other.requestsTo("a")).isEmpty();

        node.clock.advance(Duration.ofSeconds(15));
        node.client.engine().step();
        other.client.engine().step();

        assertThat(sent().size() - 10 + other.requestsTo("a").size()).isEqualTo(1);
    }

    @Test
    void nodeThatMayTryAndIsLateLeavesItToOthers() {
        breakIt();
        publish("held");
        Runnable[] asked = {() -> {}};
        SteppedClient late = new SteppedClient(
                node, settings -> settings.store(afterTheFirstStatus(settings.store(), () -> asked[0].run())));
        other = late.open();
        asked[0] = () -> late.client.lanes().backedUp(true);
        node.clock.advance(Duration.ofSeconds(31));
        late.client.engine().step();
        for (int i = 0; i < 20; i++) {
            node.clock.advance(SECOND);
            late.client.engine().step();
        }
        late.client.lanes().backedUp(false);
        late.step();
        assertThat(late.requestsTo("a")).as("its right ends too soon").isEmpty();

        node.elapse(Duration.ofSeconds(45));
        assertThat(sent()).hasSize(11);
    }

    /** This store, and what else happens after the first call of a method. */
    private static DeliveryStore afterTheFirstFind(DeliveryStore store, Runnable more) {
        AtomicBoolean happened = new AtomicBoolean();
        return ForwardingStore.withDocuments(store, documents -> new ForwardingDocuments(documents) {
            @Override
            public Optional<Document> find(DocumentKind kind, String id) {
                Optional<Document> found = super.find(kind, id);
                if (happened.compareAndSet(false, true)) {
                    more.run();
                }
                return found;
            }
        });
    }

    private static DeliveryStore afterTheFirstStatus(DeliveryStore store, Runnable more) {
        AtomicBoolean happened = new AtomicBoolean();
        return ForwardingStore.withDocuments(store, documents -> new ForwardingDocuments(documents) {
            @Override
            public Optional<Document> saveStatus(
                    DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events) {
                Optional<Document> saved = super.saveStatus(kind, id, statusVersion, status, events);
                if (happened.compareAndSet(false, true)) {
                    more.run();
                }
                return saved;
            }
        });
    }

    @Test
    void answersThatRefuseTheRequestDoNotOpenTheBreaker() {
        register();
        answer(400);
        for (int i = 0; i < 30; i++) {
            publish("e" + i);
            node.record();
        }

        assertThat(sent()).hasSize(30);
    }

    @Test
    void breakerOfAWebhookThatIsResumedIsClosed() {
        breakIt();
        node.client.pause("a");
        answer(200);
        publish("held");
        node.client.resume("a");
        node.elapse(Duration.ofSeconds(5));

        assertThat(sent()).hasSize(11);
    }

    @Test
    void whatABreakerHoldsEndsAfterSevenDays() {
        breakIt();
        publish("held");
        node.clock.advance(Duration.ofDays(4));
        node.step();
        node.clock.advance(Duration.ofDays(3).plusHours(3));
        node.elapse(Duration.ofSeconds(10));

        assertThat(node.ended)
                .filteredOn(delivery -> delivery.state() == DeliveryState.EXHAUSTED)
                .isNotEmpty();
    }

    // ---- health

    @Test
    void fiveFailuresInARowAreFailingAndASuccessIsHealthy() {
        register();
        answer(500);
        for (int i = 0; i < 4; i++) {
            publish("e" + i);
            node.record();
        }
        assertThat(stored().health()).isEqualTo(Health.HEALTHY);
        publish("fifth");
        node.record();
        assertThat(stored().health()).isEqualTo(Health.FAILING);
        assertThat(stored().state()).isEqualTo(State.ACTIVE);

        answer(200);
        publish("good");
        node.record();
        node.step();

        assertThat(stored().health()).isEqualTo(Health.HEALTHY);
        assertThat(node.changed).extracting(Webhook::health).containsExactly(Health.FAILING, Health.HEALTHY);
    }

    @Test
    void exhaustedDeliveryIsFailingAtOnce() {
        try (SteppedClient hasty = new SteppedClient(settings -> settings.retryPolicy(RetryPolicy.none()))) {
            hasty.open().register("a", "*");
            hasty.transport.answerAll(request -> Answer.of(500));
            hasty.client.publish(Event.of("n", 1));
            hasty.record();

            assertThat(hasty.client.find("a").orElseThrow().health()).isEqualTo(Health.FAILING);
        }
    }

    @Test
    void healthyWebhookWritesNothing() {
        register();
        for (int i = 0; i < 10; i++) {
            publish("e" + i);
            node.record();
        }

        assertThat(node.store
                        .documents()
                        .find(DocumentKind.WEBHOOK, "a")
                        .orElseThrow()
                        .statusVersion())
                .isZero();
    }

    @Test
    void onlyFailuresForFiveDaysDisable() {
        register();
        answer(500);
        publish("e");
        node.elapse(Duration.ofMinutes(1));
        for (int hour = 0; hour < 5 * 24 - 2; hour++) {
            node.elapse(Duration.ofHours(1));
        }
        assertThat(stored().state()).isEqualTo(State.ACTIVE);

        for (int hour = 0; hour < 4; hour++) {
            node.elapse(Duration.ofHours(1));
        }

        assertThat(stored().disabledReason()).contains(DisabledReason.FAILED);
        assertThat(publish("held").deliveries()).isEqualTo(1);
        int requests = sent().size();
        node.elapse(Duration.ofDays(1));
        assertThat(sent()).hasSize(requests);
        assertThat(node.changed)
                .filteredOn(webhook -> webhook.state() == State.DISABLED)
                .hasSize(1);
    }

    @Test
    void successBetweenStartsTheClockAnew() {
        register();
        answer(500);
        publish("e");
        for (int day = 0; day < 6; day++) {
            node.elapse(Duration.ofDays(1));
            node.transport.answer(SteppedClient.url("a"), Answer.of(200));
            publish("good" + day);
            node.record();
        }

        assertThat(stored().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void silenceOfTwiceThePeriodForgives() {
        WebhookStatus failed = WebhookStatus.NEW.failed(node.clock.instant(), false);

        WebhookStatus later =
                failed.failed(node.clock.instant().plus(Duration.ofDays(10)).plusSeconds(1), false);

        assertThat(later.state()).isEqualTo(State.ACTIVE);
        assertThat(failed.failed(node.clock.instant().plus(Duration.ofDays(10)), false)
                        .state())
                .isEqualTo(State.DISABLED);
    }

    private void saveStatus(String status) {
        long version = node.store
                .documents()
                .find(DocumentKind.WEBHOOK, "a")
                .orElseThrow()
                .statusVersion();
        node.store.documents().saveStatus(DocumentKind.WEBHOOK, "a", version, status, List.of());
    }

    @Test
    void webhookInAStateOfANewerVersionIsNotSentTo() {
        register();
        try (Logged log = new Logged()) {
            saveStatus("{\"state\":\"DREAMING\"}");
            node.elapse(Duration.ofSeconds(3));

            assertThat(log.lines("webhook a is in a state that this version does not know"))
                    .isNotEmpty();
        }
        assertThat(publish("held").deliveries()).isEqualTo(1);
        node.elapse(Duration.ofSeconds(10));
        assertThat(sent()).isEmpty();
    }

    @Test
    void whatANewerVersionWroteIsLeftAlone() {
        register();
        saveStatus("{\"state\":\"DISABLED\",\"reason\":\"NEWER\",\"breaker\":{\"open\":true},\"failing\":true}");
        node.elapse(Duration.ofSeconds(3));

        assertThat(stored().state()).isEqualTo(State.DISABLED);
        assertThat(stored().disabledReason()).isEmpty();
        assertThat(publish("held").deliveries()).isEqualTo(1);
        assertThat(sent()).isEmpty();
    }

    @Test
    void twoNodesThatSeeTheSameTellItOnce() {
        register();
        secondNode();
        node.client.pause("a");
        for (int i = 0; i < 20; i++) {
            publish("e" + i);
        }
        node.client.resume("a");
        node.transport.answerAll(request -> Answer.of(410));
        other.transport.answerAll(request -> Answer.of(410));
        node.clock.advance(Duration.ofSeconds(5));
        other.client.engine().step();
        node.client.engine().step();
        other.record();
        node.record();
        other.step();
        node.step();

        assertThat(IntStream.concat(
                                node.changed.stream()
                                        .filter(webhook -> webhook.state() == State.DISABLED)
                                        .mapToInt(webhook -> 1),
                                other.changed.stream()
                                        .filter(webhook -> webhook.state() == State.DISABLED)
                                        .mapToInt(webhook -> 1))
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void whatANewerVersionKnowsOfTheStateIsKept() {
        register();
        String status = "{\"reason\":null,\"colour\":{\"shade\":1},\"failing\":false,\"trips\":0}";
        saveStatus(status);

        node.client.pause("a");

        assertThat(node.store
                        .documents()
                        .find(DocumentKind.WEBHOOK, "a")
                        .orElseThrow()
                        .status())
                .contains("\"colour\":{\"shade\":1}");
        assertThat(stored().state()).isEqualTo(State.PAUSED);
    }

    @Test
    void everyNodeBeginsWithOneRequestAtATimeOnceAReceiverIsBack() {
        register();
        Deque<Runnable> workers = new ArrayDeque<>();
        other = new SteppedClient(node, settings -> ((SteppedMachine) settings.machine).sendBy(workers::add)).open();
        answer(503);
        for (int i = 0; i < 10; i++) {
            publish("e" + i);
            node.record();
        }
        other.elapse(SECOND);
        assertThat(other.client.publish(Event.of("n", "held")).deliveries()).isEqualTo(1);
        other.elapse(SECOND);
        assertThat(workers).as("its breaker is open").isEmpty();

        answer(200);
        for (int i = 0; i < 40; i++) {
            node.elapse(SECOND);
        }
        assertThat(sent()).contains("e0");
        other.client.publish(Event.of("n", 1)); // a lane that would have five
        other.elapse(SECOND);
        for (int i = 0; i < 10; i++) {
            other.client.publish(Event.of("n", i));
        }

        assertThat(workers).hasSize(1);
        workers.forEach(Runnable::run);
    }
}
