package io.github.webhooks4j.store;

/** The kinds of {@link Document}s. A store keeps their names. */
public enum DocumentKind {
    /** A webhook. Its id is unique over all tenants, and stays taken for a day after its removal. */
    WEBHOOK(true),

    /** A signer that several webhooks of one tenant use. Its id is made of the tenant and the name. */
    SIGNER(false);

    private final boolean keepsIds;

    DocumentKind(boolean keepsIds) {
        this.keepsIds = keepsIds;
    }

    /** Whether the id of a removed document stays taken for a day; otherwise it can be used again at once. */
    public boolean keepsIds() {
        return keepsIds;
    }
}
