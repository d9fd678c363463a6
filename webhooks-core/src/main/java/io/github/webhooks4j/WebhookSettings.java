package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one {@link Webhook}. */

final class WebhookSettings implements Webhook {
    /** Stands for the value of a secret header that cannot be read here; no header can have it. */
    static final Secret UNREADABLE = Secret.of("\0");

    private static final String SLACK = "https://hooks.slack.com/";

    private final String id;
    private final String url;
    private final @Nullable String name;
    private final @Nullable String tenant;
    private final Set<String> events;
    private final @Nullable List<Signer> signers;
    private final @Nullable String method;
    private final @Nullable Map<String, String> headers;
    private final @Nullable Map<String, Secret> secretHeaders;
    private final @Nullable PayloadFormat payload;
    private final @Nullable TlsSettings tls;
    private final @Nullable String storedId;
    private final boolean keepsSigners;
    private final boolean keepsPayload;
    private final Set<String> keptHeaders;
    private final @Nullable Overrides overrides;
    private final Set<String> unreadable;
    private final WebhookStatus status;
    private final long version;

    WebhookSettings(WebhookDraft draft) {
        id = draft.id;
        url = draft.url;
        name = draft.name;
        tenant = draft.tenant;
        events = Collections.unmodifiableSet(new LinkedHashSet<>(draft.events));
        signers = draft.signers == null ? null : List.copyOf(draft.signers);
        method = draft.method;
        headers = draft.headers == null ? null : Map.copyOf(draft.headers);
        secretHeaders = draft.secretHeaders == null ? null : Map.copyOf(draft.secretHeaders);
        payload = draft.payload;
        tls = draft.tls;
        storedId = draft.storedId;
        keepsSigners = draft.keepsSigners;
        keepsPayload = draft.keepsPayload;
        keptHeaders = Collections.unmodifiableSet(new TreeSet<>(draft.keptHeaders));
        overrides = draft.overrides;
        unreadable = unreadable(draft);
        status = draft.status;
        version = draft.version;
    }

    private static Set<String> unreadable(WebhookDraft draft) {
        Set<String> unreadable = new HashSet<>(draft.unreadable);
        if (hasUnreadableHeader(draft.secretHeaders)) {
            unreadable.add("secretHeaders");
        }
        return Set.copyOf(unreadable);
    }

    private static boolean hasUnreadableHeader(@Nullable Map<String, Secret> secretHeaders) {
        return secretHeaders != null && secretHeaders.containsValue(UNREADABLE);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    @Override
    public Optional<String> tenant() {
        return Optional.ofNullable(tenant);
    }

    @Override
    public Set<String> events() {
        return events;
    }

    @Override
    public List<Signer> signers() {
        return signers == null ? List.of() : signers;
    }

    @Override
    public String method() {
        return method == null ? "POST" : method;
    }

    @Override
    public Map<String, String> headers() {
        return headers == null ? Map.of() : headers;
    }

    @Override
    public Set<String> secretHeaders() {
        return secretHeaderValues().keySet();
    }

    Map<String, Secret> secretHeaderValues() {
        return secretHeaders == null ? Map.of() : secretHeaders;
    }

    /** The headers that it sets itself, secret ones too, by name. */
    Map<String, String> ownHeaders() {
        Map<String, String> all = new TreeMap<>(headers());
        secretHeaderValues().forEach((name, value) -> all.put(name, value.reveal()));
        return all;
    }

    /** The names of the headers that its signers set, as far as they are known. */
    Set<String> signedHeaders() {
        return signers().stream()
                .flatMap(signer -> StoredSigner.headerNames(signer).stream())
                .collect(Collectors.toSet());
    }

    @Override
    public PayloadFormat payload() {
        if (payload != null) {
            return payload;
        }
        return url.startsWith(SLACK) ? PayloadFormat.slack() : PayloadFormat.standard();
    }

    /** The format that was set; null if the URL decides. */
    @Nullable
    PayloadFormat chosenPayload() {
        return payload;
    }

    @Override
    public TlsSettings tls() {
        return tls == null ? TlsSettings.standard() : tls;
    }

    @Override
    public Optional<RetryPolicy> retryPolicy() {
        return Optional.ofNullable(overrides().retryPolicy());
    }

    @Override
    public Set<Integer> successCodes() {
        return overrides().successCodes();
    }

    @Override
    public Optional<Duration> timeout() {
        return Optional.ofNullable(overrides().timeout());
    }

    @Override
    public OptionalInt concurrency() {
        Integer concurrency = overrides().concurrency();
        return concurrency == null ? OptionalInt.empty() : OptionalInt.of(concurrency);
    }

    @Override
    public Optional<RateLimit> rateLimit() {
        return Optional.ofNullable(overrides().rateLimit());
    }

    Overrides overrides() {
        return overrides == null ? Overrides.NONE : overrides;
    }

    @Override
    public State state() {
        return status.state();
    }

    @Override
    public Optional<DisabledReason> disabledReason() {
        return status.reason();
    }

    @Override
    public Health health() {
        return status.failing() ? Health.FAILING : Health.HEALTHY;
    }

    public WebhookStatus status() {
        return status;
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public WebhookDraft toBuilder() {
        WebhookDraft draft = new WebhookDraft(url).id(id).stored(status, version);
        draft.name = name;
        draft.tenant = tenant;
        draft.events = List.copyOf(events);
        draft.signers = signers;
        draft.storedId = storedId;
        draft.inherited = true;
        draft.keepsSigners = keepsSigners;
        draft.keepsPayload = keepsPayload;
        draft.keptHeaders.addAll(keptHeaders);
        draft.method = method;
        draft.headers = without(headers, Set.of());
        draft.secretHeaders = without(secretHeaders, Set.of());
        draft.payload = payload;
        draft.tls = tls;
        draft.overrides = overrides;
        draft.unreadable.addAll(unreadable);
        if (hasUnreadableHeader(secretHeaders)) {
            draft.unreadable.remove("secretHeaders"); // it is, as long as the header is not set anew
        }
        return draft;
    }

    @Override
    public Set<String> unreadable() {
        return unreadable;
    }

    /** This webhook, with what it does not set taken from the stored one. */
    WebhookSettings over(WebhookSettings stored) {
        WebhookDraft draft = toBuilder().stored(stored.status, stored.version);
        if (signers == null) {
            draft.signers = stored.signers;
            draft.keepsSigners = true;
        } else {
            draft.signers = signers.stream()
                    .map(signer -> over(signer, stored.signers()))
                    .toList();
        }
        draft.method = method == null ? stored.method : method;
        if (payload == null) {
            draft.payload = stored.payload;
            draft.keepsPayload = true;
        }
        if (headers == null) {
            draft.headers = without(stored.headers, secretHeaders());
        }
        if (secretHeaders == null) {
            draft.secretHeaders = without(stored.secretHeaders, headers().keySet());
            draft.keptHeaders.addAll(draft.secretHeaders == null ? Set.of() : draft.secretHeaders.keySet());
        }
        draft.overrides = overrides == null ? stored.overrides : overrides;
        if (tls == null) {
            draft.tls = stored.tls;
        }
        stored.unreadable.stream().filter(setting -> !sets(setting)).forEach(draft::unreadable);
        return draft.build();
    }

    /** The stored signer that this one would set back to a secret from before, if there is one; else this one. */
    private static Signer over(Signer signer, List<Signer> stored) {
        return stored.stream()
                .map(before -> StoredSigner.over(signer, before))
                .filter(stored::contains)
                .findFirst()
                .orElse(signer);
    }

    /** Whether a stored setting, which cannot be read here, does not matter, since this webhook has one of its own. */
    private boolean sets(String setting) {
        return switch (setting) {
            case "url" -> true;
            case "name" -> name != null;
            case "events" -> !events.isEmpty();
            case "signers" -> signers != null;
            case "method" -> method != null;
            case "headers" -> headers != null;
            case "secretHeaders" -> secretHeaders != null;
            case "payload" -> payload != null;
            case "tls" -> tls != null;
            case "overrides" -> overrides != null;
            default -> false; // of a newer version
        };
    }

    /** What is kept of these headers; names that are set anew, as secret ones or not, are not. */
    private static <T> @Nullable Map<String, T> without(@Nullable Map<String, T> stored, Set<String> anew) {
        if (stored == null) {
            return null;
        }
        Map<String, T> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        kept.putAll(stored);
        anew.forEach(kept::remove);
        return kept;
    }

    /** The names by which it refers to signers that others use as well. */
    Set<String> sharedNames() {
        return signers().stream()
                .flatMap(signer -> StoredSigner.sharedName(signer).stream())
                .collect(Collectors.toSet());
    }

    /** This webhook with shared signers in the place of their names, as far as there are any. */
    WebhookSettings withShared(Function<String, Optional<Signer>> shared) {
        if (sharedNames().isEmpty()) {
            return this;
        }
        List<Signer> resolved = signers().stream()
                .map(signer -> StoredSigner.sharedName(signer).flatMap(shared).orElse(signer))
                .toList();
        return toBuilder().signers(resolved).build();
    }

    /** Whether it was made from a stored webhook and given another id. */
    boolean isCopy() {
        return storedId != null && !storedId.equals(id);
    }

    /** The signers that are not set anew; one that has a secret of a stored one, of any kind, may have been read back. */
    List<Signer> keptSigners(WebhookSettings stored) {
        List<Secret> known =
                stored.signers().stream().flatMap(WebhookSettings::secretsOf).toList();
        return signers().stream()
                .filter(signer -> keepsSigners || secretsOf(signer).anyMatch(known::contains))
                .toList();
    }

    private static Stream<Secret> secretsOf(Signer signer) {
        return StoredSigner.of(signer).stream().flatMap(parts -> parts.secrets().values().stream());
    }

    /** Whether its bodies show a secret of the stored webhook that is not set anew. */
    boolean keepsPayloadSecret(WebhookSettings stored) {
        return payload instanceof ReadyMadeFormat format
                && format.secret().isPresent()
                && (keepsPayload || format.equals(stored.payload));
    }

    /** The names of the secret headers that are stored and were not set anew. */
    Set<String> keptHeaders() {
        return keptHeaders;
    }

    /** Whether signers, or none of them, were chosen; if not, an update keeps those that are stored. */
    boolean choosesSigners() {
        return signers != null;
    }

    /** Shows no URL and no secret. */
    @Override
    public String toString() {
        return "Webhook[id=" + id + ", events=" + events + ", state=" + state() + ", version=" + version + "]";
    }
}
