package io.github.webhooks4j.payload;

import io.github.webhooks4j.payload.PayloadFormat.Content;
import io.github.webhooks4j.payload.PayloadFormat.Payload;
import io.github.webhooks4j.signing.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** A kind of ready-made format: under which name and with which settings it is stored, and which bodies it makes. */
enum FormatKind {
    STANDARD("standard") {
        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            return event -> event.json()
                    ? new Payload(
                            Envelope.CONTENT_TYPE,
                            Envelope.of(event.id(), event.type(), event.timestamp(), event.data()))
                    : raw(event);
        }
    },
    CREATED_AT("standard-created-at") {
        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            return event -> event.json()
                    ? new Payload(
                            Envelope.CONTENT_TYPE,
                            Envelope.withCreatedAt(event.id(), event.type(), event.timestamp(), event.data()))
                    : raw(event);
        }
    },
    RAW("raw") {
        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            return FormatKind::raw;
        }
    },
    SLACK("slack") {
        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            return event -> new Payload(
                    SlackBody.CONTENT_TYPE,
                    event.json() ? SlackBody.of(content(event)) : SlackBody.withoutData(content(event)));
        }
    },
    CLOUD_EVENTS("cloudevents", ReadyMadeFormat.SOURCE) {
        private static final int MAX_SOURCE = 2048;

        @Override
        Optional<String> problem(ReadyMadeFormat format) {
            return isUriReference(format.setting(ReadyMadeFormat.SOURCE))
                    ? Optional.empty()
                    : Optional.of("needs a source that is a URI reference, such as https://example.com/shop");
        }

        private static boolean isUriReference(String source) {
            try {
                return !source.isEmpty()
                        && source.length() <= MAX_SOURCE
                        && new URI(source).toASCIIString().equals(source);
            } catch (URISyntaxException e) {
                return false;
            }
        }

        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            String source = format.setting(ReadyMadeFormat.SOURCE);
            return event -> new Payload(
                    CloudEventBody.CONTENT_TYPE,
                    event.json() ? CloudEventBody.of(content(event), source) : ofBytes(event, source));
        }

        private static byte[] ofBytes(Content event, String source) {
            return CloudEventBody.ofBytes(
                    event.id(), event.type(), event.timestamp(), source, event.contentType(), event.data());
        }
    },
    TEMPLATE("template", ReadyMadeFormat.CONTENT_TYPE, ReadyMadeFormat.TEXT) {
        @Override
        Optional<String> problem(ReadyMadeFormat format) {
            Optional<TemplateSyntax> syntax = TemplateSyntax.of(format.setting(ReadyMadeFormat.CONTENT_TYPE));
            if (syntax.isEmpty()) {
                return Optional.of("has a content type for which there are no templates; use application/json,"
                        + " application/x-www-form-urlencoded, application/xml or text/plain");
            }
            try {
                Template.parse(syntax.get(), format.setting(ReadyMadeFormat.TEXT));
                return Optional.empty();
            } catch (InvalidTemplateException e) {
                return Optional.of("has a template that cannot be used: " + e.getMessage());
            }
        }

        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            String contentType = format.setting(ReadyMadeFormat.CONTENT_TYPE);
            TemplateSyntax syntax = TemplateSyntax.of(contentType)
                    .orElseThrow(() -> new IllegalArgumentException("the content type of its template is unknown"));
            try {
                Template template = Template.parse(syntax, format.setting(ReadyMadeFormat.TEXT));
                return event -> new Payload(contentType, template.render(content(event)));
            } catch (InvalidTemplateException e) {
                throw new IllegalArgumentException("its template cannot be used", e);
            }
        }
    },
    API_CALL("call") {
        private static final int MAX_SECRET = 4000;

        @Override
        Optional<String> problem(ReadyMadeFormat format) {
            return format.secret()
                    .filter(secret -> !isUsable(secret.reveal()))
                    .map(secret -> "needs a secret of 1 to " + MAX_SECRET + " characters");
        }

        private static boolean isUsable(String secret) {
            return !secret.isEmpty()
                    && secret.length() <= MAX_SECRET
                    && StandardCharsets.UTF_8.newEncoder().canEncode(secret);
        }

        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            String secret = format.secret().map(Secret::reveal).orElse(null);
            return event -> {
                byte[] body = ApiCallBody.of(content(event), event.deliveryId(), secret);
                return new Payload(ApiCallBody.CONTENT_TYPE, body);
            };
        }
    },
    /** A name that stands for a format of the application's own; the client puts that format in its place. */
    CUSTOM("custom", ReadyMadeFormat.NAME) {
        @Override
        PayloadFormat prepared(ReadyMadeFormat format) {
            throw new IllegalArgumentException(
                    "a custom payload format is a name only; what it stands for is registered in the client's builder");
        }
    };

    private final String storedName;

    @SuppressWarnings("Immutable") // Set.of
    private final Set<String> settingNames;

    FormatKind(String storedName, String... settingNames) {
        this.storedName = storedName;
        this.settingNames = Set.of(settingNames);
    }

    /** The kind that is stored under this name; empty if this version knows none. */
    static Optional<FormatKind> of(String storedName) {
        return Arrays.stream(values())
                .filter(kind -> kind.storedName.equals(storedName))
                .findAny();
    }

    String storedName() {
        return storedName;
    }

    /** The names of all its settings; none is optional. */
    Set<String> settingNames() {
        return settingNames;
    }

    /** What is wrong with a format of this kind, fit for the customer; empty if nothing is. */
    Optional<String> problem(ReadyMadeFormat format) {
        return Optional.empty();
    }

    /** What makes the bodies for a format of this kind; an {@code IllegalArgumentException} says why nothing can. */
    abstract PayloadFormat prepared(ReadyMadeFormat format);

    private static Payload raw(Content event) {
        return new Payload(event.contentType(), event.data());
    }

    private static EventContent content(Content event) {
        return new EventContent(event.id(), event.type(), event.timestamp(), event.data());
    }
}
