package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A webhook in the making. */
final class WebhookDraft implements Webhook.Builder {
    String id = Ids.webhook();
    String url;

    @Nullable
    String name;

    @Nullable
    String tenant;

    List<String> events = List.of();

    @Nullable
    List<Signer> signers;

    @Nullable
    String storedId; // of the stored webhook that this was made from

    boolean inherited; // the signers are those of the webhook that this was made from
    boolean keepsSigners; // they are stored, and were not set anew
    boolean keepsPayload; // likewise
    final Set<String> keptHeaders = new TreeSet<>(String.CASE_INSENSITIVE_ORDER); // secret ones, likewise

    @Nullable
    String method;

    @Nullable
    Map<String, String> headers;

    @Nullable
    Map<String, Secret> secretHeaders;

    @Nullable
    PayloadFormat payload;

    @Nullable
    TlsSettings tls;

    @Nullable
    Overrides overrides;

    final Set<String> unreadable = new HashSet<>();
    WebhookStatus status = WebhookStatus.NEW;
    long version;

    WebhookDraft(String url) {
        this.url = Objects.requireNonNull(url, "url");
    }

    @Override
    public WebhookDraft id(String id) {
        this.id = Objects.requireNonNull(id, "id");
        return this;
    }

    @Override
    public WebhookDraft url(String url) {
        this.url = Objects.requireNonNull(url, "url");
        unreadable.remove("url");
        return this;
    }

    @Override
    public WebhookDraft name(String name) {
        this.name = Objects.requireNonNull(name, "name");
        unreadable.remove("name");
        return this;
    }

    @Override
    public WebhookDraft tenant(String tenant) {
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        return this;
    }

    @Override
    public WebhookDraft events(String... patterns) {
        Arrays.asList(patterns).forEach(pattern -> Objects.requireNonNull(pattern, "pattern"));
        events = List.of(patterns);
        unreadable.remove("events");
        return this;
    }

    @Override
    public WebhookDraft signer(Signer signer) {
        Objects.requireNonNull(signer, "signer");
        List<Signer> before = signers == null || inherited ? List.of() : signers;
        signers = new ArrayList<>(before);
        signers.add(signer);
        inherited = false;
        keepsSigners = false;
        unreadable.remove("signers");
        return this;
    }

    @Override
    public WebhookDraft unsigned() {
        signers = List.of();
        keepsSigners = false;
        unreadable.remove("signers");
        return this;
    }

    @Override
    public WebhookDraft method(String method) {
        this.method = Objects.requireNonNull(method, "method");
        unreadable.remove("method");
        return this;
    }

    @Override
    public WebhookDraft header(String name, String value) {
        Objects.requireNonNull(value, "value");
        withoutHeader(name);
        headers = headers == null ? byName() : headers;
        headers.put(name, value);
        unreadable.remove("headers");
        return this;
    }

    @Override
    public WebhookDraft secretHeader(String name, Secret value) {
        Objects.requireNonNull(value, "value");
        withoutHeader(name);
        secretHeaders = secretHeaders == null ? byName() : secretHeaders;
        secretHeaders.put(name, value);
        unreadable.remove("secretHeaders");
        return this;
    }

    @Override
    public WebhookDraft withoutHeader(String name) {
        Objects.requireNonNull(name, "name");
        if (headers != null) {
            headers.remove(name);
        }
        if (secretHeaders != null) {
            secretHeaders.remove(name);
        }
        keptHeaders.remove(name);
        return this;
    }

    private static <T> Map<String, T> byName() {
        return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    }

    @Override
    public WebhookDraft payload(PayloadFormat format) {
        payload = Objects.requireNonNull(format, "format");
        keepsPayload = false;
        unreadable.remove("payload");
        return this;
    }

    @Override
    public WebhookDraft tls(TlsSettings tls) {
        this.tls = Objects.requireNonNull(tls, "tls");
        unreadable.remove("tls");
        return this;
    }

    @Override
    public WebhookDraft retryPolicy(RetryPolicy policy) {
        overrides = overrides().with(Objects.requireNonNull(policy, "policy"));
        return this;
    }

    @Override
    public WebhookDraft successCodes(int... codes) {
        overrides = overrides().with(Arrays.stream(codes).boxed().collect(Collectors.toUnmodifiableSet()));
        return this;
    }

    @Override
    public WebhookDraft timeout(Duration timeout) {
        overrides = overrides().with(Objects.requireNonNull(timeout, "timeout"));
        return this;
    }

    @Override
    public WebhookDraft concurrency(int requests) {
        overrides = overrides().with(requests);
        return this;
    }

    @Override
    public WebhookDraft rateLimit(RateLimit limit) {
        overrides = overrides().with(Objects.requireNonNull(limit, "limit"));
        return this;
    }

    @Override
    public WebhookDraft withoutOverrides() {
        overrides = Overrides.NONE;
        unreadable.remove("overrides");
        return this;
    }

    private Overrides overrides() {
        unreadable.remove("overrides");
        return overrides == null ? Overrides.NONE : overrides;
    }

    WebhookDraft signers(@Nullable List<Signer> signers) {
        this.signers = signers;
        return this;
    }

    /** Marks a setting as one whose secrets cannot be read here. */
    WebhookDraft unreadable(String setting) {
        unreadable.add(setting);
        return this;
    }

    /** Marks all secrets as those that are stored. */
    WebhookDraft kept() {
        storedId = id;
        keepsSigners = true;
        keepsPayload = true;
        keptHeaders.addAll(secretHeaders == null ? Set.of() : secretHeaders.keySet());
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
