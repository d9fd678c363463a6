package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Forwards everything to the documents of another store, see {@link ForwardingStore}. */
public class ForwardingDocuments implements Documents {
    private final Documents target;

    public ForwardingDocuments(Documents target) {
        this.target = target;
    }

    /** Makes a call, whichever it is. */
    protected <T> T around(Supplier<T> call) {
        return call.get();
    }

    @Override
    public Optional<Document> save(Document document, List<NewEvent> events) {
        return around(() -> target.save(document, events));
    }

    @Override
    public Optional<Document> saveStatus(
            DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events) {
        return around(() -> target.saveStatus(kind, id, statusVersion, status, events));
    }

    @Override
    public boolean remove(DocumentKind kind, String id, List<NewEvent> events) {
        return around(() -> target.remove(kind, id, events));
    }

    @Override
    public Optional<Document> find(DocumentKind kind, String id) {
        return around(() -> target.find(kind, id));
    }

    @Override
    public List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit) {
        return around(() -> target.list(kind, scope, after, limit));
    }

    @Override
    public Changes changedSince(Instant since) {
        return around(() -> target.changedSince(since));
    }

    @Override
    public void forgetRemoved() {
        around(() -> {
            target.forgetRemoved();
            return true;
        });
    }
}
