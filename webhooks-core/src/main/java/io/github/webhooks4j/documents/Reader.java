package io.github.webhooks4j.documents;

import io.github.webhooks4j.store.Document;

/**
 * Makes something of a document.
 *
 * @param <T> what documents of the kind are in memory
 */
public interface Reader<T> {
    /** What a document is that is not removed. Throws nothing: what cannot be read is read as something that says so. */
    T read(Document document);

    /** Whether something of it could not be read, and might be later though the document has not changed: a key may be there. */
    boolean isUnreadable(T value);
}
