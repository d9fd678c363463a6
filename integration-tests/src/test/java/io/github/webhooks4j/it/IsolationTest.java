package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slow receiver holds up nobody but itself. */
class IsolationTest {
    private static final int EVENTS = 200;
    /** Less than a request has; what waits for the slow receiver waits longer than for all the fast one gets. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(25);

    private final Set<String> fast = ConcurrentHashMap.newKeySet();
    private final CountDownLatch fastLeft = new CountDownLatch(EVENTS);
    /** How many the fast receiver had, at each answer of the slow one. */
    private final List<Integer> fastAtSlowAnswer = new CopyOnWriteArrayList<>();

    /** The slow one answers when the fast one has got everything, or its time is over. */
    private int answer(Receiver.Request request) throws InterruptedException {
        if (!request.path().equals("/fast")) {
            fastLeft.await(ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS);
            fastAtSlowAnswer.add(fast.size());
        } else if (fast.add(request.header("webhook-id"))) {
            fastLeft.countDown();
        }
        return 200;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fastWebhookIsDoneBeforeTheSlowOneAnswers(boolean startedBeforePublish) throws Exception {
        try (Receiver receiver = Receiver.start(this::answer);
                Database database = Database.inMemory();
                WebhookClient client = WebhookClient.builder()
                        .store(database.store())
                        .transport(OkHttpTransport.create())
                        .egress(EgressPolicy.development())
                        .requestTimeout(ANSWER_TIME.plusSeconds(5))
                        .build()) {
            // The slow one comes first wherever order counts: in id, in registration, in the time of its events.
            client.register(webhook("a-slow", receiver.url("/slow")));
            client.register(webhook("b-fast", receiver.url("/fast")));
            if (startedBeforePublish) {
                client.start();
            }
            client.publishAll(events("a-slow"));
            client.publishAll(events("b-fast"));
            client.start();

            await().atMost(Duration.ofSeconds(60)).until(() -> !fastAtSlowAnswer.isEmpty());
            assertThat(fastAtSlowAnswer.get(0)).isEqualTo(EVENTS);
        }
    }

    private static Webhook webhook(String id, String url) {
        return Webhook.builder(url).id(id).events(id).unsigned().build();
    }

    private static List<Event> events(String type) {
        return IntStream.range(0, EVENTS).mapToObj(n -> Event.of(type, n)).toList();
    }
}
