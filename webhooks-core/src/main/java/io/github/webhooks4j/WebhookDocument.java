package io.github.webhooks4j;

import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.settings.Secrets;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import java.time.Instant;

/** How a webhook becomes a document, and back: its settings are a JSON object, and their secrets are kept apart. */
final class WebhookDocument {
    private static final String SETTINGS = "settings";

    private WebhookDocument() {}

    /** The document of a webhook whose settings can all be stored. */
    static Document write(WebhookSettings webhook) {
        Secrets secrets = Secrets.none();
        String settings = Json.writePlain(webhook.choices().write(secrets));
        return new Document(
                DocumentKind.WEBHOOK,
                webhook.id(),
                webhook.tenant(),
                webhook.version(),
                Instant.EPOCH,
                false,
                settings,
                secrets.texts(),
                status(webhook.status()),
                0);
    }

    private static String status(WebhookStatus status) {
        return status.equals(WebhookStatus.NEW) ? Document.NOTHING : status.writeOver(Document.NOTHING);
    }

    /** The webhook of a document. What cannot be read here is {@linkplain WebhookSettings#unreadable marked} as such. */
    static WebhookSettings read(Document document) {
        WebhookDraft draft = new WebhookDraft(choices(document))
                .id(document.id())
                .stored(WebhookStatus.read(document), document.version());
        document.tenant().ifPresent(draft::tenant);
        return draft.kept().build();
    }

    private static Choices choices(Document document) {
        try {
            return Choices.read(Json.members(document.settings()), Secrets.of(document.secrets()));
        } catch (IllegalArgumentException e) {
            return Choices.NONE.marked(SETTINGS, false);
        }
    }
}
