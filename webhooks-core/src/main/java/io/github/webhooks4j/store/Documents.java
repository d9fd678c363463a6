package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is set up and changed by people: one mechanism for all {@linkplain DocumentKind kinds}. A change takes effect only if
 * nobody else was first. Those that change something take events with them: they are stored, with their deliveries, in the same
 * transaction, if the change takes effect.
 */
public interface Documents {
    /**
     * Inserts a document, if its version is 0, or replaces settings and secrets of the one whose version it has; the status stays
     * as it is. The store raises the version and sets the time of the change. The version of one whose id was used before goes on
     * from there, as long as the store remembers that.
     *
     * @param events events of ids that nobody else uses
     * @return the document as stored; empty if somebody else was first: the id exists, has another version, or is removed. The
     *     id of a removed one is free at once or after a day, see {@link DocumentKind#keepsIds}
     */
    Optional<Document> save(Document document, List<NewEvent> events);

    /**
     * Sets the status of a document whose status has this version; settings, secrets and their version stay as they are. The
     * store raises the version of the status and sets the time of the change.
     *
     * @param events events of ids that nobody else uses
     * @return the document as stored; empty if somebody else was first, or it is removed
     */
    Optional<Document> saveStatus(
            DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events);

    /**
     * Marks a document as removed, raises its version and forgets its settings, secrets and status. For a day it is still
     * reported as a change, so that every node learns of it.
     *
     * @param events events of ids that nobody else uses
     * @return whether it was there
     */
    boolean remove(DocumentKind kind, String id, List<NewEvent> events);

    /** The document of this id; empty if there is none or it was removed. */
    Optional<Document> find(DocumentKind kind, String id);

    /** Documents that are not removed, ordered by id, at most {@code limit} after {@code after}. */
    List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit);

    /**
     * Every document, of whatever kind and tenant, that was changed or removed at or after this instant of the store's clock, and
     * what that clock showed before they were read. Never in a transaction of the caller's.
     */
    Changes changedSince(Instant since);

    /** Forgets what was removed more than a day ago. Never in a transaction of the caller's. */
    void forgetRemoved();

    /**
     * What has changed.
     *
     * @param now what the store's clock showed when it began to read
     * @param documents as they are stored now
     */
    record Changes(Instant now, List<Document> documents) {
        /** Copies the documents. */
        public Changes {
            Objects.requireNonNull(now, "now");
            documents = List.copyOf(documents);
        }
    }
}
