package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that people set up and change, as a store keeps it. The store does not look into the texts of settings, secrets and
 * status.
 *
 * @param kind what it is
 * @param id unique within its kind, compared and ordered by the codes of its characters
 * @param tenant the tenant that it belongs to; empty if it has none
 * @param version every change of settings or secrets raises it, and so does the removal; 0 before the first
 * @param changedAt when it was last changed, by the store's clock
 * @param removed whether it was removed; the rest is empty then
 * @param settings a JSON document without secrets
 * @param secrets secret texts, by the name that the settings use for them; without those that this node cannot read
 * @param status a JSON document of what happened to it, without secrets
 * @param statusVersion every change of the status raises it; 0 before the first
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
    /** The settings or status of a document that has none. */
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
     * A document to save over the one that has this version; if the version is 0, a new document with an empty status.
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
