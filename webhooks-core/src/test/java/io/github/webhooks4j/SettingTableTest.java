package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.settings.Codec;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.settings.Secrets;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.transport.TlsSettings;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every setting, whichever it is: a new row of the table needs a sample here, and nothing else. */
class SettingTableTest {
    private static final String ELSEWHERE = "https://example.com/elsewhere";

    /** Builders that set the setting; whatever is secret has the word "hush" in it. */
    private static final Map<String, Consumer<Webhook.Builder>> SAMPLES = Map.ofEntries(
            Map.entry("url", builder -> builder.url("https://example.com/hush?key=hush")),
            Map.entry("name", builder -> builder.name("Sm\u00f8rrebr\u00f8d \ud83e\udd6a")),
            Map.entry("events", builder -> builder.events("z.*", "a")),
            Map.entry(
                    "signers",
                    builder -> builder.signer(Signer.standardWebhooks(Secret.of("hush-1")))
                            .signer(Signer.basic("user", Secret.of("hush-2")))
                            .signer(Signer.custom("mine"))),
            Map.entry("method", builder -> builder.method("PUT")),
            Map.entry("headers", builder -> builder.header("X-One", "1").header("X-Two", "\"2\"")),
            Map.entry(
                    "secretHeaders",
                    builder -> builder.secretHeader("X-Key", Secret.of("hush-3"))
                            .secretHeader("A-Key", Secret.of("hush-4"))),
            Map.entry("payload", builder -> builder.payload(PayloadFormat.apiCall(Secret.of("hush-5")))),
            Map.entry(
                    "tls",
                    builder -> builder.tls(TlsSettings.standard()
                            .clientCertificate("client PEM", Secret.of("hush-6"))
                            .trust("trusted PEM")
                            .skipVerification())),
            Map.entry("retryPolicy", builder -> builder.retryPolicy(RetryPolicy.quick())),
            Map.entry("successCodes", builder -> builder.successCodes(204, 200)),
            Map.entry("timeout", builder -> builder.timeout(Duration.ofMillis(2_500))),
            Map.entry("concurrency", builder -> builder.concurrency(2)),
            Map.entry(
                    "rateLimit",
                    builder -> builder.rateLimit(
                            RateLimit.of(100, Duration.ofMinutes(1)).withBurst(10))));

    /** Those with secrets. */
    private static final Set<String> SECRET = Set.of("url", "signers", "secretHeaders", "payload", "tls");

    /** Those that each change says anew. */
    private static final Set<String> STATED = Set.of("url", "name", "events");

    /** What is no setting: who it is, what happened to it, and how to change it. */
    private static final Set<String> OTHERS =
            Set.of("id", "tenant", "state", "disabledReason", "health", "unreadable", "version", "toBuilder");

    static List<Setting<?>> settings() {
        return SettingTable.ALL;
    }

    static Stream<Setting<?>> secretSettings() {
        return SettingTable.ALL.stream().filter(setting -> SECRET.contains(setting.name()));
    }

    static Stream<Setting<?>> keptSettings() {
        return SettingTable.ALL.stream().filter(setting -> !STATED.contains(setting.name()));
    }

    private static WebhookDraft webhook() {
        return new WebhookDraft(ELSEWHERE).id("wh_1");
    }

    private static WebhookSettings sample(Setting<?> setting) {
        return changed(webhook(), setting);
    }

    private static WebhookSettings changed(WebhookDraft draft, Setting<?> setting) {
        sampleOf(setting).accept(draft);
        return draft.build();
    }

    private static Consumer<Webhook.Builder> sampleOf(Setting<?> setting) {
        Consumer<Webhook.Builder> sample = SAMPLES.get(setting.name());
        assertThat(sample).as("a sample of the setting " + setting).isNotNull();
        return sample;
    }

    private static WebhookSettings stored(WebhookSettings webhook) {
        return WebhookDocument.read(WebhookDocument.write(webhook));
    }

    /** The setting as a newer version wrote it. */
    private static WebhookSettings newer(Setting<?> setting) {
        Document row = WebhookDocument.write(sample(setting));
        Map<String, Object> members = new LinkedHashMap<>(Json.members(row.settings()));
        members.put(setting.name(), Map.of("form", List.of("of a newer version")));
        return WebhookDocument.read(row(Json.writePlain(members), row.secrets()));
    }

    private static Document row(String settings, Map<String, String> secrets) {
        return Document.of(DocumentKind.WEBHOOK, "wh_1", Optional.empty(), 1, settings, secrets);
    }

    private static List<String> codes(WebhookSettings webhook) {
        WebhookRules rules =
                new WebhookRules(EgressPolicy.strict(), new Extensions(Map.of(), Map.of()), Duration.ofSeconds(15));
        return rules.check(webhook, false).stream().map(Problem::code).toList();
    }

    // ---- the table

    @Test
    void eachSettingHasARowAndEachRowASetting() {
        assertThat(SettingTable.ALL)
                .extracting(Setting::name)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Webhook.class.getDeclaredMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .map(Method::getName)
                        .filter(name -> !OTHERS.contains(name))
                        .toList());
    }

    @Test
    void eachSettingCanBeSet() {
        assertThat(Webhook.Builder.class.getDeclaredMethods())
                .extracting(Method::getName)
                .containsAll(SettingTable.ALL.stream()
                        .map(setting -> switch (setting.name()) {
                            case "signers" -> "signer";
                            case "headers" -> "header";
                            case "secretHeaders" -> "secretHeader";
                            default -> setting.name();
                        })
                        .toList());
    }

    // ---- storing

    @ParameterizedTest
    @MethodSource("settings")
    void valueIsReadAsItWasStored(Setting<?> setting) {
        WebhookSettings webhook = sample(setting);

        WebhookSettings read = stored(webhook);

        assertThat(webhook.choices().find(setting).isPresent()).isTrue();
        assertThat(read.choices().find(setting)).isEqualTo(webhook.choices().find(setting));
        assertThat(read.unreadable()).isEmpty();
        assertThat(read)
                .usingRecursiveComparison()
                .isEqualTo(webhook.toBuilder().kept().build());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void formStandsOnItsOwn(Setting<?> setting) {
        assertReadByItself(setting);
    }

    /** As JSON, with the secrets apart, and no webhook around. */
    private static <T> void assertReadByItself(Setting<T> setting) {
        T value = sample(setting).choices().find(setting).orElseThrow();
        Secrets apart = Secrets.none();
        String json = Json.writePlain(Map.of("value", setting.codec().write(value, apart)));

        Codec.Reading<T> reading = setting.codec().read(Json.members(json).get("value"), Secrets.of(apart.texts()));

        assertThat(reading).isEqualTo(new Codec.Reading<>(value, true));
        assertThat(json).doesNotContain("hush");
    }

    @ParameterizedTest
    @MethodSource("settings")
    void storedSettingsShowNoSecret(Setting<?> setting) {
        Document row = WebhookDocument.write(sample(setting));

        assertThat(row.settings()).doesNotContain("hush");
        assertThat(row.secrets().entrySet().stream()
                        .filter(secret -> secret.getValue().contains("hush"))
                        .map(Map.Entry::getKey))
                .allMatch(name -> name.startsWith(setting.name() + "."));
        assertThat(row.secrets().toString().contains("hush")).isEqualTo(SECRET.contains(setting.name()));
    }

    @ParameterizedTest
    @MethodSource("secretSettings")
    void secretThatIsMissingMakesItsSettingUnreadable(Setting<?> setting) {
        Document row = WebhookDocument.write(sample(setting));
        Map<String, String> others = new LinkedHashMap<>(row.secrets());
        others.keySet().removeIf(name -> name.startsWith(setting.name() + "."));

        assertThat(WebhookDocument.read(row(row.settings(), others)).unreadable())
                .containsExactly(setting.name());
    }

    // ---- changing

    @ParameterizedTest
    @MethodSource("keptSettings")
    void changeKeepsWhatItDoesNotSet(Setting<?> setting) {
        WebhookSettings stored = stored(sample(setting));

        Choices merged = webhook().build().over(stored).choices();

        assertThat(merged.find(setting)).isEqualTo(stored.choices().find(setting));
        assertThat(merged.isKept(setting)).isTrue();
    }

    @Test
    void changeStatesUrlNameAndEvents() {
        WebhookSettings stored = stored(webhook().name("n").events("a").build());

        WebhookSettings merged =
                new WebhookDraft("https://example.com/").id("wh_1").build().over(stored);

        assertThat(merged.url()).isEqualTo("https://example.com/");
        assertThat(merged.name()).isEmpty();
        assertThat(merged.events()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void whatIsSetTakesThePlaceOfWhatIsStored(Setting<?> setting) {
        WebhookSettings stored = stored(webhook().build());

        WebhookSettings merged = sample(setting).over(stored);

        assertThat(merged.choices().find(setting))
                .isEqualTo(sample(setting).choices().find(setting));
        assertThat(merged.choices().isKept(setting)).isFalse();
    }

    // ---- what a newer version wrote

    @ParameterizedTest
    @MethodSource("settings")
    void formOfANewerVersionIsMarkedByTheNameOfItsSetting(Setting<?> setting) {
        assertThat(newer(setting).unreadable()).containsExactly(setting.name());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void changeThatDoesNotSetWhatCannotBeReadIsRefused(Setting<?> setting) {
        WebhookSettings stored = newer(setting);
        String code = setting.name() + ".unreadable";

        assertThat(codes(stored.toBuilder().build().over(stored))).contains(code);
        if (setting != SettingTable.URL) { // which every change sets
            assertThat(codes(webhook().build().over(stored))).contains(code);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void changeThatSetsWhatCannotBeReadIsNotRefusedForIt(Setting<?> setting) {
        WebhookSettings stored = newer(setting);

        for (WebhookSettings change : List.of(changed(stored.toBuilder(), setting), sample(setting))) {
            WebhookSettings merged = change.over(stored);
            assertThat(merged.unreadable()).isEmpty();
            assertThat(codes(merged)).noneMatch(code -> code.endsWith(".unreadable"));
        }
    }

    @Test
    void overrideThatCannotBeReadIsNotLostByAChangeOfAnother() {
        WebhookSettings stored = newer(SettingTable.TIMEOUT);

        WebhookSettings changed = stored.toBuilder().concurrency(1).build().over(stored);
        assertThat(changed.unreadable()).containsExactly("timeout");
        assertThat(stored.toBuilder().withoutOverrides().build().over(stored).unreadable())
                .isEmpty();
        assertThat(webhook().concurrency(1).build().over(stored).unreadable())
                .as("those of a builder that begins anew are all that there are")
                .isEmpty();
    }

    @Test
    void withoutOverridesKeepsNone() {
        WebhookSettings stored =
                stored(webhook().timeout(Duration.ofSeconds(2)).concurrency(2).build());

        WebhookSettings merged = webhook().withoutOverrides().build().over(stored);

        assertThat(merged.timeout()).isEmpty();
        assertThat(merged.concurrency()).isEmpty();
    }
}
