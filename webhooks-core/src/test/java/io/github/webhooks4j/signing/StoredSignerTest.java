package io.github.webhooks4j.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StoredSignerTest {
    private static final String TEXT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Secret SECRET = Secret.of(TEXT);
    private static final Secret OTHER = Secret.of("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");

    static Stream<Arguments> readyMade() {
        return Stream.of(
                argumentSet(
                        "standard-webhooks",
                        Signer.standardWebhooks(SECRET),
                        new StoredSigner("standard-webhooks", Map.of(), Map.of("secret", SECRET))),
                argumentSet(
                        "hmac-sha256",
                        Signer.hmacSha256("X-Own", SECRET),
                        new StoredSigner("hmac-sha256", Map.of("header", "X-Own"), Map.of("secret", SECRET))),
                argumentSet(
                        "hmac-sha512",
                        Signer.hmacSha512(SECRET).base64().prefix("sha512="),
                        new StoredSigner(
                                "hmac-sha512",
                                Map.of("header", "X-Webhook-Signature", "encoding", "base64", "prefix", "sha512="),
                                Map.of("secret", SECRET))),
                argumentSet(
                        "timestamped",
                        Signer.hmacSha256("Stripe-Signature", SECRET).timestamped(),
                        new StoredSigner(
                                "hmac-sha256",
                                Map.of("header", "Stripe-Signature", "timestamped", "true"),
                                Map.of("secret", SECRET))),
                argumentSet(
                        "rotated",
                        StoredSigner.rotated(
                                Signer.standardWebhooks(OTHER),
                                SECRET,
                                Instant.parse("2026-01-15T12:00:00Z"),
                                Duration.ofHours(24)),
                        new StoredSigner(
                                "standard-webhooks",
                                Map.of("old.1.until", "2026-01-16T12:00:00Z"),
                                Map.of("secret", SECRET, "old.1", OTHER))),
                argumentSet(
                        "oauth2",
                        Signer.oauth2("https://auth.example/tenant/token?code=1", "client", SECRET)
                                .scope("read write")
                                .audience("api")
                                .credentialsInBody(),
                        new StoredSigner(
                                "oauth2",
                                Map.of(
                                        "tokenUrl",
                                        "https://auth.example",
                                        "clientId",
                                        "client",
                                        "scope",
                                        "read write",
                                        "audience",
                                        "api",
                                        "credentials",
                                        "body"),
                                Map.of("clientSecret", SECRET, "tokenUrl.path", Secret.of("/tenant/token?code=1")))),
                argumentSet(
                        "oauth2 at the root",
                        Signer.oauth2("https://auth.example:8443", "client", SECRET),
                        new StoredSigner(
                                "oauth2",
                                Map.of("tokenUrl", "https://auth.example:8443", "clientId", "client"),
                                Map.of("clientSecret", SECRET))),
                argumentSet(
                        "oauth2 with a query only",
                        Signer.oauth2("https://auth.example?code=1", "client", SECRET),
                        new StoredSigner(
                                "oauth2",
                                Map.of("tokenUrl", "https://auth.example", "clientId", "client"),
                                Map.of("clientSecret", SECRET, "tokenUrl.path", Secret.of("?code=1")))),
                argumentSet(
                        "shared", Signer.shared("ours"), new StoredSigner("shared", Map.of("name", "ours"), Map.of())),
                argumentSet(
                        "bearer", Signer.bearer(SECRET), new StoredSigner("bearer", Map.of(), Map.of("token", SECRET))),
                argumentSet(
                        "basic",
                        Signer.basic("user", SECRET),
                        new StoredSigner("basic", Map.of("user", "user"), Map.of("password", SECRET))),
                argumentSet(
                        "custom", Signer.custom("mine"), new StoredSigner("custom", Map.of("name", "mine"), Map.of())));
    }

    @ParameterizedTest
    @MethodSource("readyMade")
    void readyMadeSignerComesApart(Signer signer, StoredSigner stored) {
        assertThat(StoredSigner.of(signer)).contains(stored);
    }

    @ParameterizedTest
    @MethodSource("readyMade")
    void readyMadeSignerIsPutTogetherAgain(Signer signer, StoredSigner stored) {
        assertThat(stored.restore()).isEqualTo(signer);
    }

    @ParameterizedTest
    @MethodSource("readyMade")
    void settingsHoldNoSecret(Signer signer, StoredSigner stored) {
        assertThat(StoredSigner.of(signer))
                .hasValueSatisfying(parts -> assertThat(parts.settings()).doesNotContainValue(TEXT));
        assertThat(stored.toString()).doesNotContain(TEXT);
    }

    @ParameterizedTest
    @MethodSource("readyMade")
    void goodSignerHasNoProblem(Signer signer, StoredSigner stored) {
        assertThat(StoredSigner.problems(signer)).isEmpty();
    }

    @Test
    void lambdaCannotBeStored() {
        assertThat(StoredSigner.of(message -> Map.of())).isEmpty();
    }

    @Test
    void lambdaHasNoKnownProblem() {
        assertThat(StoredSigner.problems(message -> Map.of())).isEmpty();
    }

    @Test
    void lambdaHasNoKnownHeader() {
        assertThat(StoredSigner.headerNames(message -> Map.of("X-Own", "1"))).isEmpty();
    }

    static Stream<Arguments> headerNames() {
        return Stream.of(
                argumentSet("standard-webhooks", Signer.standardWebhooks(SECRET), Set.of("webhook-signature")),
                argumentSet("hmac-sha256", Signer.hmacSha256("X-Own", SECRET), Set.of("X-Own")),
                argumentSet("bearer", Signer.bearer(SECRET), Set.of("Authorization")),
                argumentSet("basic", Signer.basic("user", SECRET), Set.of("Authorization")),
                argumentSet("shared", Signer.shared("ours"), Set.of()),
                argumentSet("custom", Signer.custom("mine"), Set.of()));
    }

    @ParameterizedTest
    @MethodSource("headerNames")
    void headersAreKnownBeforeItSigns(Signer signer, Set<String> names) {
        assertThat(StoredSigner.headerNames(signer)).isEqualTo(names);
    }

    @Test
    void nameOfACustomSignerIsKnown() {
        assertThat(StoredSigner.customName(Signer.custom("mine"))).contains("mine");
    }

    @Test
    void otherSignerHasNoCustomName() {
        assertThat(StoredSigner.customName(Signer.bearer(SECRET))).isEmpty();
    }

    @Test
    void nameOfASharedSignerIsKnown() {
        assertThat(StoredSigner.sharedName(Signer.shared("ours"))).contains("ours");
    }

    @Test
    void tokenUrlIsKnown() {
        assertThat(StoredSigner.tokenUrl(Signer.oauth2("https://a/b", "c", SECRET)))
                .contains("https://a/b");
        assertThat(StoredSigner.tokenUrl(Signer.bearer(SECRET))).isEmpty();
    }

    @Test
    void sharedNameIsNoCustomName() {
        assertThat(StoredSigner.customName(Signer.shared("ours"))).isEmpty();
        assertThat(StoredSigner.sharedName(Signer.custom("mine"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"hmac-sha256, encoding, base32", "hmac-sha256, timestamped, false", "hmac-sha256, key, hex"})
    void settingOfANewerVersionAsksForAnUpdate(String kind, String setting, String value) {
        StoredSigner stored =
                new StoredSigner(kind, Map.of("header", "X-Own", setting, value), Map.of("secret", SECRET));

        assertThatThrownBy(stored::restore)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("that this version does not know")
                .hasMessageContaining("update this application");
    }

    @Test
    void oldSecretWithoutItsEndIsNotRestored() {
        StoredSigner stored = new StoredSigner("standard-webhooks", Map.of(), Map.of("secret", SECRET, "old.1", OTHER));

        assertThatThrownBy(stored::restore).hasMessageContaining("lacks its old.1.until");
    }

    @Test
    void oldSecretWithAnEndThatIsNoTimeIsNotRestored() {
        StoredSigner stored = new StoredSigner(
                "standard-webhooks", Map.of("old.1.until", "soon"), Map.of("secret", SECRET, "old.1", OTHER));

        assertThatThrownBy(stored::restore).hasMessageContaining("not a time in ISO 8601");
    }

    @Test
    void unknownKindAsksForAnUpdate() {
        assertThatThrownBy(() -> new StoredSigner("quantum", Map.of(), Map.of()).restore())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quantum")
                .hasMessageContaining("update this application");
    }

    @ParameterizedTest
    @CsvSource({
        "standard-webhooks, secret",
        "hmac-sha256, header",
        "bearer, token",
        "basic, user",
        "custom, name",
        "shared, name",
        "oauth2, tokenUrl",
        "hmac-sha512, header",
    })
    void missingPartIsNamed(String kind, String part) {
        assertThatThrownBy(() -> new StoredSigner(kind, Map.of(), Map.of()).restore())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the stored signer " + kind + " lacks its " + part);
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                argumentSet("standard-webhooks", Signer.standardWebhooks(Secret.of("hush-hush")), "whsec_"),
                argumentSet("bad HMAC header", Signer.hmacSha256("X Own", Secret.of("hush-hush")), "header"),
                argumentSet("no HMAC header", Signer.hmacSha256("", Secret.of("hush-hush")), "header"),
                argumentSet("long HMAC header", Signer.hmacSha256("x".repeat(129), Secret.of("hush-hush")), "header"),
                argumentSet(
                        "no HMAC secret", Signer.hmacSha256(Secret.of("")), "must have 8 to 4000 characters; it has 0"),
                argumentSet("one letter", Signer.hmacSha512(Secret.of("k")), "it has 1; Secret.random() makes one"),
                argumentSet("a line end", Signer.hmacSha256(Secret.of("plain-text\n")), "white space at an end"),
                argumentSet("a space", Signer.hmacSha256(Secret.of(" plain-text")), "white space at an end"),
                argumentSet("a huge HMAC secret", Signer.hmacSha256(Secret.of("x".repeat(4001))), "8 to 4000"),
                argumentSet("half a surrogate", Signer.hmacSha256(Secret.of("password\ud800")), "surrogate"),
                argumentSet("public key", Signer.standardWebhooks(Secret.of("whpk_hush")), "sign with the private key"),
                argumentSet("private key", Signer.standardWebhooks(Secret.of("whsk_hush-hush")), "standard base64"),
                argumentSet("short private key", Signer.standardWebhooks(Secret.of("whsk_aHVzaA==")), "PKCS#8"),
                argumentSet(
                        "prefix with a space",
                        Signer.hmacSha256(Secret.of("hush-hush")).prefix("sha256 "),
                        "visible ASCII"),
                argumentSet(
                        "long prefix", Signer.hmacSha256(Secret.of("hush-hush")).prefix("x".repeat(65)), "at most 64"),
                argumentSet(
                        "prefix of a timestamped one",
                        Signer.hmacSha256(Secret.of("hush-hush")).prefix("v0=").timestamped(),
                        "takes no prefix"),
                argumentSet("token URL", Signer.oauth2("ftp://a/b", "c", Secret.of("hush-hush")), "http or https"),
                argumentSet("client id", Signer.oauth2("https://a/b", "c\n", Secret.of("hush-hush")), "client id"),
                argumentSet("client secret", Signer.oauth2("https://a/b", "c", Secret.of("")), "client secret"),
                argumentSet(
                        "scope",
                        Signer.oauth2("https://a/b", "c", Secret.of("hush-hush"))
                                .scope("a\"b"),
                        "scope"),
                argumentSet(
                        "audience",
                        Signer.oauth2("https://a/b", "c", Secret.of("hush-hush"))
                                .audience("a\rb"),
                        "audience"),
                argumentSet("no shared name", Signer.shared("a/b"), "letters, digits"),
                argumentSet("half a surrogate in a password", Signer.basic("u", Secret.of("hush\ud800")), "surrogate"),
                argumentSet("no name", Signer.custom("a b"), "letters, digits"),
                argumentSet("no token", Signer.bearer(Secret.of("")), "1 to 4000"),
                argumentSet("token with a space", Signer.bearer(Secret.of("hush hush")), "without a space"),
                argumentSet("token with a line feed", Signer.bearer(Secret.of("hush-hush\r\nX: 1")), "visible ASCII"),
                argumentSet("token beyond ASCII", Signer.bearer(Secret.of("hush-h\u00fcsh")), "visible ASCII"),
                argumentSet("long token", Signer.bearer(Secret.of("hush-hush".repeat(500))), "1 to 4000"),
                argumentSet("user with a colon", Signer.basic("a:b", Secret.of("hush-hush")), "colon"),
                argumentSet("user with a NUL", Signer.basic("a\u0000", Secret.of("hush-hush")), "user"),
                argumentSet("long user", Signer.basic("u".repeat(1001), Secret.of("hush-hush")), "1000"),
                argumentSet("password with a control", Signer.basic("u", Secret.of("hush-hush\u0085")), "password"),
                argumentSet("long password", Signer.basic("u", Secret.of("hush-hush".repeat(200))), "1000"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void unusableSignerHasAProblem(Signer signer, String words) {
        assertThat(StoredSigner.problems(signer)).singleElement().asString().contains(words);
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void problemDoesNotContainTheSecret(Signer signer, String words) {
        assertThat(StoredSigner.problems(signer).toString()).doesNotContain("hush");
    }

    @ParameterizedTest
    @MethodSource("readyMade")
    void onlyTheSignersWithAKeySignAndNothingElse(Signer signer, StoredSigner stored) {
        assertThat(StoredSigner.onlySigns(signer))
                .isEqualTo(Set.of("standard-webhooks", "hmac-sha256", "hmac-sha512")
                        .contains(stored.kind()));
    }

    @Test
    void signerOfTheApplicationsIsNotTakenForASignature() {
        assertThat(StoredSigner.onlySigns(message -> Map.of("X-Own", "token"))).isFalse();
    }
}
