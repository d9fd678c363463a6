package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.transport.Transport.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lines of {@link DeliveryListener#logging}. */
class LoggingListenerTest {
    private final Logged logged = new Logged();
    private final SteppedClient node = new SteppedClient(settings -> settings.listener(DeliveryListener.logging()));

    @BeforeEach
    void register() {
        node.open();
        node.client.register(SteppedClient.webhook("customer-1", "*")
                .url("https://customer.example.com/canary-path?canary=query")
                .build());
    }

    @AfterEach
    void close() {
        node.close();
        logged.close();
    }

    private void publish() {
        node.client.publish(Event.builder("invoice.paid").id("evt_42").build());
    }

    private void answers(Answer... answers) {
        node.transport.answer("https://customer.example.com/canary-path?canary=query", answers);
    }

    /** What follows the level, the logger included. */
    private List<String> lines() {
        return logged.lines("io.github.webhooks4j.deliveries").stream()
                .map(line -> line.replaceAll(".*?(INFO|WARN|ERROR) ", "$1 ").replaceAll(" in \\d+ ms", " in 7 ms"))
                .toList();
    }

    private static String line(String level, String text) {
        return level + " io.github.webhooks4j.deliveries - " + text;
    }

    @Test
    void deliveredEventIsOneLine() {
        publish();
        node.record();

        assertThat(lines())
                .containsExactly(line(
                        "INFO",
                        "delivered invoice.paid evt_42 to webhook customer-1 in 7 ms (attempt 1, answered 200)"));
    }

    @Test
    void failedAttemptsSayWhenTheNextOneIsAndTheLastOneIsAWarning() {
        answers(
                Answer.of(503),
                new Answer(
                        OptionalInt.empty(),
                        Optional.empty(),
                        new byte[0],
                        Optional.of(Failure.CONNECT),
                        Optional.of(FailureDetail.REFUSED)),
                Answer.of(500));
        publish();
        node.record();
        String next = node.client
                .deliveries()
                .list(DeliveryQuery.all())
                .items()
                .get(0)
                .nextAttemptAt()
                .orElseThrow()
                .toString();
        assertThat(lines())
                .containsExactly(line(
                        "INFO",
                        "attempt 1 of invoice.paid evt_42 to webhook customer-1 failed in 7 ms, answered 503: the next is at "
                                + next));
        node.elapse(Duration.ofSeconds(6));
        node.elapse(Duration.ofMinutes(6));

        assertThat(lines()).hasSize(4);
        assertThat(lines().get(1))
                .startsWith(line(
                        "INFO",
                        "attempt 2 of invoice.paid evt_42 to webhook customer-1 failed in 7 ms, the connection was"
                                + " refused: the next is at 20"));
        assertThat(lines().subList(2, 4))
                .containsExactly(
                        line(
                                "INFO",
                                "attempt 3 of invoice.paid evt_42 to webhook customer-1 failed in 7 ms, answered 500:"
                                        + " there is no further attempt"),
                        line(
                                "WARN",
                                "gave up invoice.paid evt_42 to webhook customer-1 after 3 attempts: answered 500"));
    }

    @Test
    void staleConnectionIsALineOfItsOwn() {
        answers(Answer.failed(Failure.STALE), Answer.of(200));
        publish();
        node.record();

        assertThat(lines())
                .containsExactly(
                        line(
                                "INFO",
                                "attempt 1 of invoice.paid evt_42 to webhook customer-1 failed in 7 ms, the receiver had"
                                        + " closed the connection: it was made again on a new connection"),
                        line(
                                "INFO",
                                "delivered invoice.paid evt_42 to webhook customer-1 in 7 ms (attempt 1, answered"
                                        + " 200)"));
    }

    @Test
    void redeliveryThatFailsIsNotCalledDelivered() {
        answers(Answer.of(200), Answer.of(200 + 300));
        publish();
        node.record();
        node.client.deliveries().redeliver(node.ended.get(0).id());
        node.step();

        assertThat(lines().get(lines().size() - 1))
                .isEqualTo(line(
                        "INFO",
                        "attempt 2 of invoice.paid evt_42 to webhook customer-1 failed in 7 ms, answered 500: there is no"
                                + " further attempt"));
    }

    @Test
    void canceledDeliveryIsALine() {
        node.client.pause("customer-1");
        publish();
        node.client.remove("customer-1");
        node.elapse(Duration.ofSeconds(10));

        assertThat(lines())
                .containsExactly(line("INFO", "canceled invoice.paid evt_42 to webhook customer-1 after 0 attempts"));
    }

    @Test
    void linesHaveNeitherUrlNorSecretNorWhatTheReceiverWrote() {
        byte[] hostile = "canary-answer\nERROR forged".getBytes(StandardCharsets.UTF_8);
        answers(new Answer(OptionalInt.of(500), Optional.of("canary"), hostile, Optional.empty()));
        publish();
        node.record();

        assertThat(lines()).hasSize(1).noneMatch(line -> line.contains("canary") || line.contains("whsec_"));
        assertThat(logged.lines("forged")).isEmpty();
    }

    /** So that nothing in a line needs to be escaped. */
    @Test
    void idsAndTypesCannotForgeLines() {
        for (String forged : List.of("a\nb", "a\rb", "a\u2028b", "a\u001bb", "a b")) {
            assertThatThrownBy(() ->
                            node.client.publish(Event.builder("x").id(forged).build()))
                    .isInstanceOf(InvalidEventException.class);
            assertThatThrownBy(() -> node.client.publish(Event.of(forged, 1)))
                    .isInstanceOf(InvalidEventException.class);
            assertThatThrownBy(() -> node.client.publish(
                            Event.builder("x").tenant(forged).build()))
                    .isInstanceOf(InvalidEventException.class);
            assertThatThrownBy(() -> node.client.register(
                            SteppedClient.webhook("a", "*").id(forged).build()))
                    .isInstanceOf(InvalidWebhookException.class);
        }
    }
}
