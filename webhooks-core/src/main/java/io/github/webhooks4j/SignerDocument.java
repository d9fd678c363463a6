package io.github.webhooks4j;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The form in which a signer is stored, within a webhook or by itself.
 *
 * @param kind which signer it is
 * @param settings what is not secret, by name
 * @param secrets the names of its secrets, which are kept apart
 */
record SignerDocument(String kind, Map<String, String> settings, List<String> secrets) {
    private static final char SEPARATOR = '/'; // which is in no tenant

    SignerDocument {
        Objects.requireNonNull(kind, "kind");
        settings = Map.copyOf(settings);
        secrets = List.copyOf(secrets);
    }

    /**
     * A signer that can be stored; its secrets are added to {@code secrets}.
     *
     * @param prefix what their names begin with there
     */
    static SignerDocument write(Signer signer, String prefix, Map<String, String> secrets) {
        StoredSigner stored = StoredSigner.of(signer).orElseThrow();
        stored.secrets().forEach((name, secret) -> secrets.put(prefix + name, secret.reveal()));
        return new SignerDocument(
                stored.kind(),
                stored.settings(),
                stored.secrets().keySet().stream().sorted().toList());
    }

    /** The signer again; an {@link UnreadableSigner} if secrets of it are missing, or a newer version stored it. */
    Signer read(String prefix, Map<String, String> secrets) {
        Map<String, Secret> own = new HashMap<>();
        for (String name : this.secrets) {
            String text = secrets.get(prefix + name);
            if (text == null) {
                return new UnreadableSigner(kind);
            }
            own.put(name, Secret.of(text));
        }
        try {
            return new StoredSigner(kind, settings, own).restore();
        } catch (IllegalArgumentException e) {
            return new UnreadableSigner(kind);
        }
    }

    // ---- by itself

    /** What a shared signer is called in the store: names are unique within a tenant. */
    static String id(Optional<String> tenant, String name) {
        return tenant.orElse("") + SEPARATOR + name;
    }

    /** The name of a shared signer by its id. */
    static String name(Document document) {
        return document.id().substring(document.id().indexOf(SEPARATOR) + 1);
    }

    static Document document(Optional<String> tenant, String name, long version, Signer signer) {
        Map<String, String> secrets = new HashMap<>();
        SignerDocument document = write(signer, "", secrets);
        try {
            String settings = new String(Json.write(document), StandardCharsets.UTF_8);
            return Document.of(DocumentKind.SIGNER, id(tenant, name), tenant, version, settings, secrets);
        } catch (InvalidJsonException e) {
            throw new IllegalStateException("a signer document is always JSON", e);
        }
    }

    static Signer read(Document document) {
        try {
            return Json.read(document.settings(), SignerDocument.class).read("", document.secrets());
        } catch (IllegalArgumentException e) {
            return new UnreadableSigner("unknown");
        }
    }
}
