package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Signers that are stored once and used by many webhooks. */
class SharedSignersTest {
    private final SteppedClient node = new SteppedClient().open();
    private final Signers signers = node.client.signers();

    @AfterEach
    void close() {
        node.close();
    }

    private static Signer bearer(String token) {
        return Signer.bearer(Secret.of(token));
    }

    private Document stored(String name) {
        return node.store
                .documents()
                .find(DocumentKind.SIGNER, SignerDocument.id(Optional.empty(), name))
                .orElseThrow();
    }

    private void loseTheKeyOf(String name) {
        Document stored = stored(name);
        Document locked =
                Document.of(stored.kind(), stored.id(), stored.tenant(), stored.version(), stored.settings(), Map.of());
        assertThat(node.store.documents().save(locked, List.of())).isPresent();
    }

    private static Webhook using(String id, String... names) {
        Webhook.Builder webhook = Webhook.builder(SteppedClient.url(id)).id(id).events("*");
        for (String name : names) {
            webhook.signer(Signer.shared(name));
        }
        return webhook.build();
    }

    private static void publish(SteppedClient node) {
        node.client.publish(Event.of("x", 1));
        node.step();
    }

    private List<String> tokensSentTo(String id) {
        return node.requestsTo(id).stream()
                .map(request -> request.headers().get("Authorization"))
                .toList();
    }

    @Test
    void oneChangeReachesAllWhoUseIt() {
        signers.save("ours", bearer("one"));
        node.client.register(using("a", "ours"));
        node.client.register(using("b", "ours"));
        publish(node);

        signers.save("ours", bearer("two"));
        publish(node);

        assertThat(tokensSentTo("a")).containsExactly("Bearer one", "Bearer two");
        assertThat(tokensSentTo("b")).containsExactly("Bearer one", "Bearer two");
    }

    @Test
    void eachOfManyWhoSaveTheSameSignerSucceeds() throws Exception {
        int savers = 8;
        ExecutorService threads = Executors.newFixedThreadPool(savers);
        try {
            CyclicBarrier start = new CyclicBarrier(savers);
            List<Future<?>> saves = new ArrayList<>();
            for (int i = 0; i < savers; i++) {
                Signer signer = bearer("t" + i);
                saves.add(threads.submit(() -> {
                    start.await();
                    signers.save("ours", signer);
                    return null;
                }));
            }
            for (Future<?> save : saves) {
                save.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(stored("ours").version()).isEqualTo(savers);
    }

    @Test
    void nameThatWasRemovedCanBeUsedAtOnce() {
        signers.save("ours", bearer("one"));
        assertThat(signers.remove("ours")).isTrue();

        signers.save("ours", bearer("two"));

        node.client.register(using("a", "ours"));
        publish(node);
        assertThat(tokensSentTo("a")).containsExactly("Bearer two");
    }

    @Test
    void savingAgainUnchangedWritesNothing() {
        signers.save("ours", bearer("one"));
        Document before = stored("ours");

        node.clock.advance(Duration.ofSeconds(1));
        signers.save("ours", bearer("one"));

        assertThat(stored("ours")).isEqualTo(before);
    }

    @Test
    void anotherNodeFollowsWithinTwoSeconds() {
        signers.save("ours", bearer("one"));
        node.client.register(using("a", "ours"));
        SteppedClient other = new SteppedClient(node).open();
        publish(other);
        signers.save("ours", bearer("two"));

        other.elapse(Duration.ofSeconds(2));
        publish(other);

        assertThat(other.requestsTo("a"))
                .extracting(request -> request.headers().get("Authorization"))
                .containsExactly("Bearer one", "Bearer two");
    }

    @Test
    void signerOfAnotherTenantIsUnknown() {
        node.client.signers("acme").save("ours", bearer("acmes"));

        for (Webhook webhook : List.of(
                using("a", "ours"),
                using("a", "ours").toBuilder().tenant("other").build())) {
            assertThatThrownBy(() -> node.client.register(webhook))
                    .isInstanceOf(InvalidWebhookException.class)
                    .hasMessageContaining("shared signer ours")
                    .hasMessageContaining("WebhookClient.signers()");
            assertThat(node.client.check(webhook)).extracting(Problem::code).containsExactly("signers.unknown");
            assertThatThrownBy(() -> node.client.preview(webhook, Event.of("x", 1)))
                    .isInstanceOf(InvalidWebhookException.class);
        }
        assertThat(signers.list()).isEmpty();
        assertThat(signers.find("ours")).isEmpty();
        assertThat(signers.remove("ours")).isFalse();
    }

    @Test
    void eachTenantHasItsOwnOfOneName() {
        node.client.signers("acme").save("ours", bearer("acmes"));
        signers.save("ours", bearer("nobodys"));
        node.client.register(using("a", "ours").toBuilder().tenant("acme").build());
        node.client.register(using("b", "ours"));

        publish(node);
        node.client.publish(Event.builder("x").json("1").tenant("acme").build());
        node.step();

        assertThat(tokensSentTo("a")).containsExactly("Bearer acmes");
        assertThat(tokensSentTo("b")).containsExactly("Bearer nobodys");
    }

    @Test
    void deliveriesWaitWithoutAnAttemptWhileItIsMissing() {
        signers.save("ours", bearer("one"));
        node.client.register(using("a", "ours"));
        node.store
                .documents()
                .remove(
                        DocumentKind.SIGNER,
                        SignerDocument.id(Optional.empty(), "ours"),
                        List.of()); // in the moment between registration's look and its save
        try (Logged log = new Logged()) {
            node.elapse(Duration.ofSeconds(2));
            publish(node);
            publish(node);
            node.elapse(Duration.ofSeconds(10));

            assertThat(node.requestsTo("a")).isEmpty();
            assertThat(node.attempts).isEmpty();
            assertThat(log.lines("this node cannot send to webhook a"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("no shared signer", "ours"));
        }

        signers.save("ours", bearer("two"));
        node.elapse(Duration.ofSeconds(10));

        assertThat(tokensSentTo("a")).containsExactly("Bearer two", "Bearer two");
        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1, 1);
    }

    @Test
    void deliveriesWaitWhileItCannotBeRead() {
        signers.save("ours", bearer("one"));
        node.client.register(using("a", "ours"));
        loseTheKeyOf("ours");
        node.elapse(Duration.ofSeconds(2));

        publish(node);

        assertThat(node.requestsTo("a")).isEmpty();
        assertThat(node.attempts).isEmpty();
        assertThat(signers.list()).containsExactly(new Signers.Stored("ours", "bearer", false));
    }

    @Test
    void signerInUseIsNotRemoved() {
        signers.save("ours", bearer("one"));
        node.client.register(using("a", "ours"));

        assertThatThrownBy(() -> signers.remove("ours"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("such as a");
        node.client.remove("a");

        assertThat(signers.remove("ours")).isTrue();
        assertThat(signers.remove("ours")).isFalse();
        assertThat(signers.list()).isEmpty();
    }

    @Test
    void namesAndKindsAreShownInOrder() {
        signers.save("b", bearer("geheim"));
        signers.save("a", Signer.hmacSha256(Secret.of("geheim-geheim")));

        assertThat(signers.list())
                .containsExactly(new Signers.Stored("a", "hmac-sha256", true), new Signers.Stored("b", "bearer", true));
        assertThat(signers.find("b")).contains(new Signers.Stored("b", "bearer", true));
        assertThat(signers.list().toString()).doesNotContain("geheim");
    }

    @Test
    void headerThatAnotherSignerSetsIsRefused() {
        signers.save("ours", bearer("one"));
        signers.save("legacy", Signer.hmacSha256("X-Old", Secret.of("secret-of-s")));

        assertThat(node.client.check(using("a", "ours").toBuilder()
                        .signer(Signer.shared("ours"))
                        .signer(Signer.basic("u", Secret.of("p")))
                        .build()))
                .extracting(Problem::code)
                .containsExactly("signers.conflict");
        node.client.register(using("a", "ours", "legacy"));
        node.client.register(using("b", "ours").toBuilder().header("X-New", "1").build());
        assertThatThrownBy(() -> signers.save("legacy", Signer.basic("u", Secret.of("p"))))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("webhook a");
        assertThatThrownBy(() -> signers.save("ours", Signer.hmacSha256("X-New", Secret.of("password"))))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("webhook b");
        publish(node);
        assertThat(tokensSentTo("a")).containsExactly("Bearer one");
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of("a b", bearer("t"), "name.form"),
                Arguments.of("", bearer("t"), "name.form"),
                Arguments.of("a", bearer("hush hush"), "signer.unusable"),
                Arguments.of("a", Signer.shared("b"), "signer.shared"),
                Arguments.of("a", Signer.custom("b"), "signer.unknown"),
                Arguments.of("a", Signer.hmacSha256("Host", Secret.of("hush-hush")), "signer.reserved"),
                Arguments.of(
                        "a",
                        Signer.oauth2("http://login.example.com", "me", Secret.of("hush")),
                        "signer.token-url.scheme"),
                Arguments.of("a", (Signer) message -> Map.of(), "signer.unstorable"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badSignerIsRefusedWithoutItsSecret(String name, Signer signer, String code) {
        assertThatThrownBy(() -> signers.save(name, signer))
                .isInstanceOfSatisfying(
                        InvalidWebhookException.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::code)
                                .containsExactly(code))
                .hasMessageNotContaining("hush");
        assertThat(signers.list()).isEmpty();
    }

    @Test
    void tenantIsCheckedToo() {
        assertThatThrownBy(() -> node.client.signers("a b").save("a", bearer("t")))
                .hasMessageContaining("tenant");
    }

    @Test
    void previewShowsItsHeadersAndNotItsSecret() {
        signers.save("ours", bearer("geheim"));
        node.client.register(using("a", "ours"));

        assertThat(node.client
                        .preview(node.client.find("a").orElseThrow(), Event.of("x", 1))
                        .headers())
                .containsEntry("Authorization", "***");
    }

    @Test
    void closedClientRefuses() {
        node.close();
        assertThatThrownBy(node.client::signers).isInstanceOf(IllegalStateException.class);
    }
}
