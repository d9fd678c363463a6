package io.github.webhooks4j;

import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.settings.Secrets;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
import java.time.Instant;

/** How a webhook becomes a row, and back: its settings are a JSON object, and their secrets are kept apart. */
final class WebhookDocument {
    private static final String SETTINGS = "settings";

    private WebhookDocument() {}

    /** The row of a webhook whose settings can all be stored. */
    static WebhookRow write(WebhookSettings webhook) {
        Secrets secrets = Secrets.none();
        String settings = Json.writePlain(webhook.choices().write(secrets));
        return new WebhookRow(
                webhook.id(),
                webhook.tenant(),
                webhook.state(),
                webhook.version(),
                Instant.EPOCH,
                false,
                settings,
                secrets.texts());
    }

    /** The webhook of a row. What cannot be read here is {@linkplain WebhookSettings#unreadable marked} as such. */
    static WebhookSettings read(WebhookRow row) {
        WebhookDraft draft = new WebhookDraft(choices(row)).id(row.id()).stored(WebhookStatus.read(row), row.version());
        row.tenant().ifPresent(draft::tenant);
        return draft.kept().build();
    }

    private static Choices choices(WebhookRow row) {
        try {
            return Choices.read(Json.members(row.settings()), Secrets.of(row.secrets()));
        } catch (IllegalArgumentException e) {
            return Choices.NONE.marked(SETTINGS, false);
        }
    }
}
