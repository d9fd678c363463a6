package io.github.webhooks4j;

import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    private final Set<String> unreadable;
    private final WebhookStatus status;
    private final long version;

    private WebhookSettings(Draft draft) {
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
        unreadable = unreadable(draft);
        status = draft.status;
        version = draft.version;
    }

    private static Set<String> unreadable(Draft draft) {
        Set<String> unreadable = new HashSet<>(draft.unreadable);
        if (draft.secretHeaders != null && draft.secretHeaders.containsValue(UNREADABLE)) {
            unreadable.add("secretHeaders");
        }
        return Set.copyOf(unreadable);
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

    @Override
    public Draft toBuilder() {
        return new Draft(this);
    }

    /** The settings, by their names, whose stored secrets this node cannot read; nothing is sent without them. */
    Set<String> unreadable() {
        return unreadable;
    }

    /** This webhook, with what it does not set taken from the stored one. */
    WebhookSettings over(WebhookSettings stored) {
        Draft draft = toBuilder().stored(stored.status, stored.version);
        if (signers == null) {
            draft.signers(stored.signers).unreadableAs("signers", stored);
        }
        draft.method = method == null ? stored.method : method;
        draft.payload = payload == null ? stored.payload : payload;
        if (headers == null) {
            draft.headers = without(stored.headers, secretHeaders());
        }
        if (secretHeaders == null) {
            draft.secretHeaders = without(stored.secretHeaders, headers().keySet());
        }
        if (tls == null) {
            draft.tls = stored.tls;
            draft.unreadableAs("tls", stored);
        }
        return draft.build();
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

    /** Whether signers, or none of them, were chosen; if not, an update keeps those that are stored. */
    boolean choosesSigners() {
        return signers != null;
    }

    /** Shows no URL and no secret. */
    @Override
    public String toString() {
        return "Webhook[id=" + id + ", events=" + events + ", state=" + state() + ", version=" + version + "]";
    }

    static final class Draft implements Builder {
        private String id = Ids.webhook();
        private String url;
        private @Nullable String name;
        private @Nullable String tenant;
        private List<String> events = List.of();
        private @Nullable List<Signer> signers;
        private boolean inherited; // the signers are those of the webhook that this was made from
        private @Nullable String method;
        private @Nullable Map<String, String> headers;
        private @Nullable Map<String, Secret> secretHeaders;
        private @Nullable PayloadFormat payload;
        private @Nullable TlsSettings tls;
        private final Set<String> unreadable = new HashSet<>();
        private WebhookStatus status = WebhookStatus.NEW;
        private long version;

        Draft(String url) {
            this.url = Objects.requireNonNull(url, "url");
        }

        private Draft(WebhookSettings webhook) {
            id = webhook.id;
            url = webhook.url;
            name = webhook.name;
            tenant = webhook.tenant;
            events = List.copyOf(webhook.events);
            signers = webhook.signers;
            inherited = true;
            method = webhook.method;
            headers = without(webhook.headers, Set.of());
            secretHeaders = without(webhook.secretHeaders, Set.of());
            payload = webhook.payload;
            tls = webhook.tls;
            unreadable.addAll(webhook.unreadable);
            status = webhook.status;
            version = webhook.version;
        }

        @Override
        public Draft id(String id) {
            this.id = Objects.requireNonNull(id, "id");
            return this;
        }

        @Override
        public Draft url(String url) {
            this.url = Objects.requireNonNull(url, "url");
            unreadable.remove("url");
            return this;
        }

        @Override
        public Draft name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        @Override
        public Draft tenant(String tenant) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            return this;
        }

        @Override
        public Draft events(String... patterns) {
            Arrays.asList(patterns).forEach(pattern -> Objects.requireNonNull(pattern, "pattern"));
            events = List.of(patterns);
            return this;
        }

        @Override
        public Draft signer(Signer signer) {
            Objects.requireNonNull(signer, "signer");
            List<Signer> before = signers == null || inherited ? List.of() : signers;
            signers = new ArrayList<>(before);
            signers.add(signer);
            inherited = false;
            unreadable.remove("signers");
            return this;
        }

        @Override
        public Draft unsigned() {
            signers = List.of();
            unreadable.remove("signers");
            return this;
        }

        @Override
        public Draft method(String method) {
            this.method = Objects.requireNonNull(method, "method");
            return this;
        }

        @Override
        public Draft header(String name, String value) {
            Objects.requireNonNull(value, "value");
            withoutHeader(name);
            headers = headers == null ? byName() : headers;
            headers.put(name, value);
            return this;
        }

        @Override
        public Draft secretHeader(String name, Secret value) {
            Objects.requireNonNull(value, "value");
            withoutHeader(name);
            secretHeaders = secretHeaders == null ? byName() : secretHeaders;
            secretHeaders.put(name, value);
            return this;
        }

        @Override
        public Draft withoutHeader(String name) {
            Objects.requireNonNull(name, "name");
            if (headers != null) {
                headers.remove(name);
            }
            if (secretHeaders != null) {
                secretHeaders.remove(name);
            }
            return this;
        }

        private static <T> Map<String, T> byName() {
            return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        }

        @Override
        public Draft payload(PayloadFormat format) {
            payload = Objects.requireNonNull(format, "format");
            return this;
        }

        @Override
        public Draft tls(TlsSettings tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            unreadable.remove("tls");
            return this;
        }

        Draft signers(@Nullable List<Signer> signers) {
            this.signers = signers;
            return this;
        }

        /** Marks a setting as one whose secrets cannot be read here. */
        Draft unreadable(String setting) {
            unreadable.add(setting);
            return this;
        }

        private void unreadableAs(String setting, WebhookSettings stored) {
            if (stored.unreadable.contains(setting)) {
                unreadable(setting);
            }
        }

        Draft stored(WebhookStatus status, long version) {
            this.status = status;
            this.version = version;
            return this;
        }

        @Override
        public WebhookSettings build() {
            return new WebhookSettings(this);
        }
    }
}
