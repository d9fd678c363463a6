package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Forwards everything to the documents of another store, see {@link ForwardingStore}. */
public class ForwardingDocuments implements Documents {
    private final Documents target;

    public ForwardingDocuments(Documents target) {
        this.target = target;
    }

    @Override
    public Optional<Document> save(Document document, List<NewEvent> events) {
        return target.save(document, events);
    }

    @Override
    public Optional<Document> saveStatus(
            DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events) {
        return target.saveStatus(kind, id, statusVersion, status, events);
    }

    @Override
    public boolean remove(DocumentKind kind, String id, List<NewEvent> events) {
        return target.remove(kind, id, events);
    }

    @Override
    public Optional<Document> find(DocumentKind kind, String id) {
        return target.find(kind, id);
    }

    @Override
    public List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit) {
        return target.list(kind, scope, after, limit);
    }

    @Override
    public Changes changedSince(Instant since) {
        return target.changedSince(since);
    }

    @Override
    public void forgetRemoved() {
        target.forgetRemoved();
    }
}
