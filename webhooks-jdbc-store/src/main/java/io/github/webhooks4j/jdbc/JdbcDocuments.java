package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.TenantScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The documents of a {@link JdbcDeliveryStore}. A commit that is lost is reported as that of any other change, even if events were
 * to go with it: those are the library's own, and nobody can publish them again.
 */
final class JdbcDocuments implements Documents {
    private final OpenStore.Source opened;

    JdbcDocuments(OpenStore.Source opened) {
        this.opened = opened;
    }

    @Override
    public Optional<Document> save(Document document, List<NewEvent> events) {
        OpenStore store = opened.get();
        return store.joined().write("save a " + name(document.kind()), connection -> {
            Optional<Document> saved = store.documents().save(connection, document);
            insert(store, connection, saved.isPresent(), events);
            return saved;
        });
    }

    @Override
    public Optional<Document> saveStatus(
            DocumentKind kind, String id, long statusVersion, String status, List<NewEvent> events) {
        OpenStore store = opened.get();
        return store.joined().write("change the status of a " + name(kind), connection -> {
            Optional<Document> saved = store.documents().saveStatus(connection, kind, id, statusVersion, status);
            insert(store, connection, saved.isPresent(), events);
            return saved;
        });
    }

    @Override
    public boolean remove(DocumentKind kind, String id, List<NewEvent> events) {
        OpenStore store = opened.get();
        return store.joined().write("remove a " + name(kind), connection -> {
            boolean removed = store.documents().remove(connection, kind, id);
            if (removed && kind == DocumentKind.WEBHOOK) {
                store.rates().remove(connection, id);
            }
            insert(store, connection, removed, events);
            return removed;
        });
    }

    private static void insert(OpenStore store, Connection connection, boolean changed, List<NewEvent> events)
            throws SQLException {
        if (changed && !events.isEmpty()) {
            store.statements().insert(connection, events);
        }
    }

    @Override
    public Optional<Document> find(DocumentKind kind, String id) {
        OpenStore store = opened.get();
        return store.joined()
                .read("find a " + name(kind), connection -> store.documents().find(connection, kind, id));
    }

    @Override
    public List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit) {
        OpenStore store = opened.get();
        return store.joined()
                .read(
                        "list " + name(kind) + "s",
                        connection -> store.documents().list(connection, kind, scope, after, limit));
    }

    @Override
    public Changes changedSince(Instant since) {
        OpenStore store = opened.get();
        return store.own()
                .read("look for changes", connection -> store.documents().changedSince(connection, since));
    }

    @Override
    public void forgetRemoved() {
        OpenStore store = opened.get();
        store.own().write("forget what was removed", store.documents()::forget);
    }

    private static String name(DocumentKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
