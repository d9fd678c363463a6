package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that is set up and changed by people, as a store keeps it: settings, secrets and status are texts that the store does
 * not look into.
 *
 * @param kind what it is
 * @param id unique within its kind, compared and ordered by its characters' codes
 * @param tenant whose it is; empty if it has none
 * @param version raised by every change of settings or secrets and by the removal, 0 before the first
 * @param changedAt when anything of it was changed last, by the store's clock
 * @param removed whether only the memory of it is left
 * @param settings a JSON document without secrets
 * @param secrets texts to be kept secret, by the name that the settings use for them; without those that this node cannot read
 * @param status a JSON document of what happened to it, without secrets
 * @param statusVersion raised by every change of the status, 0 before the first
 */
public record Document(
        DocumentKind kind,
        String id,
        Optional<String> tenant,
        long version,
        Instant changedAt,
        boolean removed,
        String settings,
        Map<String, String> secrets,
        String status,
        long statusVersion) {
    /** What a document without any settings or status has. */
    public static final String NOTHING = "{}";

    /** Copies the secrets. */
    public Document {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(changedAt, "changedAt");
        Objects.requireNonNull(settings, "settings");
        secrets = Map.copyOf(secrets);
        Objects.requireNonNull(status, "status");
    }

    /**
     * A document to be saved over the one that has this version, or as a new one, to which nothing has happened, if the version
     * is 0.
     */
    public static Document of(
            DocumentKind kind,
            String id,
            Optional<String> tenant,
            long version,
            String settings,
            Map<String, String> secrets) {
        return new Document(kind, id, tenant, version, Instant.EPOCH, false, settings, secrets, NOTHING, 0);
    }

    /** Shows neither settings, secrets nor status. */
    @Override
    public String toString() {
        return "Document[" + kind + " " + id + ", version=" + version + ", statusVersion=" + statusVersion
                + ", removed=" + removed + "]";
    }
}
