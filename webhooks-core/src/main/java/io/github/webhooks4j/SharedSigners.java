package io.github.webhooks4j;

import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.documents.Reader;
import io.github.webhooks4j.documents.View;
import io.github.webhooks4j.documents.Watcher;
import io.github.webhooks4j.settings.UnreadableSigner;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** This node's view, in memory, of the signers that many webhooks use. Safe for use by any thread. */
final class SharedSigners implements Reader<Signer>, Watcher<Signer> {
    private final View<Signer> signers;
    private final AtomicLong changes = new AtomicLong();

    SharedSigners(KnownDocuments documents) {
        signers = documents.view(DocumentKind.SIGNER, this, this);
    }

    /** The signer of this tenant's, and of no other's; an {@link UnreadableSigner} if this node cannot read it. */
    Optional<Signer> find(Optional<String> tenant, String name) {
        return Optional.ofNullable(signers.get(SignerDocument.id(tenant, name)));
    }

    /** Raised by each change: what was made of these signers before has to be made anew. */
    long changes() {
        return changes.get();
    }

    @Override
    public Signer read(Document document) {
        return SignerDocument.read(document);
    }

    @Override
    public boolean isUnreadable(Signer signer) {
        return signer instanceof UnreadableSigner;
    }

    @Override
    public void changed(String id, @Nullable Signer before, @Nullable Signer after) {
        changes.incrementAndGet();
    }
}
