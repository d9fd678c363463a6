package io.github.webhooks4j;

import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.settings.Codec;
import io.github.webhooks4j.settings.Secrets;
import io.github.webhooks4j.settings.UnreadableSigner;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore.SignerRow;
import java.time.Instant;
import java.util.Optional;

/** How a signer that many webhooks use becomes a row, and back. */
final class SignerDocument {
    private SignerDocument() {}

    /** The row of a signer that can be stored. */
    static SignerRow row(Optional<String> tenant, String name, long version, Signer signer) {
        Secrets secrets = Secrets.none();
        String settings = Json.writePlain(Codec.signer().write(signer, secrets));
        return new SignerRow(tenant, name, version, Instant.EPOCH, false, settings, secrets.texts());
    }

    /** The signer of a row; an {@link UnreadableSigner} if secrets of it are missing, or a newer version stored it. */
    static Signer read(SignerRow row) {
        try {
            return Codec.signer()
                    .read(Json.members(row.settings()), Secrets.of(row.secrets()))
                    .value();
        } catch (IllegalArgumentException e) {
            return new UnreadableSigner("unknown");
        }
    }
}
