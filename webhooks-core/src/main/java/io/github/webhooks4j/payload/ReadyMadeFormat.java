package io.github.webhooks4j.payload;

import io.github.webhooks4j.signing.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A format that can be stored, as its kind and its settings. */
public final class ReadyMadeFormat implements PayloadFormat {
    static final String STANDARD = "standard";
    static final String CREATED_AT = "standard-created-at";
    static final String RAW = "raw";
    static final String SLACK = "slack";
    static final String CLOUD_EVENTS = "cloudevents";
    static final String TEMPLATE = "template";
    static final String API_CALL = "call";
    static final String CUSTOM = "custom";
    private static final Secret MASKED = Secret.of("***");
    private static final int MAX_SECRET = 4000;
    private static final int MAX_SOURCE = 2048;

    private final String kind;
    private final Map<String, String> settings;
    private final Optional<Secret> secret;

    private ReadyMadeFormat(String kind, Map<String, String> settings, Optional<Secret> secret) {
        this.kind = kind;
        this.settings = Map.copyOf(settings);
        this.secret = secret;
    }

    public static ReadyMadeFormat of(String kind, Map<String, String> settings) {
        return of(kind, settings, Optional.empty());
    }

    public static ReadyMadeFormat of(String kind, Map<String, String> settings, Optional<Secret> secret) {
        return new ReadyMadeFormat(kind, settings, secret);
    }

    /** What its bodies show of a secret. */
    public Optional<Secret> secret() {
        return secret;
    }

    /** This format, with nothing secret in its bodies. */
    public ReadyMadeFormat masked() {
        return of(kind, settings, secret.map(each -> MASKED));
    }

    public String kind() {
        return kind;
    }

    public Map<String, String> settings() {
        return settings;
    }

    /** Whether this version knows it, with all its settings. */
    public boolean isKnown() {
        return switch (kind) {
            case STANDARD, CREATED_AT, RAW, SLACK, API_CALL -> settings.isEmpty();
            case CLOUD_EVENTS -> settings.keySet().equals(Set.of("source"));
            case TEMPLATE -> settings.keySet().equals(Set.of("contentType", "text"));
            case CUSTOM -> settings.keySet().equals(Set.of("name"));
            default -> false;
        };
    }

    /** The name of a format of the application's own. */
    public Optional<String> customName() {
        return kind.equals(CUSTOM) ? Optional.of(setting("name")) : Optional.empty();
    }

    private String setting(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the stored payload format " + kind + " lacks its " + name);
        }
        return value;
    }

    /** What is wrong with it, fit for the customer; empty if nothing is. */
    public Optional<String> problem() {
        return switch (kind) {
            case CLOUD_EVENTS ->
                isSource(setting("source"))
                        ? Optional.empty()
                        : Optional.of("needs a source that is a URI reference, such as https://example.com/shop");
            case TEMPLATE -> templateProblem();
            case API_CALL ->
                secret.filter(each -> !isSecret(each.reveal()))
                        .map(each -> "needs a secret of 1 to " + MAX_SECRET + " characters");
            default -> Optional.empty();
        };
    }

    private static boolean isSecret(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_SECRET
                && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static boolean isSource(String source) {
        try {
            return !source.isEmpty()
                    && source.length() <= MAX_SOURCE
                    && new URI(source).toASCIIString().equals(source);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private Optional<String> templateProblem() {
        Optional<TemplateSyntax> syntax = TemplateSyntax.of(setting("contentType"));
        if (syntax.isEmpty()) {
            return Optional.of("has a content type for which there are no templates; use application/json,"
                    + " application/x-www-form-urlencoded, application/xml or text/plain");
        }
        try {
            Template.parse(syntax.get(), setting("text"));
            return Optional.empty();
        } catch (InvalidTemplateException e) {
            return Optional.of("has a template that cannot be used: " + e.getMessage());
        }
    }

    /**
     * The format with all that can be prepared.
     *
     * @throws IllegalArgumentException if its kind is unknown to this version, or its template cannot be used
     */
    public PayloadFormat prepared() {
        return switch (kind) {
            case STANDARD -> event -> event.json() ? standard(event) : raw(event);
            case CREATED_AT -> event -> event.json() ? withCreatedAt(event) : raw(event);
            case RAW -> ReadyMadeFormat::raw;
            case SLACK -> event -> new Payload(SlackBody.CONTENT_TYPE, slack(event));
            case CLOUD_EVENTS -> cloudEvents(setting("source"));
            case TEMPLATE -> template(setting("contentType"), setting("text"));
            case API_CALL -> event -> new Payload(ApiCallBody.CONTENT_TYPE, apiCall(event));
            default ->
                throw new IllegalArgumentException(
                        "the payload format " + kind + " is unknown to this version; update this application");
        };
    }

    private static Payload standard(Content event) {
        return new Payload(
                Envelope.CONTENT_TYPE, Envelope.of(event.id(), event.type(), event.timestamp(), event.data()));
    }

    private static Payload withCreatedAt(Content event) {
        return new Payload(
                Envelope.CONTENT_TYPE,
                Envelope.withCreatedAt(event.id(), event.type(), event.timestamp(), event.data()));
    }

    private static Payload raw(Content event) {
        return new Payload(event.contentType(), event.data());
    }

    private static EventContent content(Content event) {
        return new EventContent(event.id(), event.type(), event.timestamp(), event.data());
    }

    private static byte[] slack(Content event) {
        return event.json() ? SlackBody.of(content(event)) : SlackBody.withoutData(content(event));
    }

    private byte[] apiCall(Content event) {
        String id = ApiCallBody.id(event.tenant().orElse(""), event.id(), event.webhookId());
        return ApiCallBody.of(content(event), id, secret.map(Secret::reveal).orElse(null));
    }

    private static PayloadFormat cloudEvents(String source) {
        return event -> new Payload(
                CloudEventBody.CONTENT_TYPE,
                event.json()
                        ? CloudEventBody.of(content(event), source)
                        : CloudEventBody.ofBytes(
                                event.id(),
                                event.type(),
                                event.timestamp(),
                                source,
                                event.contentType(),
                                event.data()));
    }

    private static PayloadFormat template(String contentType, String text) {
        try {
            TemplateSyntax syntax = TemplateSyntax.of(contentType)
                    .orElseThrow(() -> new IllegalArgumentException("the content type of its template is unknown"));
            Template template = Template.parse(syntax, text);
            return event -> new Payload(contentType, template.render(content(event)));
        } catch (InvalidTemplateException e) {
            throw new IllegalArgumentException("its template cannot be used", e);
        }
    }

    @Override
    public Payload payload(Content event) {
        return prepared().payload(event);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReadyMadeFormat that
                && kind.equals(that.kind)
                && settings.equals(that.settings)
                && secret.equals(that.secret);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, settings);
    }

    /** Shows no template and no secret. */
    @Override
    public String toString() {
        return "PayloadFormat[" + kind + "]";
    }
}
