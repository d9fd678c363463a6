package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.transport.TlsSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookDocumentTest {
    private static final String TEXT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final WebhookSettings FULL = new WebhookDraft("https://example.com/hook?a=\"b\"")
            .id("wh_1")
            .name("B\u00e4ckerei \"Zur M\u00fchle\" \ud83e\udd68")
            .tenant("t1")
            .events("z.*", "a", "m.n")
            .signer(Signer.standardWebhooks(Secret.of(TEXT)))
            .signer(Signer.hmacSha256("X-Own", Secret.of("hush-hush-1")))
            .signer(Signer.basic("user", Secret.of("hush-hush-2")))
            .signer(Signer.bearer(Secret.of("hush-hush-3")))
            .signer(Signer.custom("mine"))
            .method("PUT")
            .header("X-Open", "\"open\"")
            .secretHeader("X-Key", Secret.of("hush-hush-5"))
            .payload(PayloadFormat.template("text/plain", "{{data}} \u00fc"))
            .tls(TlsSettings.standard()
                    .clientCertificate("client PEM", Secret.of("hush-hush-4"))
                    .trust("trusted PEM")
                    .skipVerification())
            .stored(WebhookStatus.NEW.paused(), 7)
            .kept()
            .build();

    private static final WebhookSettings BARE = new WebhookDraft("https://example.com")
            .id("wh_2")
            .events("*")
            .unsigned()
            .kept()
            .build();

    static Stream<Arguments> webhooks() {
        return Stream.of(argumentSet("full", FULL), argumentSet("bare", BARE));
    }

    @ParameterizedTest
    @MethodSource("webhooks")
    void webhookIsReadAsItWasWritten(WebhookSettings webhook) {
        assertThat(WebhookDocument.read(WebhookDocument.write(webhook)))
                .usingRecursiveComparison()
                .isEqualTo(webhook);
    }

    @Test
    void patternsKeepTheirOrder() {
        assertThat(WebhookDocument.read(WebhookDocument.write(FULL)).events()).containsExactly("z.*", "a", "m.n");
    }

    @Test
    void signersKeepTheirOrder() {
        assertThat(WebhookDocument.read(WebhookDocument.write(FULL)).signers()).isEqualTo(FULL.signers());
    }

    @Test
    void rowRepeatsWhatTheStoreLooksInto() {
        Document row = WebhookDocument.write(FULL);

        assertThat(row.id()).isEqualTo("wh_1");
        assertThat(row.tenant()).contains("t1");
        assertThat(row.version()).isEqualTo(7);
        assertThat(row.removed()).isFalse();
    }

    @Test
    void secretsAreKeptByTheSignerTheyBelongTo() {
        assertThat(WebhookDocument.write(FULL).secrets())
                .isEqualTo(Map.of(
                        "signers.0.secret", TEXT,
                        "signers.1.secret", "hush-hush-1",
                        "signers.2.password", "hush-hush-2",
                        "signers.3.token", "hush-hush-3",
                        "url.path", "/hook?a=\"b\"",
                        "secretHeaders.X-Key", "hush-hush-5",
                        "tls.privateKey", "hush-hush-4"));
    }

    @Test
    void settingsHoldNoSecret() {
        assertThat(WebhookDocument.write(FULL).settings()).doesNotContain(TEXT, "hush", "/hook");
    }

    @Test
    void rowShowsNoSecret() {
        assertThat(WebhookDocument.write(FULL).toString()).doesNotContain(TEXT, "hush", "example.com");
    }

    @Test
    void webhookShowsNoSecret() {
        assertThat(FULL.toString()).doesNotContain(TEXT, "hush", "example.com");
    }

    @Test
    void settingsAreOfThisForm() {
        WebhookSettings webhook = new WebhookDraft("https://example.com")
                .id("wh_3")
                .events("a.*")
                .signer(Signer.hmacSha256("X-Own", Secret.of("hush-hush")))
                .build();

        assertThat(WebhookDocument.write(webhook).settings())
                .isEqualTo(
                        "{\"url\":\"https://example.com\",\"events\":[\"a.*\"],\"signers\":[{\"kind\":\"hmac-sha256\","
                                + "\"settings\":{\"header\":\"X-Own\"},\"secrets\":[\"secret\"]}]}");
    }

    @Test
    void lambdaCannotBeWritten() {
        WebhookSettings webhook = new WebhookDraft("https://example.com")
                .signer(message -> Map.of())
                .build();

        assertThatThrownBy(() -> WebhookDocument.write(webhook)).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void missingSecretMakesItsSettingUnreadableAndNoOther() {
        Document row = WebhookDocument.write(FULL);
        Map<String, String> others = Map.of("signers.0.secret", TEXT, "signers.1.secret", "hush-hush-1");

        WebhookSettings read = WebhookDocument.read(row(row.settings(), others));

        assertThat(read.unreadable()).containsExactlyInAnyOrder("url", "signers", "secretHeaders", "tls");
        assertThat(read.events()).isEqualTo(FULL.events());
        assertThat(read.signers().subList(0, 2)).isEqualTo(FULL.signers().subList(0, 2));
        assertThat(read.signers()).hasSameSizeAs(FULL.signers());
    }

    /** What a newer version wrote, and what this one cannot read then. */
    static Stream<Arguments> newer() {
        return Stream.of(
                Arguments.of("\"bearer\"", "\"quantum\"", Set.of("signers")),
                Arguments.of("\"user\":\"user\"", "\"user\":\"user\",\"salt\":\"1\"", Set.of("signers")),
                Arguments.of("{\"kind\":\"bearer\"", "{\"order\":1,\"kind\":\"bearer\"", Set.of("signers")),
                Arguments.of("\"signers\":[", "\"signers\":[7,", Set.of("signers")),
                Arguments.of("\"template\"", "\"poem\"", Set.of("payload")),
                Arguments.of("\"text\":", "\"rhyme\":\"abba\",\"text\":", Set.of("payload")),
                Arguments.of("\"payload\":{", "\"payload\":{\"strict\":true,", Set.of("payload")),
                Arguments.of("\"headers\":{", "\"headers\":{\"X-Late\":{},", Set.of("headers")),
                Arguments.of("[\"X-Key\"]", "[{\"name\":\"X-Key\"}]", Set.of("secretHeaders")),
                Arguments.of("\"method\":\"PUT\"", "\"method\":[\"PUT\"]", Set.of("method")),
                Arguments.of("\"tls\":{", "\"tls\":{\"pin\":\"x\",", Set.of("tls")),
                Arguments.of("\"url\":", "\"filter\":{\"a\":1},\"url\":", Set.of("filter")),
                Arguments.of("\"events\":[", "\"events\":[{\"type\":\"x\"},", Set.of("events")));
    }

    @ParameterizedTest
    @MethodSource("newer")
    void whatANewerVersionWroteIsMarkedAndTheRestIsRead(String before, String after, Set<String> unreadable) {
        Document full = WebhookDocument.write(FULL);
        assertThat(full.settings()).contains(before);

        WebhookSettings read = WebhookDocument.read(row(full.settings().replace(before, after), full.secrets()));

        assertThat(read.unreadable()).isEqualTo(unreadable);
        assertThat(read.url()).isEqualTo(FULL.url());
        assertThat(read.name()).isEqualTo(FULL.name());
    }

    @ParameterizedTest
    @MethodSource("newer")
    void whatANewerVersionWroteIsNotLostByAChange(String before, String after, Set<String> unreadable) {
        Document full = WebhookDocument.write(FULL);
        WebhookSettings stored = WebhookDocument.read(row(full.settings().replace(before, after), full.secrets()));
        WebhookSettings change = new WebhookDraft("https://example.com/other").build();

        assertThat(change.over(stored).unreadable()).isEqualTo(unreadable);
        assertThat(stored.toBuilder().name("new").build().over(stored).unreadable())
                .isEqualTo(unreadable);
    }

    @Test
    void urlOfANewerFormStaysMarkedThoughItsPathIsThere() {
        Document full = WebhookDocument.write(FULL);
        String newer =
                full.settings().replace("\"origin\":\"https://example.com\"", "\"origin\":[\"https://example.com\"]");
        assertThat(newer).isNotEqualTo(full.settings());

        assertThat(WebhookDocument.read(row(newer, full.secrets())).unreadable())
                .containsExactly("url");
    }

    @Test
    void whatIsSetAnewNeedNotBeRead() {
        Document full = WebhookDocument.write(FULL);
        WebhookSettings stored = WebhookDocument.read(row(
                full.settings()
                        .replace("\"bearer\"", "\"quantum\"")
                        .replace("\"template\"", "\"poem\"")
                        .replace("\"tls\":{", "\"tls\":{\"pin\":\"x\","),
                Map.of("secretHeaders.X-Key", "v")));
        assertThat(stored.unreadable()).containsExactlyInAnyOrder("url", "signers", "payload", "tls");

        WebhookSettings changed = stored.toBuilder()
                .url("https://example.com")
                .unsigned()
                .payload(PayloadFormat.raw())
                .tls(TlsSettings.standard())
                .build();

        assertThat(changed.unreadable()).isEmpty();
        assertThat(changed.over(stored).unreadable()).isEmpty();
    }

    @Test
    void secretHeaderThatCannotBeReadCanBeSetAnewOrLeftOut() {
        Document full = WebhookDocument.write(FULL);
        Map<String, String> others = new HashMap<>(full.secrets());
        others.remove("secretHeaders.X-Key");
        WebhookSettings stored = WebhookDocument.read(row(full.settings(), others));
        assertThat(stored.unreadable()).containsExactly("secretHeaders");

        WebhookSettings anew = stored.toBuilder()
                .secretHeader("x-key", Secret.of("anew"))
                .build()
                .over(stored);
        assertThat(anew.unreadable()).isEmpty();
        assertThat(anew.secretHeaderValues()).isEqualTo(Map.of("x-key", Secret.of("anew")));
        assertThat(stored.toBuilder()
                        .withoutHeader("X-Key")
                        .build()
                        .over(stored)
                        .unreadable())
                .isEmpty();
        assertThat(stored.toBuilder()
                        .secretHeader("X-Other", Secret.of("anew"))
                        .build()
                        .over(stored)
                        .unreadable())
                .containsExactly("secretHeaders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "confidential", "[]"})
    void documentThatIsNoneIsMarked(String settings) {
        assertThat(WebhookDocument.read(row(settings, Map.of())).unreadable()).containsExactly("settings");
    }

    private static Document row(String settings, Map<String, String> secrets) {
        return Document.of(DocumentKind.WEBHOOK, "wh_1", Optional.empty(), 1, settings, secrets);
    }
}
