package io.github.webhooks4j;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.transport.TlsSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The form in which a webhook's settings are stored: a JSON document, and the secrets apart from it. */
record WebhookDocument(
        String url,
        boolean hasSecretPath,
        @Nullable String name,
        List<String> events,
        List<SignerDocument> signers,
        @Nullable String method,
        @Nullable HeadersDocument headers,
        @Nullable PayloadDocument payload,
        @Nullable TlsDocument tls,
        Overrides.@Nullable Document overrides) {
    private static final String TLS_KEY = "tls.privateKey";
    private static final String PATH = "url.path";
    private static final String HEADER = "header.";
    private static final String PAYLOAD = "payload.secret";
    private static final String POST = "POST";

    WebhookDocument {
        // What a newer version wrote in another form is left out.
        url = Objects.requireNonNullElse(url, "");
        events = events == null ? List.of() : List.copyOf(events);
        signers = signers == null ? List.of() : List.copyOf(signers);
    }

    /** Headers; the values of secret ones are among the secrets. */
    record HeadersDocument(Map<String, String> open, List<String> secret) {
        HeadersDocument {
            open = Map.copyOf(open);
            secret = List.copyOf(secret);
        }
    }

    /** A payload format; its secret is among the secrets. */
    record PayloadDocument(String kind, Map<String, String> settings, boolean hasSecret) {
        PayloadDocument {
            Objects.requireNonNull(kind, "kind");
            settings = Map.copyOf(settings);
        }
    }

    /** TLS settings that are not standard; the private key is among the secrets. */
    record TlsDocument(
            @Nullable String certificates, @Nullable String trusted, boolean skipsVerification) {}

    /** The row of a webhook whose signers can all be stored. */
    static Document write(WebhookSettings webhook) {
        Map<String, String> secrets = new HashMap<>();
        String origin = origin(webhook.url());
        String path = webhook.url().substring(origin.length());
        if (!path.isEmpty()) {
            secrets.put(PATH, path);
        }
        List<Signer> signers = webhook.signers();
        List<SignerDocument> stored = IntStream.range(0, signers.size())
                .mapToObj(i -> SignerDocument.write(signers.get(i), signerPrefix(i), secrets))
                .toList();
        WebhookDocument document = new WebhookDocument(
                origin,
                !path.isEmpty(),
                webhook.name().orElse(null),
                List.copyOf(webhook.events()),
                stored,
                webhook.method().equals(POST) ? null : webhook.method(),
                writeHeaders(webhook, secrets),
                write(webhook.chosenPayload(), secrets),
                write(webhook.tls(), secrets),
                webhook.overrides().write());
        return Document.of(
                DocumentKind.WEBHOOK, webhook.id(), webhook.tenant(), webhook.version(), json(document), secrets);
    }

    /** The URL without its path and query, which may hold secrets; all of it if there is neither. */
    static String origin(String url) {
        int authority = url.indexOf("://") + "://".length();
        for (int i = authority; i < url.length(); i++) {
            boolean isPath = url.charAt(i) == '?' || (url.charAt(i) == '/' && i + 1 < url.length());
            if (isPath) {
                return url.substring(0, i);
            }
        }
        return url;
    }

    private static @Nullable HeadersDocument writeHeaders(WebhookSettings webhook, Map<String, String> secrets) {
        Map<String, Secret> secret = webhook.secretHeaderValues();
        secret.forEach((name, value) -> secrets.put(HEADER + name, value.reveal()));
        return webhook.headers().isEmpty() && secret.isEmpty()
                ? null
                : new HeadersDocument(
                        webhook.headers(), secret.keySet().stream().sorted().toList());
    }

    private static @Nullable PayloadDocument write(@Nullable PayloadFormat payload, Map<String, String> secrets) {
        if (!(payload instanceof ReadyMadeFormat format)) {
            return null;
        }
        format.secret().ifPresent(secret -> secrets.put(PAYLOAD, secret.reveal()));
        return new PayloadDocument(
                format.kind(), format.settings(), format.secret().isPresent());
    }

    private static @Nullable TlsDocument write(TlsSettings tls, Map<String, String> secrets) {
        tls.privateKey().ifPresent(key -> secrets.put(TLS_KEY, key.reveal()));
        return tls.isStandard()
                ? null
                : new TlsDocument(tls.certificates().orElse(null), tls.trusted().orElse(null), tls.skipsVerification());
    }

    /** The webhook of a row. What cannot be read here is {@linkplain WebhookSettings#unreadable marked} as such. */
    static WebhookSettings read(Document row) {
        Json.Known<WebhookDocument> known = known(row);
        WebhookDocument document = known.value();
        WebhookDraft draft = new WebhookDraft(document.url)
                .id(row.id())
                .events(document.events.toArray(String[]::new))
                .stored(WebhookStatus.read(row), row.version());
        known.unknown().forEach(draft::unreadable);
        if (known.unknown().contains("headers")) {
            draft.unreadable("secretHeaders");
        }
        readPath(document, row.secrets(), draft);
        readSigners(document.signers, row.secrets(), draft);
        row.tenant().ifPresent(draft::tenant);
        if (document.name != null) {
            draft.name(document.name);
        }
        if (document.method != null) {
            draft.method(document.method);
        }
        if (document.headers != null) {
            readHeaders(document.headers, row.secrets(), draft);
        }
        if (document.payload != null) {
            readPayload(document.payload, row.secrets(), draft);
        }
        if (document.tls != null) {
            readTls(document.tls, row.secrets(), draft);
        }
        if (document.overrides != null) {
            readOverrides(document.overrides, draft);
        }
        return draft.kept().build();
    }

    private static Json.Known<WebhookDocument> known(Document row) {
        try {
            return Json.readWhatIsKnown(row.settings(), WebhookDocument.class);
        } catch (IllegalArgumentException e) {
            WebhookDocument nothing =
                    new WebhookDocument("", false, null, List.of(), List.of(), null, null, null, null, null);
            return new Json.Known<>(nothing, Set.of("settings"));
        }
    }

    private static void readPath(WebhookDocument stored, Map<String, String> secrets, WebhookDraft draft) {
        String path = secrets.get(PATH);
        if (stored.hasSecretPath && path == null) {
            draft.unreadable("url");
        } else if (path != null) {
            draft.url = stored.url + path; // and not by the setter, which would take the mark of an unreadable one away
        }
    }

    private static void readSigners(List<SignerDocument> stored, Map<String, String> secrets, WebhookDraft draft) {
        List<Signer> signers = IntStream.range(0, stored.size())
                .mapToObj(i -> stored.get(i).read(signerPrefix(i), secrets))
                .toList();
        draft.signers = signers;
        if (signers.stream().anyMatch(UnreadableSigner.class::isInstance)) {
            draft.unreadable("signers");
        }
    }

    private static void readHeaders(HeadersDocument stored, Map<String, String> secrets, WebhookDraft draft) {
        stored.open.forEach(draft::header);
        for (String name : stored.secret) {
            String value = secrets.get(HEADER + name);
            draft.secretHeader(name, value == null ? WebhookSettings.UNREADABLE : Secret.of(value));
        }
    }

    private static void readPayload(PayloadDocument stored, Map<String, String> secrets, WebhookDraft draft) {
        Optional<Secret> secret = Optional.ofNullable(secrets.get(PAYLOAD))
                .filter(text -> stored.hasSecret)
                .map(Secret::of);
        ReadyMadeFormat format = ReadyMadeFormat.of(stored.kind, stored.settings, secret);
        draft.payload(format);
        if (!format.isKnown() || (stored.hasSecret && secret.isEmpty())) {
            draft.unreadable("payload");
        }
    }

    private static void readTls(TlsDocument stored, Map<String, String> secrets, WebhookDraft draft) {
        TlsSettings tls = TlsSettings.standard();
        String key = secrets.get(TLS_KEY);
        if (stored.certificates != null && key != null) {
            tls = tls.clientCertificate(stored.certificates, Secret.of(key));
        }
        if (stored.trusted != null) {
            tls = tls.trust(stored.trusted);
        }
        draft.tls(stored.skipsVerification ? tls.skipVerification() : tls);
        if (stored.certificates != null && key == null) {
            draft.unreadable("tls");
        }
    }

    private static void readOverrides(Overrides.Document stored, WebhookDraft draft) {
        try {
            draft.overrides = Overrides.read(stored);
        } catch (IllegalArgumentException e) {
            draft.unreadable("overrides");
        }
    }

    private static String signerPrefix(int index) {
        return "signer." + index + ".";
    }

    private static String json(WebhookDocument document) {
        try {
            return new String(Json.write(document), java.nio.charset.StandardCharsets.UTF_8);
        } catch (InvalidJsonException e) {
            throw new IllegalStateException("a webhook document is always JSON", e);
        }
    }
}
