package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRotationTest {
    private static final int ROTATIONS = 5;

    private final SteppedClient node = new SteppedClient().open();

    @AfterEach
    void close() {
        node.close();
    }

    /** Whether a receiver that knows this secret would accept the request. */
    private static boolean verifies(Secret secret, Request request, Instant at) {
        Message message = new Message(request.headers().get("webhook-id"), at, request.body());
        String signature = Signer.standardWebhooks(secret).headers(message).get("webhook-signature");
        return List.of(request.headers().get("webhook-signature").split(" ", -1))
                .contains(signature);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void receiverVerifiesEveryRequestUntilItsSecretEndsAndNoneAfter(long seed) {
        Random random = new Random(seed);
        node.register("a", "*");
        Map<Secret, Instant> ends = new LinkedHashMap<>(Map.of(SteppedClient.SECRET, Instant.MAX));
        Secret current = SteppedClient.SECRET;
        for (int step = 0; step < 40; step++) {
            node.clock.advance(Duration.ofMinutes(random.nextInt(30 * 60)));
            if (random.nextInt(3) == 0) {
                Duration grace = Duration.ofHours(random.nextInt(4) == 0 ? 0 : random.nextInt(7 * 24 + 1));
                Instant now = node.clock.instant();
                Secret next = node.client.rotateSecret("a", grace);
                ends.put(current, now.plus(grace));
                if (grace.isZero()) {
                    ends.replaceAll((secret, end) -> end.isBefore(now) ? end : now);
                }
                ends.put(next, Instant.MAX);
                current = next;
            }
            if (random.nextInt(3) == 0) {
                List<Secret> lately =
                        new ArrayList<>(ends.keySet()).subList(Math.max(0, ends.size() - 10), ends.size());
                startsAgainWith(
                        random.nextBoolean() ? SteppedClient.SECRET : lately.get(random.nextInt(lately.size())));
            }
            node.client.publish(Event.of("x", step));
            node.step();
            List<Request> requests = node.requestsTo("a");
            assertThat(requests).hasSize(step + 1);
            Instant now = node.clock.instant();
            ends.forEach((secret, end) -> assertThat(verifies(secret, requests.get(requests.size() - 1), now))
                    .isEqualTo(now.isBefore(end)));
        }
    }

    private void startsAgainWith(Secret configured) {
        node.client.register(Webhook.builder(SteppedClient.url("a"))
                .id("a")
                .events("*")
                .signer(Signer.standardWebhooks(configured))
                .build());
    }

    @Test
    void secretThatWasNeverThereReplacesWhatIsStored() {
        node.register("a", "*");
        Secret rotated = node.client.rotateSecret("a", WebhookClient.ROTATION_GRACE);
        Secret configured = Secret.random();

        startsAgainWith(configured);
        publish();

        assertThat(verifies(configured, lastTo("a"), node.clock.instant())).isTrue();
        assertThat(verifies(rotated, lastTo("a"), node.clock.instant())).isFalse();
        assertThat(verifies(SteppedClient.SECRET, lastTo("a"), node.clock.instant()))
                .isFalse();
    }

    @Test
    void eachOfSeveralSignersKeepsItsOwnRotation() {
        Webhook configured = Webhook.builder(SteppedClient.url("a"))
                .id("a")
                .events("*")
                .signer(Signer.hmacSha256("X-One", Secret.of("secret-one")))
                .signer(Signer.bearer(Secret.of("token")))
                .signer(Signer.standardWebhooks(SteppedClient.SECRET))
                .build();
        node.client.register(configured);
        node.client.rotateSecret("a", Duration.ZERO);
        List<Signer> rotated = node.client.find("a").orElseThrow().signers();

        Webhook anew = configured.toBuilder()
                .unsigned()
                .signer(Signer.bearer(Secret.of("token2")))
                .signer(Signer.standardWebhooks(SteppedClient.SECRET))
                .signer(Signer.hmacSha256("X-Two", Secret.of("secret-one")))
                .build();

        assertThat(node.client.register(configured).signers()).isEqualTo(rotated);
        assertThat(node.client.update(configured).signers()).isEqualTo(rotated);
        assertThat(node.client.register(anew).signers())
                .containsExactly(
                        Signer.bearer(Secret.of("token2")),
                        rotated.get(2),
                        Signer.hmacSha256("X-Two", Secret.of("secret-one")));
    }

    @Test
    void previewOfWhatIsConfiguredIsSignedByTheSecretOfNow() {
        node.register("a", "*");
        node.client.rotateSecret("a", Duration.ZERO);
        Event event = Event.builder("x").id("one").json("1").build();

        assertThat(node.client
                        .preview(SteppedClient.webhook("a", "*").build(), event)
                        .headers()
                        .get("webhook-signature"))
                .isEqualTo(node.client
                        .preview(node.client.find("a").orElseThrow(), event)
                        .headers()
                        .get("webhook-signature"));
    }

    @Test
    void rotationOfASharedSecretOutlivesAStart() {
        Signers signers = node.client.signers();
        signers.save("ours", Signer.standardWebhooks(SteppedClient.SECRET));
        node.client.register(SteppedClient.webhook("a", "*")
                .unsigned()
                .signer(Signer.shared("ours"))
                .build());
        Secret leaked = SteppedClient.SECRET;
        Secret next = signers.rotateSecret("ours", Duration.ZERO);

        SteppedClient other = new SteppedClient(node).open();
        for (Secret configured : List.of(leaked, next)) {
            other.client.signers().save("ours", Signer.standardWebhooks(configured));
            publish();
            assertThat(verifies(next, lastTo("a"), node.clock.instant())).isTrue();
            assertThat(verifies(leaked, lastTo("a"), node.clock.instant())).isFalse();
        }
        Secret set = Secret.random();
        signers.save("ours", Signer.standardWebhooks(set));
        publish();

        assertThat(verifies(set, lastTo("a"), node.clock.instant())).isTrue();
        assertThat(verifies(next, lastTo("a"), node.clock.instant())).isFalse();
    }

    @Test
    void savedAgainTheRotationOfAnotherNodeIsSeenAtOnce() {
        node.client.signers().save("ours", Signer.standardWebhooks(SteppedClient.SECRET));
        node.client.register(SteppedClient.webhook("a", "*")
                .unsigned()
                .signer(Signer.shared("ours"))
                .build());
        Secret next = new SteppedClient(node).client.signers().rotateSecret("ours", Duration.ZERO);

        node.client.signers().save("ours", Signer.standardWebhooks(SteppedClient.SECRET));
        publish();

        assertThat(verifies(next, lastTo("a"), node.clock.instant())).isTrue();
    }

    @Test
    void retryIsSignedWithTheSecretOfItsTime() {
        node.register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Transport.Answer.of(500));
        node.client.publish(Event.of("x", 1));
        node.step();
        Secret next = node.client.rotateSecret("a", Duration.ZERO);
        node.elapse(Duration.ofSeconds(10));

        List<Request> requests = node.requestsTo("a");
        assertThat(requests).hasSize(2);
        Instant retried =
                Instant.ofEpochSecond(Long.parseLong(requests.get(1).headers().get("webhook-timestamp")));
        assertThat(verifies(next, requests.get(1), retried)).isTrue();
        assertThat(verifies(SteppedClient.SECRET, requests.get(1), retried)).isFalse();
    }

    @Test
    void ofSeveralSignersTheStandardWebhooksOneIsRotated() {
        Signer hmac = Signer.hmacSha256(Secret.of("other-secret"));
        Signer bearer = Signer.bearer(Secret.of("token"));
        node.client.register(Webhook.builder(SteppedClient.url("a"))
                .id("a")
                .events("*")
                .signer(bearer)
                .signer(hmac)
                .signer(Signer.standardWebhooks(SteppedClient.SECRET))
                .build());

        Secret next = node.client.rotateSecret("a", Duration.ZERO);

        Webhook rotated = node.client.find("a").orElseThrow();
        assertThat(rotated.version()).isEqualTo(2);
        assertThat(rotated.signers().subList(0, 2)).containsExactly(bearer, hmac);
        assertThat(currentSecret(rotated.signers().get(2))).isEqualTo(next);
    }

    @Test
    void withoutOneTheFirstHmacIsRotated() {
        node.client.register(SteppedClient.webhook("a", "*")
                .unsigned()
                .signer(Signer.bearer(Secret.of("token")))
                .signer(Signer.hmacSha256(Secret.of("secret-one")))
                .signer(Signer.hmacSha256("X-Two", Secret.of("secret-two")))
                .build());

        Secret next = node.client.rotateSecret("a", Duration.ZERO);

        List<Signer> rotated = node.client.find("a").orElseThrow().signers();
        assertThat(rotated)
                .hasSize(3)
                .contains(Signer.bearer(Secret.of("token")), Signer.hmacSha256("X-Two", Secret.of("secret-two")));
        assertThat(currentSecret(rotated.get(1))).isEqualTo(next);
    }

    private static Secret currentSecret(Signer signer) {
        return StoredSigner.of(signer).orElseThrow().secrets().get("secret");
    }

    private void publish() {
        node.client.publish(Event.of("x", 1));
        node.step();
    }

    private Request lastTo(String id) {
        List<Request> requests = node.requestsTo(id);
        return requests.get(requests.size() - 1);
    }

    @Test
    void sharedSecretIsRotatedForAllWhoUseIt() {
        node.client.signers().save("ours", Signer.standardWebhooks(SteppedClient.SECRET));
        for (String id : List.of("a", "b")) {
            node.client.register(SteppedClient.webhook(id, "*")
                    .unsigned()
                    .signer(Signer.shared("ours"))
                    .build());
        }

        Secret second = node.client.signers().rotateSecret("ours", WebhookClient.ROTATION_GRACE);
        publish();
        for (String id : List.of("a", "b")) {
            assertThat(verifies(SteppedClient.SECRET, lastTo(id), node.clock.instant()))
                    .isTrue();
            assertThat(verifies(second, lastTo(id), node.clock.instant())).isTrue();
        }

        Secret third = node.client.signers().rotateSecret("ours", Duration.ZERO);
        publish();
        for (Secret old : List.of(SteppedClient.SECRET, second)) {
            assertThat(verifies(old, lastTo("a"), node.clock.instant())).isFalse();
        }
        assertThat(verifies(third, lastTo("a"), node.clock.instant())).isTrue();
    }

    @Test
    void eachOfSeveralRotationsOfASharedSecretAtOnceSigns() throws Exception {
        node.client.signers().save("ours", Signer.standardWebhooks(SteppedClient.SECRET));
        node.client.register(SteppedClient.webhook("a", "*")
                .unsigned()
                .signer(Signer.shared("ours"))
                .build());
        ExecutorService threads = Executors.newFixedThreadPool(ROTATIONS);
        CyclicBarrier start = new CyclicBarrier(ROTATIONS);
        List<Future<Secret>> rotations = new ArrayList<>();
        try {
            for (int i = 0; i < ROTATIONS; i++) {
                rotations.add(threads.submit(() -> {
                    start.await();
                    return node.client.signers().rotateSecret("ours", WebhookClient.ROTATION_GRACE);
                }));
            }
            for (Future<Secret> rotation : rotations) {
                rotation.get();
            }
        } finally {
            threads.shutdownNow();
        }
        publish();

        for (Future<Secret> rotation : rotations) {
            assertThat(verifies(rotation.get(), lastTo("a"), node.clock.instant()))
                    .isTrue();
        }
    }

    @Test
    void sharedSecretThatCannotBeRotatedIsLeftAsItIs() {
        Signers signers = node.client.signers();
        signers.save("ours", Signer.standardWebhooks(SteppedClient.SECRET));
        signers.save("token", Signer.bearer(Secret.of("geheim-geheim")));
        node.client.register(SteppedClient.webhook("a", "*")
                .unsigned()
                .signer(Signer.shared("ours"))
                .build());

        assertThatThrownBy(() -> node.client.rotateSecret("a", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its shared signers, ours,")
                .hasMessageContaining("Signers.rotateSecret");
        assertThatThrownBy(() -> signers.rotateSecret("token", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a Standard Webhooks or HMAC signer");
        assertThatThrownBy(() -> signers.rotateSecret("nobody", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no shared signer");
        assertThatThrownBy(() -> node.client.signers("other").rotateSecret("ours", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> signers.rotateSecret("ours", Duration.ofDays(8)))
                .isInstanceOf(IllegalArgumentException.class);
        for (int i = 0; i < 10; i++) {
            signers.rotateSecret("ours", Duration.ofDays(7));
        }
        assertThatThrownBy(() -> signers.rotateSecret("ours", Duration.ofDays(7)))
                .isInstanceOf(IllegalArgumentException.class);
        publish();
        assertThat(verifies(SteppedClient.SECRET, lastTo("a"), node.clock.instant()))
                .isTrue();
        Document stored = node.store
                .documents()
                .find(DocumentKind.SIGNER, SignerDocument.id(Optional.empty(), "ours"))
                .orElseThrow();
        node.store.documents().save(withoutItsKey(stored), List.of());
        assertThatThrownBy(() -> signers.rotateSecret("ours", Duration.ZERO))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("cannot be read on this node");
    }

    private static Document withoutItsKey(Document stored) {
        return Document.of(stored.kind(), stored.id(), stored.tenant(), stored.version(), stored.settings(), Map.of());
    }

    @Test
    void whatCannotBeRotatedIsLeftAsItIs() {
        node.client.register(SteppedClient.webhook("token", "*")
                .unsigned()
                .signer(Signer.bearer(Secret.of("geheim-geheim")))
                .build());
        node.client.register(SteppedClient.webhook("hmac", "*")
                .unsigned()
                .signer(Signer.hmacSha256(Secret.of("geheim-geheim")))
                .build());
        node.register("a", "*");

        assertThatThrownBy(() -> node.client.rotateSecret("token", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no Standard Webhooks or HMAC signer");
        assertThatThrownBy(() -> node.client.rotateSecret("hmac", WebhookClient.ROTATION_GRACE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.client.rotateSecret("a", Duration.ofDays(8)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.client.rotateSecret("a", Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.client.rotateSecret("nobody", Duration.ZERO))
                .isInstanceOf(StaleWebhookException.class);
        assertThat(List.of("token", "hmac", "a"))
                .allSatisfy(id ->
                        assertThat(node.client.find(id).orElseThrow().version()).isEqualTo(1));
        assertThat(StoredSigner.of(node.client.find("a").orElseThrow().signers().get(0))
                        .orElseThrow()
                        .secrets())
                .containsValue(SteppedClient.SECRET);
    }
}
