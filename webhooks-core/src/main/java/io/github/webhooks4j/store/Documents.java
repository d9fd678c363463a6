package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What people set up and change: one mechanism for all {@linkplain DocumentKind kinds}. A change takes effect only if nobody else
 * was first. A change can carry events: if it takes effect, the same transaction stores them with their deliveries.
 */
public interface Documents {
    /**
     * Inserts a document if its version is 0. Otherwise replaces settings and secrets of the stored document that has this version;
     * the status stays as it is. The store raises the version and sets the time of the change. If the id was used before, the
     * version goes on from there, as long as the store remembers it.
     *
     * @param events events with ids that nobody else uses
     * @return the document as stored; empty if somebody else was first: the id exists, has another version, or is removed. The id of
     *     a removed document is free at once or after a day, see {@link DocumentKind#keepsIds}
     */
    Optional<Document> save(Document document, List<NewEvent> events);

    /**
     * Sets the status of a document if its status has this version. Settings, secrets and their version stay as they are. The store
     * raises the version of the status and sets the time of the change.
     *
     * @param events events with ids that nobody else uses
     * @return the document as stored; empty if somebody else was first, or the document is removed
     */
    Optional<Document> saveStatus(
            DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events);

    /**
     * Marks a document as removed, raises its version, and forgets its settings, secrets and status. For a day it is still reported
     * as a change, so that every node learns about it.
     *
     * @param events events with ids that nobody else uses
     * @return whether it existed
     */
    boolean remove(DocumentKind kind, String id, List<NewEvent> events);

    /** The document of this id; empty if there is none or it was removed. */
    Optional<Document> find(DocumentKind kind, String id);

    /** The next documents after the id {@code after}, ordered by id, at most {@code limit}. Removed ones are left out. */
    List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit);

    /**
     * All documents of any kind and tenant that were changed or removed at or after this instant of the store's clock, and what that
     * clock showed before they were read. Never in the caller's transaction.
     */
    Changes changedSince(Instant since);

    /** Forgets documents that were removed more than a day ago. Never in the caller's transaction. */
    void forgetRemoved();

    /**
     * What has changed.
     *
     * @param now what the store's clock showed when the store began to read
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
