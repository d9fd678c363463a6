package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.delivery.StoredRetryPolicy;
import io.github.webhooks4j.matching.TypePattern;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.settings.Codec;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.settings.Quoted;
import io.github.webhooks4j.settings.SecretHeaders;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings of a webhook. A row says all that is to be known of one: what it is called, its form in JSON, which secrets it has,
 * what can be wrong with it by itself, and what becomes of it when the webhook is changed. Rules that look at several settings are
 * those of {@link WebhookRules}.
 */
final class SettingTable {
    private static final List<Setting<?>> ROWS = new ArrayList<>();
    private static final List<Setting<?>> OVERRIDING = new ArrayList<>();

    /** All of them, in their order. */
    static final List<Setting<?>> ALL = Collections.unmodifiableList(ROWS);

    /** Those that override the client's. */
    static final List<Setting<?>> OVERRIDES = Collections.unmodifiableList(OVERRIDING);

    private SettingTable() {}

    private static <T> Setting<T> row(Setting<T> setting) {
        ROWS.add(setting);
        return setting;
    }

    private static <T> Setting<T> override(Setting<T> setting) {
        Setting<T> grouped = setting.keptTogetherWith(OVERRIDES);
        OVERRIDING.add(grouped);
        return row(grouped);
    }

    /** The setting of this name; empty if this version knows none. */
    static Optional<Setting<?>> find(String name) {
        return ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }

    // ---- what is sent where

    static final Setting<String> URL = row(Setting.of("url", Codec.url())
            .byDefault("")
            .checked((url, allowed) -> allowed.policy().check(url).stream()
                    .map(refusal -> new Problem("url", "url." + refusal.code(), refusal.message()))
                    .toList()));

    private static final int MAX_NAME = 200;

    static final Setting<String> NAME = row(Setting.of("name", Codec.text())
            .stated()
            .checked((name, allowed) -> problemIf(
                    name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl),
                    new Problem(
                            "name",
                            "name.form",
                            "must be 1 to " + MAX_NAME + " characters without control characters"))));

    static final Setting<Set<String>> EVENTS =
            row(Setting.of("events", Codec.list(Codec.text()).<Set<String>>as(SettingTable::ordered, List::copyOf))
                    .byDefault(Set.of())
                    .stated()
                    .checked((events, allowed) -> checkEvents(events)));

    private static final int MAX_PATTERNS = 100;

    private static List<Problem> checkEvents(Set<String> events) {
        List<Problem> problems = new ArrayList<>();
        if (events.isEmpty()) {
            problems.add(
                    new Problem("events", "events.missing", "is empty; name at least one event type, or * for all"));
        }
        if (events.size() > MAX_PATTERNS) {
            problems.add(new Problem("events", "events.many", "has more than " + MAX_PATTERNS + " entries"));
        }
        events.stream()
                .filter(event -> !TypePattern.isPattern(event))
                .findFirst()
                .ifPresent(event -> problems.add(new Problem(
                        "events",
                        "events.form",
                        "has the entry " + Quoted.of(event)
                                + ", which is not an event type; write a name such as invoice.paid, invoice.* or *")));
        return problems;
    }

    // ---- requests

    static final Setting<List<Signer>> SIGNERS = row(Setting.of("signers", Codec.list(Codec.signer()))
            .byDefault(List.of())
            .merged(new Setting.Merge<>() {
                @Override
                public List<Signer> set(List<Signer> signers, Optional<List<Signer>> stored) {
                    return signers.stream()
                            .map(signer -> over(signer, stored.orElse(List.of())))
                            .toList();
                }
            })
            .checked(SignerRules::check));

    /** The stored signer that this one would set back to a secret from before, if there is one; else this one. */
    private static Signer over(Signer signer, List<Signer> stored) {
        return stored.stream()
                .map(before -> StoredSigner.over(signer, before))
                .filter(stored::contains)
                .findFirst()
                .orElse(signer);
    }

    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");

    static final Setting<String> METHOD = row(Setting.of("method", Codec.text())
            .byDefault("POST")
            .checked((method, allowed) ->
                    problemIf(!METHODS.contains(method), new Problem("method", "method.form", methodProblem(method)))));

    private static String methodProblem(String method) {
        String capitals = method.toUpperCase(Locale.ROOT);
        return METHODS.contains(capitals)
                ? "is " + Quoted.of(method) + "; write it in capitals: " + capitals
                : "is " + Quoted.of(method) + "; it must be POST, PUT or PATCH";
    }

    /** A stored header is not kept if a secret one of its name is set. */
    static final Setting<Map<String, String>> HEADERS =
            row(Setting.of("headers", Codec.textByName()).byDefault(Map.of()).merged(new Setting.Merge<>() {
                @Override
                public Optional<Map<String, String>> kept(Map<String, String> stored, Choices change) {
                    Map<String, String> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                    kept.putAll(stored);
                    change.get(SettingTable.SECRET_HEADERS).values().keySet().forEach(kept::remove);
                    return Optional.of(Map.copyOf(kept));
                }
            }));

    /** A stored header is not kept if one of its name is set that is not secret. */
    static final Setting<SecretHeaders> SECRET_HEADERS = row(Setting.of("secretHeaders", Codec.secretHeaders())
            .byDefault(SecretHeaders.NONE)
            .merged(new Setting.Merge<>() {
                @Override
                public Optional<SecretHeaders> kept(SecretHeaders stored, Choices change) {
                    return Optional.of(stored.without(change.get(HEADERS).keySet()));
                }
            }));

    /** Without a value the URL decides. */
    static final Setting<PayloadFormat> PAYLOAD = row(Setting.of("payload", Codec.payloadFormat())
            .checked((payload, allowed) -> checkPayload(payload, allowed.extensions())));

    private static List<Problem> checkPayload(PayloadFormat payload, Extensions extensions) {
        if (!(payload instanceof ReadyMadeFormat format)) {
            return List.of(
                    new Problem(
                            "payload",
                            "payload.unstorable",
                            "cannot be stored, since it is code; register it with"
                                    + " WebhookClient.builder().payloadFormat(name, format), and set PayloadFormat.custom(name)"));
        }
        List<Problem> problems = new ArrayList<>();
        format.problem().ifPresent(problem -> problems.add(new Problem("payload", "payload.unusable", problem)));
        format.customName()
                .filter(name -> !extensions.formats().containsKey(name))
                .ifPresent(name -> problems.add(new Problem(
                        "payload",
                        "payload.unknown",
                        "refers to the format " + Quoted.of(name)
                                + ", which is not registered; add WebhookClient.builder().payloadFormat(name, format) with"
                                + " this name")));
        return problems;
    }

    static final Setting<TlsSettings> TLS =
            row(Setting.of("tls", Codec.tls()).byDefault(TlsSettings.standard()).checked(SettingTable::checkTls));

    private static List<Problem> checkTls(TlsSettings tls, Setting.Allowed allowed) {
        List<Problem> problems = new ArrayList<>();
        tls.problems().forEach(problem -> problems.add(new Problem("tls", "tls.unusable", problem)));
        if (tls.skipsVerification() && !allowed.policy().allowsSkipVerification()) {
            problems.add(new Problem(
                    "tls",
                    "tls.skip-verification",
                    "skips the verification of certificates, which is not allowed; trust the receiver's certificate"
                            + " instead"));
        }
        return problems;
    }

    // ---- what overrides the client's settings

    static final Setting<RetryPolicy> RETRY_POLICY = override(Setting.of("retryPolicy", Codec.retryPolicy())
            .checked((policy, allowed) -> checkRetryPolicy(
                    policy, allowed.extensions().retryPolicies().keySet())));

    private static List<Problem> checkRetryPolicy(RetryPolicy policy, Set<String> registered) {
        Optional<String> name = StoredRetryPolicy.customName(policy);
        if (name.isEmpty()) {
            return problemIf(
                    StoredRetryPolicy.of(policy).isEmpty(),
                    new Problem(
                            "retryPolicy",
                            "retryPolicy.unstorable",
                            "cannot be stored, since it is code; register it with"
                                    + " WebhookClient.builder().retryPolicy(name, policy), and set"
                                    + " RetryPolicy.custom(name)"));
        }
        if (!StoredRetryPolicy.isName(name.get())) {
            return List.of(new Problem(
                    "retryPolicy", "retryPolicy.form", "must have a name of 1 to 64 letters, digits, dots, _ or -"));
        }
        return problemIf(
                !registered.contains(name.get()),
                new Problem(
                        "retryPolicy",
                        "retryPolicy.unknown",
                        "refers to the policy " + name.get()
                                + ", which is not registered; add WebhookClient.builder().retryPolicy(\"" + name.get()
                                + "\", …)"));
    }

    private static final int MIN_CODE = 200;
    private static final int MAX_CODE = 599;

    static final Setting<Set<Integer>> SUCCESS_CODES = override(Setting.of(
                    "successCodes",
                    Codec.list(Codec.number())
                            .<Set<Integer>>as(Set::copyOf, codes -> List.copyOf(new TreeSet<>(codes))))
            .byDefault(Set.of())
            .checked((codes, allowed) -> problemIf(
                    !codes.stream().allMatch(code -> code >= MIN_CODE && code <= MAX_CODE),
                    new Problem("successCodes", "successCodes.form", "must be from 200 to 599"))));

    static final Setting<Duration> TIMEOUT = override(Setting.of("timeout", Codec.millis())
            .checked((timeout, allowed) -> checkTimeout(timeout, allowed.requestTimeout())));

    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);
    private static final int MILLI = 1_000_000;

    /** Very short ones would end in the middle of what is ours: a dial to the proxy, or a look-up of a name. */
    private static List<Problem> checkTimeout(Duration timeout, Duration longest) {
        boolean isLongEnough = timeout.compareTo(SHORTEST_TIMEOUT) >= 0 || timeout.equals(longest);
        boolean isAllowed = isLongEnough && timeout.compareTo(longest) <= 0 && timeout.toNanosPart() % MILLI == 0;
        return problemIf(
                !isAllowed,
                new Problem(
                        "timeout",
                        "timeout.range",
                        "is " + timeout + "; it must be " + SHORTEST_TIMEOUT + " to " + longest
                                + ", the client's requestTimeout, in whole milliseconds"));
    }

    private static final int MAX_CONCURRENCY = 64;

    static final Setting<Integer> CONCURRENCY = override(Setting.of("concurrency", Codec.number())
            .checked((concurrency, allowed) -> problemIf(
                    concurrency < 1 || concurrency > MAX_CONCURRENCY,
                    new Problem(
                            "concurrency",
                            "concurrency.range",
                            "is " + concurrency + "; it must be 1 to " + MAX_CONCURRENCY))));

    static final Setting<RateLimit> RATE_LIMIT = override(Setting.of("rateLimit", Codec.rateLimit())
            .checked((limit, allowed) -> limit.problems().stream()
                    .map(problem -> new Problem("rateLimit", "rateLimit.range", problem))
                    .toList()));

    private static List<Problem> problemIf(boolean isWrong, Problem problem) {
        return isWrong ? List.of(problem) : List.of();
    }

    private static Set<String> ordered(List<String> texts) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(texts));
    }
}
