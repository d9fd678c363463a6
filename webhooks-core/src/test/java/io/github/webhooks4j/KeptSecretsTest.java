package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that are kept by an update, when the URL is not. */
class KeptSecretsTest {
    private static final String BEFORE = "https://a.example.com/hook";
    private static final String ELSEWHERE = "https://b.example.com/hook";

    private final SteppedClient node =
            new SteppedClient(settings -> settings.signer("mine", message -> java.util.Map.of()));

    @AfterEach
    void close() {
        node.close();
    }

    private Webhook registered(Signer signer) {
        return node.client.register(webhook(BEFORE).signer(signer).build());
    }

    private static Webhook.Builder webhook(String url) {
        return Webhook.builder(url).id("a").events("*");
    }

    private List<String> codes(Webhook.Builder change) {
        return node.client.check(change.build()).stream().map(Problem::code).toList();
    }

    static Stream<Signer> inClear() {
        return Stream.of(
                Signer.bearer(Secret.of("secret-of-t")),
                Signer.basic("u", Secret.of("p")),
                Signer.oauth2("https://login.example.com/token", "me", Secret.of("secret-of-s")),
                Signer.custom("mine"),
                Signer.shared("ours"));
    }

    @ParameterizedTest
    @MethodSource("inClear")
    void whatIsSentInClearIsNotKeptForAnotherHost(Signer signer) {
        node.client.signers().save("ours", Signer.bearer(Secret.of("shared")));
        Webhook stored = registered(signer);

        for (Webhook.Builder change : List.of(stored.toBuilder().url(ELSEWHERE), webhook(ELSEWHERE))) {
            assertThat(codes(change)).containsExactly("signers.kept");
            assertThatThrownBy(() -> node.client.update(change.build()))
                    .isInstanceOf(InvalidWebhookException.class)
                    .hasMessageContaining("set it again, with a new secret");
            assertThatThrownBy(() -> node.client.register(change.build())).isInstanceOf(InvalidWebhookException.class);
            assertThatThrownBy(() -> node.client.preview(change.build(), Event.of("x", 1)))
                    .isInstanceOf(InvalidWebhookException.class);
        }
        assertThat(node.client.find("a").orElseThrow().url()).isEqualTo(BEFORE);
        for (Signer anew : List.of(Signer.bearer(Secret.of("t2")), Signer.custom("mine"), Signer.shared("ours"))) {
            assertThat(codes(stored.toBuilder().url(ELSEWHERE).signer(anew))).isEmpty();
            assertThat(codes(webhook(ELSEWHERE).signer(anew))).isEmpty();
        }
        assertThat(codes(stored.toBuilder().url(ELSEWHERE).unsigned())).isEmpty();
    }

    static Stream<Signer> readBack() {
        return inClear().limit(3);
    }

    @ParameterizedTest
    @MethodSource("readBack")
    void whatWasReadBackIsNotSetAnew(Signer signer) {
        registered(signer);
        Webhook found = node.client.find("a").orElseThrow();
        Webhook.Builder copied = webhook(ELSEWHERE).signer(Signer.hmacSha256(Secret.of("secret-of-s")));
        found.signers().forEach(copied::signer);

        assertThat(codes(copied)).containsExactly("signers.kept");
        assertThatThrownBy(() -> node.client.register(copied.build())).isInstanceOf(InvalidWebhookException.class);
        assertThat(node.client.find("a").orElseThrow().url()).isEqualTo(BEFORE);
    }

    static Stream<Signer> otherFormsOfOneSecret() {
        return Stream.of(
                Signer.bearer(Secret.of("secret-of-t")),
                Signer.basic("another", Secret.of("secret-of-t")),
                Signer.oauth2("https://another.example.com/token", "me", Secret.of("secret-of-t")));
    }

    @ParameterizedTest
    @MethodSource("otherFormsOfOneSecret")
    void secretThatWasReadBackIsNotSetAnewInAnotherForm(Signer signer) {
        for (Signer before : List.of(
                Signer.basic("u", Secret.of("secret-of-t")),
                Signer.hmacSha256(Secret.of("secret-of-t")),
                Signer.oauth2("https://login.example.com/token", "me", Secret.of("secret-of-t")))) {
            registered(before);

            assertThat(codes(webhook(ELSEWHERE).signer(signer))).containsExactly("signers.kept");
            assertThat(codes(webhook(BEFORE).signer(signer))).isEmpty();
        }
        assertThat(codes(webhook(ELSEWHERE).signer(Signer.hmacSha512(Secret.of("secret-of-t")))))
                .isEmpty();
    }

    @Test
    void payloadFormatThatWasReadBackIsNotSetAnew() {
        Webhook stored = node.client.register(SteppedClient.webhook("a", "*")
                .url(BEFORE)
                .payload(PayloadFormat.apiCall(Secret.of("geheim-geheim")))
                .build());

        assertThat(codes(webhook(ELSEWHERE).payload(stored.payload()))).containsExactly("payload.kept");
        assertThat(codes(stored.toBuilder().url(ELSEWHERE).payload(stored.payload())))
                .containsExactly("payload.kept");
        assertThat(codes(webhook(ELSEWHERE).payload(PayloadFormat.apiCall(Secret.of("anders")))))
                .isEmpty();
        assertThat(codes(webhook(ELSEWHERE).payload(PayloadFormat.raw()))).isEmpty();
    }

    @Test
    void whatIsSetAnewStaysSoInFurtherBuilders() {
        Webhook stored = registered(Signer.bearer(Secret.of("secret-of-t")));
        Webhook draft = stored.toBuilder()
                .url(ELSEWHERE)
                .signer(Signer.bearer(Secret.of("t2")))
                .build();

        assertThat(node.client.update(draft.toBuilder().name("moved").build()).url())
                .isEqualTo(ELSEWHERE);
        assertThat(codes(node.client.find("a").orElseThrow().toBuilder().url(BEFORE)))
                .containsExactly("signers.kept");
    }

    @Test
    void secretHeadersAreNotKeptForAnotherHost() {
        Webhook stored = node.client.register(SteppedClient.webhook("a", "*")
                .url(BEFORE)
                .secretHeader("X-Key", Secret.of("geheim-geheim"))
                .secretHeader("X-Other", Secret.of("geheim-geheim"))
                .build());

        assertThat(codes(stored.toBuilder().url(ELSEWHERE).secretHeader("x-key", Secret.of("geheim-geheim"))))
                .containsExactly("secretHeaders.kept");
        assertThat(codes(webhook(ELSEWHERE))).containsExactly("secretHeaders.kept", "secretHeaders.kept");
        assertThat(codes(webhook(ELSEWHERE).secretHeader("X-Key", Secret.of("geheim-geheim"))))
                .isEmpty();
        assertThat(codes(stored.toBuilder()
                        .url(ELSEWHERE)
                        .withoutHeader("X-Other")
                        .secretHeader("X-Key", Secret.of("geheim-geheim"))))
                .isEmpty();
    }

    @Test
    void whatOnlySignsIsKept() {
        Webhook stored = node.client.register(webhook(BEFORE)
                .signer(Signer.standardWebhooks(Secret.random()))
                .signer(Signer.hmacSha256(Secret.of("secret-of-s")))
                .build());

        assertThat(codes(stored.toBuilder().url(ELSEWHERE))).isEmpty();
        assertThat(node.client.update(webhook(ELSEWHERE).build()).signers()).isEqualTo(stored.signers());
    }

    private Webhook withSecrets() {
        return node.client.register(webhook(BEFORE)
                .signer(Signer.bearer(Secret.of("secret-of-t")))
                .secretHeader("X-Key", Secret.of("geheim-geheim"))
                .payload(PayloadFormat.apiCall(Secret.of("geheim-geheim")))
                .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {BEFORE, ELSEWHERE})
    void secretsAreNotCopiedToAnotherId(String url) {
        Webhook stored = withSecrets();
        node.client.register(
                webhook(ELSEWHERE).id("existing").signer(Signer.custom("mine")).build());

        for (String id : List.of("copy", "existing")) {
            for (Webhook copy : List.of(
                    stored.toBuilder().id(id).url(url).build(),
                    stored.toBuilder().url(url).build().toBuilder().id(id).build(),
                    node.client.find("a").orElseThrow().toBuilder()
                            .id(id)
                            .url(url)
                            .signer(Signer.hmacSha256(Secret.of("secret-of-s")))
                            .build())) {
                assertThat(node.client.check(copy)).extracting(Problem::code).contains("id.copied");
                assertThatThrownBy(() -> node.client.register(copy))
                        .isInstanceOf(InvalidWebhookException.class)
                        .hasMessageContaining("use Webhook.builder(url) for a new webhook");
                assertThatThrownBy(() -> node.client.update(copy))
                        .isInstanceOfAny(InvalidWebhookException.class, StaleWebhookException.class);
                assertThatThrownBy(() -> node.client.preview(copy, Event.of("x", 1)))
                        .isInstanceOf(InvalidWebhookException.class);
            }
        }
        assertThat(node.client.find("copy")).isEmpty();
        assertThat(node.client.find("existing").orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void idOfADraftMayChange() {
        Webhook draft =
                webhook(BEFORE).signer(Signer.bearer(Secret.of("secret-of-t"))).build();

        assertThat(node.client.register(draft.toBuilder().id("other").build()).id())
                .isEqualTo("other");
        Webhook stored = node.client.find("other").orElseThrow();
        assertThat(codes(stored.toBuilder().id("else").id("other"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.example.com/other?x=1",
                "HTTPS://A.example.com:443/hook",
                "https://a.example.com",
                "https://a.example.com/",
                "https://a.example.com?b"
            })
    void anotherPathOrSpellingIsTheSameHost(String url) {
        Webhook stored = registered(Signer.bearer(Secret.of("secret-of-t")));

        assertThat(codes(stored.toBuilder().url(url))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.example.com:8443/hook",
                "https://a.example.com.evil.example/hook",
                "https://sub.a.example.com/hook",
                "https://example.com/a.example.com/hook"
            })
    void anotherPortOrNameIsAnother(String url) {
        Webhook stored = registered(Signer.bearer(Secret.of("secret-of-t")));

        assertThat(codes(stored.toBuilder().url(url))).containsExactly("signers.kept");
    }
}
