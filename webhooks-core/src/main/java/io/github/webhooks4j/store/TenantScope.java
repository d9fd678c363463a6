package io.github.webhooks4j.store;

import java.util.Objects;
import java.util.Optional;

/**
 * Whose things are meant: those of one tenant, those that have no tenant, or all.
 *
 * @param everything whether all are meant, whatever the tenant
 * @param tenant if not all are meant: of which tenant; empty for those that have none
 */
public record TenantScope(boolean everything, Optional<String> tenant) {
    /** All, whatever the tenant. */
    public static final TenantScope ALL = new TenantScope(true, Optional.empty());

    /** Those that have no tenant. */
    public static final TenantScope NONE = new TenantScope(false, Optional.empty());

    /** Checks that there is no tenant if all are meant. */
    public TenantScope {
        Objects.requireNonNull(tenant, "tenant");
        if (everything && tenant.isPresent()) {
            throw new IllegalArgumentException("all tenants are meant, or one");
        }
    }

    /** Those of this tenant; those that have none if it is empty. */
    public static TenantScope of(Optional<String> tenant) {
        return new TenantScope(false, tenant);
    }

    /** Whether what belongs to this tenant, or to none, is meant. */
    public boolean includes(Optional<String> of) {
        return everything || tenant.equals(of);
    }
}
