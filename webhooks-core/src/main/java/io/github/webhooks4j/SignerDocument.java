package io.github.webhooks4j;

import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.settings.Codec;
import io.github.webhooks4j.settings.Secrets;
import io.github.webhooks4j.settings.UnreadableSigner;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import java.util.Optional;

/** How a signer that many webhooks use becomes a document, and back. */
final class SignerDocument {
    private static final char SEPARATOR = '/'; // which is in no tenant

    private SignerDocument() {}

    /** What a shared signer is called in the store: names are unique within a tenant. */
    static String id(Optional<String> tenant, String name) {
        return tenant.orElse("") + SEPARATOR + name;
    }

    /** The name of a shared signer by its id. */
    static String name(Document document) {
        return document.id().substring(document.id().indexOf(SEPARATOR) + 1);
    }

    /** The document of a signer that can be stored. */
    static Document write(Optional<String> tenant, String name, long version, Signer signer) {
        Secrets secrets = Secrets.none();
        String settings = Json.writePlain(Codec.signer().write(signer, secrets));
        return Document.of(DocumentKind.SIGNER, id(tenant, name), tenant, version, settings, secrets.texts());
    }

    /** The signer of a document; an {@link UnreadableSigner} if secrets of it are missing, or a newer version stored it. */
    static Signer read(Document document) {
        try {
            return Codec.signer()
                    .read(Json.members(document.settings()), Secrets.of(document.secrets()))
                    .value();
        } catch (IllegalArgumentException e) {
            return new UnreadableSigner("unknown");
        }
    }
}
