package io.github.webhooks4j.payload;

import io.github.webhooks4j.signing.Secret;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A format that can be stored, as its kind and its settings. */
public final class ReadyMadeFormat implements PayloadFormat {
    static final String SOURCE = "source";
    static final String CONTENT_TYPE = "contentType";
    static final String TEXT = "text";
    static final String NAME = "name";

    private static final Secret MASKED = Secret.of("***");

    private final String kind;
    private final Map<String, String> settings;
    private final Optional<Secret> secret;

    private ReadyMadeFormat(String kind, Map<String, String> settings, Optional<Secret> secret) {
        this.kind = kind;
        this.settings = Map.copyOf(settings);
        this.secret = secret;
    }

    static ReadyMadeFormat of(FormatKind kind, Map<String, String> settings) {
        return of(kind.storedName(), settings);
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
        return FormatKind.of(kind)
                .filter(known -> settings.keySet().equals(known.settingNames()))
                .isPresent();
    }

    /** The name of a format of the application's own. */
    public Optional<String> customName() {
        return kind.equals(FormatKind.CUSTOM.storedName()) ? Optional.of(setting(NAME)) : Optional.empty();
    }

    String setting(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the stored payload format " + kind + " lacks its " + name);
        }
        return value;
    }

    /** What is wrong with it, fit for the customer; empty if nothing is. */
    public Optional<String> problem() {
        return FormatKind.of(kind).flatMap(known -> known.problem(this));
    }

    /**
     * The format with all that can be prepared.
     *
     * @throws IllegalArgumentException if its kind is unknown to this version, or its template cannot be used
     */
    public PayloadFormat prepared() {
        return FormatKind.of(kind)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the payload format " + kind + " is unknown to this version; update this application"))
                .prepared(this);
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
