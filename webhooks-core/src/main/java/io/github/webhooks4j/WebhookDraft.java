package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.settings.SecretHeaders;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.TlsSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A webhook in the making. */
final class WebhookDraft implements Webhook.Builder {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 15;

    String id = newId();

    @Nullable
    String tenant;

    @Nullable
    String storedId; // of the stored webhook that this was made from

    Choices choices;
    WebhookStatus status = WebhookStatus.NEW;
    long version;
    private boolean signersAreInherited; // those of the webhook that this was made from

    WebhookDraft(String url) {
        this(Choices.NONE);
        url(url);
    }

    private static String newId() {
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        return "wh_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** One that begins with what is set already. */
    WebhookDraft(Choices choices) {
        this.choices = choices;
        signersAreInherited = true;
    }

    @Override
    public WebhookDraft id(String id) {
        this.id = Objects.requireNonNull(id, "id");
        return this;
    }

    @Override
    public WebhookDraft tenant(String tenant) {
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        return this;
    }

    private <T> WebhookDraft set(Setting<T> setting, T value) {
        choices = choices.with(setting, Objects.requireNonNull(value, setting.name()));
        return this;
    }

    @Override
    public WebhookDraft url(String url) {
        return set(SettingTable.URL, url);
    }

    @Override
    public WebhookDraft name(String name) {
        return set(SettingTable.NAME, name);
    }

    @Override
    public WebhookDraft events(String... patterns) {
        return set(SettingTable.EVENTS, Collections.unmodifiableSet(new LinkedHashSet<>(List.of(patterns))));
    }

    @Override
    public WebhookDraft signer(Signer signer) {
        Objects.requireNonNull(signer, "signer");
        List<Signer> signers = new ArrayList<>(signersAreInherited ? List.of() : choices.get(SettingTable.SIGNERS));
        signers.add(signer);
        signersAreInherited = false;
        return set(SettingTable.SIGNERS, List.copyOf(signers));
    }

    @Override
    public WebhookDraft unsigned() {
        return set(SettingTable.SIGNERS, List.of());
    }

    @Override
    public WebhookDraft method(String method) {
        return set(SettingTable.METHOD, method);
    }

    @Override
    public WebhookDraft header(String name, String value) {
        Objects.requireNonNull(value, "value");
        withoutHeader(name);
        Map<String, String> headers = headers();
        headers.put(name, value);
        return set(SettingTable.HEADERS, Map.copyOf(headers));
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(choices.get(SettingTable.HEADERS));
        return headers;
    }

    @Override
    public WebhookDraft secretHeader(String name, Secret value) {
        Objects.requireNonNull(value, "value");
        withoutHeader(name);
        SecretHeaders before = choices.get(SettingTable.SECRET_HEADERS);
        SecretHeaders others = choices.isKept(SettingTable.SECRET_HEADERS) ? before.allKept() : before;
        set(SettingTable.SECRET_HEADERS, others.with(name, value));
        return marked(others);
    }

    @Override
    public WebhookDraft withoutHeader(String name) {
        Objects.requireNonNull(name, "name");
        if (choices.has(SettingTable.HEADERS)) {
            Map<String, String> headers = headers();
            headers.remove(name);
            choices = choices.replacing(SettingTable.HEADERS, Map.copyOf(headers));
        }
        if (choices.has(SettingTable.SECRET_HEADERS)) {
            SecretHeaders others = choices.get(SettingTable.SECRET_HEADERS).without(Set.of(name));
            choices = choices.replacing(SettingTable.SECRET_HEADERS, others);
            marked(others);
        }
        return this;
    }

    private WebhookDraft marked(SecretHeaders headers) {
        choices = choices.marked(SettingTable.SECRET_HEADERS.name(), headers.areReadable());
        return this;
    }

    @Override
    public WebhookDraft payload(PayloadFormat format) {
        return set(SettingTable.PAYLOAD, format);
    }

    @Override
    public WebhookDraft tls(TlsSettings tls) {
        return set(SettingTable.TLS, tls);
    }

    @Override
    public WebhookDraft retryPolicy(RetryPolicy policy) {
        return set(SettingTable.RETRY_POLICY, policy);
    }

    @Override
    public WebhookDraft successCodes(int... codes) {
        return set(SettingTable.SUCCESS_CODES, Arrays.stream(codes).boxed().collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    public WebhookDraft timeout(Duration timeout) {
        return set(SettingTable.TIMEOUT, timeout);
    }

    @Override
    public WebhookDraft concurrency(int requests) {
        return set(SettingTable.CONCURRENCY, requests);
    }

    @Override
    public WebhookDraft rateLimit(RateLimit limit) {
        return set(SettingTable.RATE_LIMIT, limit);
    }

    @Override
    public WebhookDraft withoutOverrides() {
        choices = choices.leavingOut(SettingTable.OVERRIDES);
        return this;
    }

    /** Puts signers in the place of those before, which does not count as setting them. */
    WebhookDraft signers(List<Signer> signers) {
        choices = choices.replacing(SettingTable.SIGNERS, List.copyOf(signers));
        return this;
    }

    /** Marks all settings as those that are stored. */
    WebhookDraft kept() {
        storedId = id;
        choices = choices.allKept();
        return this;
    }

    WebhookDraft stored(WebhookStatus status, long version) {
        this.status = status;
        this.version = version;
        return this;
    }

    @Override
    public WebhookSettings build() {
        return new WebhookSettings(this);
    }
}
