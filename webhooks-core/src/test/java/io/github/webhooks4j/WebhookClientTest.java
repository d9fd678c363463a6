package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an application sees of the client. */
class WebhookClientTest {
    private final SteppedClient node = new SteppedClient();
    private final WebhookClient client = node.client;

    @AfterEach
    void close() {
        client.close();
    }

    private static Webhook.Builder webhook(String id) {
        return SteppedClient.webhook(id, "*");
    }

    // ---- webhooks

    @Test
    void registeredWebhookIsFoundAsItWasSet() {
        Webhook registered = client.register(webhook("a")
                .name("Orders")
                .tenant("acme")
                .events("order.*", "invoice.paid")
                .build());

        Webhook found = client.find("a").orElseThrow();
        assertThat(found.url()).isEqualTo(SteppedClient.url("a"));
        assertThat(found.name()).contains("Orders");
        assertThat(found.tenant()).contains("acme");
        assertThat(found.events()).containsExactly("order.*", "invoice.paid");
        assertThat(found.signers()).hasSize(1);
        assertThat(found.state()).isEqualTo(Webhook.State.ACTIVE);
        assertThat(found.version()).isEqualTo(registered.version()).isEqualTo(1);
        assertThat(client.find("b")).isEmpty();
    }

    @Test
    void registeringAnExistingIdUpdatesItsSettings() {
        client.register(webhook("a").build());

        Webhook again = client.register(
                Webhook.builder("https://new.example.com").id("a").events("x").build());

        assertThat(again.url()).isEqualTo("https://new.example.com/");
        assertThat(again.version()).isEqualTo(2);
        assertThat(again.signers()).as("not set anew").hasSize(1);
        assertThat(client.list(WebhookQuery.all()).items()).hasSize(1);
    }

    @Test
    void urlIsStoredAndSentToInItsCanonicalSpelling() {
        node.open();
        Webhook registered = client.register(
                webhook("a").url("HTTPS://Hooks.Example.com:443/In?Key=A").build());
        assertThat(registered.url()).isEqualTo("https://hooks.example.com/In?Key=A");
        assertThat(client.find("a").orElseThrow().url()).isEqualTo(registered.url());

        client.publish(Event.of("x", 1));
        assertThat(node.transport.requestsTo(registered.url())).hasSize(1);

        Webhook updated = client.update(
                registered.toBuilder().url("https://[2606:4700:0:0::1111]:443").build());
        assertThat(updated.url()).isEqualTo("https://[2606:4700::1111]/");
        client.publish(Event.of("x", 1));
        assertThat(node.transport.requestsTo(updated.url())).hasSize(1);
    }

    @Test
    void signersThatAreSetReplaceThoseBefore() {
        client.register(webhook("a").build());

        Webhook bearer = client.register(Webhook.builder("https://new.example.com")
                .id("a")
                .events("x")
                .signer(Signer.bearer(Secret.of("secret-of-t")))
                .build());
        assertThat(bearer.signers()).containsExactly(Signer.bearer(Secret.of("secret-of-t")));

        Webhook unsigned = client.register(Webhook.builder("https://new.example.com")
                .id("a")
                .events("x")
                .unsigned()
                .build());
        assertThat(unsigned.signers()).isEmpty();
    }

    @Test
    void webhookThatWasReadIsChangedAndStoredAgain() {
        Webhook first = client.register(webhook("a").build());

        Webhook changed = client.update(first.toBuilder()
                .url("https://new.example.com/")
                .signer(Signer.bearer(Secret.of("secret-of-t")))
                .signer(Signer.hmacSha256(Secret.of("secret-of-s")))
                .build());

        assertThat(changed.url()).isEqualTo("https://new.example.com/");
        assertThat(changed.signers())
                .containsExactly(Signer.bearer(Secret.of("secret-of-t")), Signer.hmacSha256(Secret.of("secret-of-s")));
        assertThat(client.update(changed.toBuilder().name("n").build()).signers())
                .isEqualTo(changed.signers());
    }

    @Test
    void idThatIsNoneIsRefusedBeforeItIsLookedUp() {
        Webhook forged = webhook("a\r\nforged").build();

        assertThatThrownBy(() -> client.update(forged)).isInstanceOf(InvalidWebhookException.class);
        assertThatThrownBy(() -> client.register(forged))
                .isInstanceOf(InvalidWebhookException.class)
                .message()
                .doesNotContain("forged");
    }

    @Test
    void attemptShowsNothingThatTheReceiverWrote() {
        node.open();
        client.register(webhook("a").build());
        node.transport.answerAll(request -> new Answer(
                java.util.OptionalInt.of(500),
                java.util.Optional.empty(),
                "x\n2026 ERROR forged".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.util.Optional.empty()));

        client.publish(Event.of("x", 1));
        node.record();

        assertThat(node.attempts.get(0).excerpt()).contains("forged");
        assertThat(node.attempts.get(0).toString()).contains("500").doesNotContain("forged");
    }

    @Test
    void staleUpdateIsRefused() {
        Webhook first = client.register(webhook("a").build());
        client.update(first.toBuilder().name("one").build());

        assertThatThrownBy(() -> client.update(first.toBuilder().name("two").build()))
                .isInstanceOf(StaleWebhookException.class)
                .hasMessageContaining("read it again");
        assertThat(client.find("a").orElseThrow().name()).contains("one");
    }

    @Test
    void updateOfAWebhookThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> client.update(webhook("a").build()))
                .isInstanceOf(StaleWebhookException.class)
                .hasMessageContaining("there is no webhook \"a\"");
    }

    @Test
    void everythingWrongIsToldAtOnce() {
        Webhook broken = Webhook.builder("http://10.0.0.1/")
                .id("not an id")
                .name(" ")
                .tenant("?")
                .signer(Signer.standardWebhooks(Secret.of("geheim-geheim")))
                .signer(Signer.bearer(Secret.of("geheim geheim")))
                .signer(Signer.basic("user", Secret.of("geheim-geheim")))
                .signer(message -> Map.of())
                .signer(Signer.custom("unknown"))
                .build();

        InvalidWebhookException refused =
                catchThrowableOfType(InvalidWebhookException.class, () -> client.register(broken));

        assertThat(refused.problems()).isEqualTo(client.check(broken));
        assertThat(refused.problems())
                .extracting(Problem::code)
                .contains(
                        "id.form",
                        "url.scheme",
                        "url.address",
                        "name.form",
                        "tenant.form",
                        "events.missing",
                        "signers.unusable",
                        "signers.conflict",
                        "signers.unstorable",
                        "signers.unknown");
        assertThat(refused).message().doesNotContain("geheim");
        assertThat(client.list(WebhookQuery.all()).items()).isEmpty();
    }

    @Test
    void newWebhookNeedsASignerOrTheWordThatItHasNone() {
        Webhook silent =
                Webhook.builder("https://a.example.com").id("a").events("*").build();

        assertThat(client.check(silent)).extracting(Problem::code).containsExactly("signers.missing");
        assertThat(client.check(silent.toBuilder().unsigned().build())).isEmpty();
    }

    @Test
    void tenantOfAWebhookStays() {
        client.register(webhook("a").tenant("acme").build());

        assertThatThrownBy(() -> client.register(webhook("a").tenant("globex").build()))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("cannot be changed");
    }

    @Test
    void webhooksAreListedPageByPage() {
        IntStream.range(0, 25)
                .forEach(i -> client.register(webhook("w" + (100 + i))
                        .tenant(i % 5 == 0 ? "five" : "rest")
                        .build()));

        List<String> ids = new ArrayList<>();
        WebhookQuery query = WebhookQuery.all().tenant("rest").limit(7);
        Page<Webhook> page = client.list(query);
        page.items().forEach(webhook -> ids.add(webhook.id()));
        while (page.next().isPresent()) {
            page = client.list(query.after(page.next().get()));
            page.items().forEach(webhook -> ids.add(webhook.id()));
        }

        assertThat(ids).hasSize(20).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void idOfARemovedWebhookIsTakenForADay() {
        client.register(webhook("a").build());
        client.remove("a");

        assertThatThrownBy(() -> client.register(webhook("a").build()))
                .isInstanceOf(StaleWebhookException.class)
                .hasMessageContaining("another id");
        node.clock.advance(Duration.ofDays(2));
        node.step();
        assertThat(client.register(webhook("a").build()).version()).isPositive();
    }

    @Test
    void nothingOfAWebhookPrintsItsSecretOrUrl() {
        Webhook webhook = client.register(Webhook.builder("https://a.example.com/geheim?key=geheim")
                .events("*")
                .signer(Signer.bearer(Secret.of("geheim-geheim")))
                .build());

        assertThat(webhook.toString() + webhook.signers()).doesNotContain("geheim");
    }

    // ---- publish

    @Test
    void sameIdAgainIsADuplicate() {
        node.open();
        client.register(webhook("a").build());
        Event event = Event.builder("x").id("once").data(Map.of()).build();

        assertThat(client.publish(event)).isEqualTo(new Publication("once", false, 1));
        assertThat(client.publish(event)).isEqualTo(new Publication("once", true, 0));
        assertThat(node.requestsTo("a")).hasSize(1);
    }

    @Test
    void allOfSeveralEventsArePublishedOrNone() {
        node.open();
        client.register(webhook("a").build());

        assertThatThrownBy(() -> client.publishAll(List.of(Event.of("x", 1), Event.of("not a type", 2))))
                .isInstanceOf(InvalidEventException.class);
        assertThat(node.requestsTo("a")).isEmpty();

        List<Publication> publications = client.publishAll(List.of(
                Event.of("x", 1),
                Event.builder("x").id("twice").build(),
                Event.builder("x").id("twice").build()));
        assertThat(publications).extracting(Publication::duplicate).containsExactly(false, false, true);
        assertThat(node.requestsTo("a")).hasSize(2);
        assertThat(client.publishAll(List.of())).isEmpty();
    }

    @Test
    void dataIsFrozenWhenItIsPublished() throws Exception {
        client.register(webhook("a").build());
        Map<String, Object> data = new java.util.HashMap<>(Map.of("n", 1));

        CompletableFuture<Publication> publication = client.publishAsync(Event.of("x", data));
        data.put("n", 2);
        assertThat(publication.get(5, TimeUnit.MINUTES).deliveries()).isEqualTo(1);
        node.open().step();

        assertThat(new String(node.requestsTo("a").get(0).body(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"data\":{\"n\":1}");
    }

    // ---- starting and closing

    @Test
    void missingPartsAreNamedWithTheRemedy() {
        assertThatThrownBy(() -> WebhookClient.builder().build())
                .hasMessageContaining("store is missing")
                .hasMessageContaining("DeliveryStore.inMemory()");
        assertThatThrownBy(() ->
                        WebhookClient.builder().store(DeliveryStore.inMemory()).build())
                .hasMessageContaining("transport is missing");
        assertThatThrownBy(() -> WebhookClient.builder()
                        .store(DeliveryStore.inMemory())
                        .transport(new FakeTransport())
                        .requestTimeout(Duration.ofSeconds(31))
                        .build())
                .hasMessageContaining("requestTimeout");
    }

    @Test
    void closedClientRefusesEverything() {
        client.close();
        client.close();

        assertThat(node.transport.isClosed()).isTrue();
        assertThatThrownBy(() -> client.publish(Event.of("x", 1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.find("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(client::start).isInstanceOf(IllegalStateException.class);
    }

    /** A client with its real threads. */
    private static WebhookClient started(DeliveryStore store, FakeTransport transport, DeliveryListener listener) {
        return started(store, transport, listener, Duration.ofSeconds(2));
    }

    private static WebhookClient started(
            DeliveryStore store, FakeTransport transport, DeliveryListener listener, Duration requestTimeout) {
        return WebhookClient.builder()
                .store(store)
                .transport(transport)
                .requestTimeout(requestTimeout)
                .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(50), 5))
                .listener(listener)
                .build()
                .start();
    }

    @Test
    void startedClientDeliversAndRetriesInItsOwnThreads() throws Exception {
        FakeTransport transport = new FakeTransport()
                .answer(SteppedClient.url("a"), Answer.of(500), Answer.failed(Failure.TIMEOUT), Answer.of(200));
        List<Delivery> ended = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(100);
        try (WebhookClient started = started(DeliveryStore.inMemory(), transport, new DeliveryListener() {
            @Override
            public void ended(Delivery delivery) {
                ended.add(delivery);
                done.countDown();
            }
        })) {
            started.register(webhook("a").build());
            for (int i = 0; i < 100; i++) {
                started.publish(Event.of("x", i));
            }
            assertThat(done.await(5, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(transport.requests()).hasSize(102);
        assertThat(ended).hasSize(100).allMatch(delivery -> delivery.state() == DeliveryState.DELIVERED);
    }

    @Test
    void listenerThatLeavesItsThreadInterruptedIsToldOn() throws Exception {
        CountDownLatch done = new CountDownLatch(10);
        WebhookClient started = started(DeliveryStore.inMemory(), new FakeTransport(), new DeliveryListener() {
            @Override
            public void ended(Delivery delivery) {
                done.countDown();
                Thread.currentThread().interrupt();
            }
        });
        started.register(webhook("a").build());
        for (int i = 0; i < 10; i++) {
            started.publish(Event.of("x", i));
        }

        assertThat(done.await(5, TimeUnit.MINUTES)).isTrue();
        started.close();
    }

    @Test
    void closeRecordsWhatWasUnderWayAndGivesBackTheRest() throws Exception {
        DeliveryStore store = ManualStore.on(java.time.InstantSource.system());
        CountDownLatch underWay = new CountDownLatch(5);
        CountDownLatch answer = new CountDownLatch(1);
        FakeTransport slow = new FakeTransport().answerAll(request -> {
            underWay.countDown();
            try {
                return Answer.of(answer.await(5, TimeUnit.MINUTES) ? 200 : 500);
            } catch (InterruptedException e) {
                return Answer.failed(Failure.OURS);
            }
        });
        Duration quarterOfALease = Duration.ofSeconds(30);
        WebhookClient first = started(store, slow, new DeliveryListener() {}, quarterOfALease);
        first.register(webhook("a").build());
        for (int i = 0; i < 50; i++) {
            first.publish(Event.of("x", i));
        }
        assertThat(underWay.await(5, TimeUnit.MINUTES)).isTrue();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(first::close);
        Lanes lanes = ((RealWebhookClient) first).lanes();
        while (lanes.reserve("probe", 1)) { // as long as it is open
            lanes.unreserve("probe", 1);
            Thread.onSpinWait();
        }
        answer.countDown();
        closing.get(5, TimeUnit.MINUTES);
        int sent = slow.requests().size();
        assertThat(sent).isLessThan(50);

        CountDownLatch done = new CountDownLatch(50 - sent);
        FakeTransport quick = new FakeTransport();
        DeliveryListener counting = new DeliveryListener() {
            @Override
            public void ended(Delivery delivery) {
                done.countDown();
            }
        };
        WebhookClient second = started(store, quick, counting, quarterOfALease);
        assertThat(done.await(5, TimeUnit.MINUTES))
                .as("before a lease of two minutes could pass")
                .isTrue();
        second.close();
        assertThat(quick.requests()).hasSize(50 - sent);
    }
}
