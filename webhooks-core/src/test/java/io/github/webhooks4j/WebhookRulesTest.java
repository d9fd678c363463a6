package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookRulesTest {
    private final WebhookRules rules = new WebhookRules(
            EgressPolicy.strict(),
            new Extensions(Map.of("mine", message -> Map.of()), Map.of("mine", event -> null)),
            Duration.ofSeconds(15));

    @Test
    void goodWebhookHasNoProblem() {
        WebhookSettings webhook = good().name("N\u00e4me")
                .tenant("t1")
                .signer(Signer.standardWebhooks(Secret.random()))
                .signer(Signer.hmacSha256(Secret.of("secret-of-s")))
                .signer(Signer.bearer(Secret.of("secret-of-t")))
                .signer(Signer.custom("mine"))
                .build();

        assertThat(rules.check(webhook, true)).isEmpty();
    }

    @Test
    void unsignedWebhookHasNoProblem() {
        assertThat(rules.check(good().unsigned().build(), true)).isEmpty();
    }

    @Test
    void idOfItsOwnHasNoProblem() {
        WebhookSettings webhook =
                new WebhookDraft("https://example.com/").events("*").unsigned().build();

        assertThat(rules.check(webhook, true)).isEmpty();
    }

    @Test
    void methodInOtherSpellingIsToldHowToWriteIt() {
        Map.of("put", "PUT", "Patch", "PATCH", "pOsT", "POST")
                .forEach((method, capitals) -> assertThat(
                                rules.check(good().unsigned().method(method).build(), true))
                        .extracting(Problem::message)
                        .containsExactly("is \"" + method + "\"; write it in capitals: " + capitals));
        List.of("GET", "PUT ", "", "DELETE")
                .forEach(method -> assertThat(
                                rules.check(good().unsigned().method(method).build(), true))
                        .extracting(Problem::message)
                        .containsExactly("is \"" + method + "\"; it must be POST, PUT or PATCH"));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                argumentSet("no id", good().unsigned().id(""), "id", "id.form"),
                argumentSet("id with a dot", good().unsigned().id("a.b"), "id", "id.form"),
                argumentSet("id with a line feed", good().unsigned().id("a\n"), "id", "id.form"),
                argumentSet("long id", good().unsigned().id("x".repeat(65)), "id", "id.form"),
                argumentSet("scheme", url("http://example.com"), "url", "url.scheme"),
                argumentSet("no URL", url(""), "url", "url.scheme"),
                argumentSet("user in URL", url("https://hush-hush@example.com/"), "url", "url.user-info"),
                argumentSet("fragment", url("https://example.com/#hush-hush"), "url", "url.fragment"),
                argumentSet("space in URL", url("https://example.com/hush hush"), "url", "url.characters"),
                argumentSet("port", url("https://example.com:22/hush-hush"), "url", "url.port"),
                argumentSet("syntax", url("https://example.com/hush-hush%zz"), "url", "url.syntax"),
                argumentSet("long URL", url("https://example.com/" + "hush".repeat(600)), "url", "url.length"),
                argumentSet("no name", good().unsigned().name(""), "name", "name.form"),
                argumentSet("blank name", good().unsigned().name(" "), "name", "name.form"),
                argumentSet("name with a tab", good().unsigned().name("a\tb"), "name", "name.form"),
                argumentSet("long name", good().unsigned().name("n".repeat(201)), "name", "name.form"),
                argumentSet("no tenant", good().unsigned().tenant(""), "tenant", "tenant.form"),
                argumentSet("tenant with a dot", good().unsigned().tenant("a.b"), "tenant", "tenant.form"),
                argumentSet("long tenant", good().unsigned().tenant("t".repeat(65)), "tenant", "tenant.form"),
                argumentSet("no events", good().unsigned().events(), "events", "events.missing"),
                argumentSet("many events", good().unsigned().events(patterns(101)), "events", "events.many"),
                argumentSet("odd event", good().unsigned().events("a", "user*"), "events", "events.form"),
                argumentSet("no signer", good(), "signers", "signers.missing"),
                argumentSet("many signers", manySigners(11), "signers", "signers.many"),
                argumentSet(
                        "useless secret",
                        good().signer(Signer.standardWebhooks(Secret.of("hush-hush"))),
                        "signers",
                        "signers.unusable"),
                argumentSet(
                        "useless token",
                        good().signer(Signer.bearer(Secret.of("hush hush"))),
                        "signers",
                        "signers.unusable"),
                argumentSet(
                        "useless password",
                        good().signer(Signer.basic("u", Secret.of("hush-hush\n"))),
                        "signers",
                        "signers.unusable"),
                argumentSet("lambda", good().signer(message -> Map.of()), "signers", "signers.unstorable"),
                argumentSet("unknown name", good().signer(Signer.custom("yours")), "signers", "signers.unknown"),
                argumentSet(
                        "header of ours",
                        good().signer(Signer.hmacSha256("Webhook-Id", Secret.of("hush-hush"))),
                        "signers",
                        "signers.reserved"),
                argumentSet(
                        "same header twice",
                        good().signer(Signer.hmacSha256("X-Own", Secret.of("hush-hush")))
                                .signer(Signer.hmacSha256("x-own", Secret.of("hush-hush-2"))),
                        "signers",
                        "signers.conflict"),
                argumentSet(
                        "token and password",
                        good().signer(Signer.bearer(Secret.of("hush-hush")))
                                .signer(Signer.basic("u", Secret.of("hush-hush-2"))),
                        "signers",
                        "signers.conflict"),
                argumentSet(
                        "header of the other signer",
                        good().signer(Signer.standardWebhooks(Secret.random()))
                                .signer(Signer.hmacSha256("Webhook-Signature", Secret.of("hush-hush"))),
                        "signers",
                        "signers.conflict"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenRuleIsNamed(WebhookDraft draft, String field, String code) {
        assertThat(rules.check(draft.build(), true)).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.code()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @MethodSource("broken")
    void messageHoldsNoSecret(WebhookDraft draft, String field, String code) {
        assertThat(new InvalidWebhookException(rules.check(draft.build(), true)))
                .message()
                .matches(field + ":? .+")
                .doesNotContain("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "webhook-id",
                "WEBHOOK-TIMESTAMP",
                "Content-Type",
                "Content-Length",
                "Host",
                "User-Agent",
                "X-Forwarded-For",
                "x_forwarded_for",
                "Cookie",
                "Metadata-Flavor",
                "Content-Encoding"
            })
    void headersOfOursAreReserved(String header) {
        WebhookSettings webhook = good().signer(Signer.hmacSha256(header, Secret.of("secret-of-s")))
                .build();

        assertThat(rules.check(webhook, true)).extracting(Problem::code).containsExactly("signers.reserved");
    }

    @Test
    void underscoreAndHyphenAreTheSameInTheHeadersOfSigners() {
        WebhookSettings webhook = good().signer(Signer.hmacSha256("X_Sig", Secret.of("secret-of-s")))
                .signer(Signer.hmacSha256("X-Sig", Secret.of("secret-of-s")))
                .build();

        assertThat(rules.check(webhook, true)).extracting(Problem::code).containsExactly("signers.conflict");
    }

    @Test
    void everythingWrongIsReportedInTheOrderOfTheSettings() {
        WebhookSettings webhook = new WebhookDraft("ftp://example.com:22/#x")
                .id("")
                .name("")
                .tenant("")
                .build();

        assertThat(rules.check(webhook, true))
                .extracting(Problem::code)
                .containsExactly(
                        "id.form",
                        "tenant.form",
                        "url.scheme",
                        "url.port",
                        "url.fragment",
                        "name.form",
                        "events.missing",
                        "signers.missing");
    }

    @Test
    void updateNeedsNoSigner() {
        assertThat(rules.check(good().build(), false)).isEmpty();
    }

    @Test
    void largestNumbersAreFine() {
        WebhookSettings webhook = manySigners(10)
                .id("x".repeat(64))
                .name("n".repeat(200))
                .tenant("t".repeat(64))
                .events(patterns(100))
                .build();

        assertThat(rules.check(webhook, true)).isEmpty();
    }

    @Test
    void developmentPolicyAllowsThisMachine() {
        WebhookRules development = new WebhookRules(
                EgressPolicy.development(), new Extensions(Map.of(), Map.of()), Duration.ofSeconds(15));

        assertThat(development.check(url("http://localhost:8080/").build(), true))
                .isEmpty();
    }

    private static WebhookDraft good() {
        return new WebhookDraft("https://example.com/hook").id("wh_1").events("user.*");
    }

    private static WebhookDraft url(String url) {
        return new WebhookDraft(url).id("wh_1").events("user.*").unsigned();
    }

    private static WebhookDraft manySigners(int count) {
        List<Signer> signers = IntStream.range(0, count)
                .<Signer>mapToObj(n -> Signer.hmacSha256("X-Own-" + n, Secret.of("hush-hush")))
                .toList();
        return good().signers(signers);
    }

    private static String[] patterns(int count) {
        return IntStream.range(0, count).mapToObj(n -> "type." + n).toArray(String[]::new);
    }
}
