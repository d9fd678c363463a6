package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.settings.SecretHeaders;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one {@link Webhook}. */
final class WebhookSettings implements Webhook {
    private static final String SLACK = "https://hooks.slack.com/";

    private final String id;
    private final @Nullable String tenant;
    private final @Nullable String storedId;
    private final Choices choices;
    private final WebhookStatus status;
    private final long version;

    WebhookSettings(WebhookDraft draft) {
        id = draft.id;
        tenant = draft.tenant;
        storedId = draft.storedId;
        choices = draft.choices;
        status = draft.status;
        version = draft.version;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Optional<String> tenant() {
        return Optional.ofNullable(tenant);
    }

    /** What is set, by the rows of the {@link SettingTable}. */
    Choices choices() {
        return choices;
    }

    // ---- settings

    @Override
    public String url() {
        return choices.get(SettingTable.URL);
    }

    @Override
    public Optional<String> name() {
        return choices.find(SettingTable.NAME);
    }

    @Override
    public Set<String> events() {
        return choices.get(SettingTable.EVENTS);
    }

    @Override
    public List<Signer> signers() {
        return choices.get(SettingTable.SIGNERS);
    }

    @Override
    public String method() {
        return choices.get(SettingTable.METHOD);
    }

    @Override
    public Map<String, String> headers() {
        return choices.get(SettingTable.HEADERS);
    }

    @Override
    public Set<String> secretHeaders() {
        return Set.copyOf(secretHeaderValues().keySet());
    }

    @Override
    public PayloadFormat payload() {
        return choices.find(SettingTable.PAYLOAD)
                .orElseGet(() -> url().startsWith(SLACK) ? PayloadFormat.slack() : PayloadFormat.standard());
    }

    @Override
    public TlsSettings tls() {
        return choices.get(SettingTable.TLS);
    }

    @Override
    public Optional<RetryPolicy> retryPolicy() {
        return choices.find(SettingTable.RETRY_POLICY);
    }

    @Override
    public Set<Integer> successCodes() {
        return choices.get(SettingTable.SUCCESS_CODES);
    }

    @Override
    public Optional<Duration> timeout() {
        return choices.find(SettingTable.TIMEOUT);
    }

    @Override
    public OptionalInt concurrency() {
        return choices.find(SettingTable.CONCURRENCY).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    @Override
    public Optional<RateLimit> rateLimit() {
        return choices.find(SettingTable.RATE_LIMIT);
    }

    @Override
    public Set<String> unreadable() {
        return choices.unreadable();
    }

    // ---- what follows from them

    Map<String, Secret> secretHeaderValues() {
        return choices.get(SettingTable.SECRET_HEADERS).values();
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

    /** The time for one exchange, where the client grants so much. */
    Duration timeout(Duration granted) {
        return timeout().filter(own -> own.compareTo(granted) < 0).orElse(granted);
    }

    // ---- what happened to it

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

    WebhookStatus status() {
        return status;
    }

    @Override
    public long version() {
        return version;
    }

    // ---- changes

    @Override
    public WebhookDraft toBuilder() {
        return with(choices).stored(status, version);
    }

    /** This webhook, with what it does not set taken from the stored one. */
    WebhookSettings over(WebhookSettings stored) {
        return with(choices.over(stored.choices))
                .stored(stored.status, stored.version)
                .build();
    }

    private WebhookDraft with(Choices changed) {
        WebhookDraft draft = new WebhookDraft(changed).id(id);
        draft.tenant = tenant;
        draft.storedId = storedId;
        return draft;
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

    // ---- kept secrets

    /** The signers that are not set anew; one that has a secret of a stored one, of any kind, may have been read back. */
    List<Signer> keptSigners(WebhookSettings stored) {
        List<Secret> known =
                stored.signers().stream().flatMap(WebhookSettings::secretsOf).toList();
        boolean areKept = choices.isKept(SettingTable.SIGNERS);
        return signers().stream()
                .filter(signer -> areKept || secretsOf(signer).anyMatch(known::contains))
                .toList();
    }

    private static Stream<Secret> secretsOf(Signer signer) {
        return StoredSigner.of(signer).stream().flatMap(parts -> parts.secrets().values().stream());
    }

    /** Whether its bodies show a secret of the stored webhook that is not set anew. */
    boolean keepsPayloadSecret(WebhookSettings stored) {
        return payload() instanceof ReadyMadeFormat format
                && format.secret().isPresent()
                && (choices.isKept(SettingTable.PAYLOAD) || format.equals(stored.payload()));
    }

    /** The names of the secret headers that are stored and were not set anew. */
    Set<String> keptHeaders() {
        SecretHeaders headers = choices.get(SettingTable.SECRET_HEADERS);
        return choices.isKept(SettingTable.SECRET_HEADERS) ? headers.allKept().kept() : headers.kept();
    }

    /** Shows no URL and no secret. */
    @Override
    public String toString() {
        return "Webhook[id=" + id + ", events=" + events() + ", state=" + state() + ", version=" + version + "]";
    }
}
