package io.github.webhooks4j;

import io.github.webhooks4j.history.Page;
import java.util.Objects;
import java.util.Optional;

/**
 * Which webhooks to list. Immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * Page<Webhook> first = client.list(WebhookQuery.all().tenant("acme").limit(50));
 * }</pre>
 */
public final class WebhookQuery {
    private static final int MAX_LIMIT = 1000;
    private static final WebhookQuery ALL = new WebhookQuery(Optional.empty(), "", 100);

    private final Optional<String> tenant;
    private final String after;
    private final int limit;

    private WebhookQuery(Optional<String> tenant, String after, int limit) {
        this.tenant = tenant;
        this.after = after;
        this.limit = limit;
    }

    /** Every webhook, in the order of their ids, 100 to a page. */
    public static WebhookQuery all() {
        return ALL;
    }

    /** Only webhooks of this tenant. */
    public WebhookQuery tenant(String tenant) {
        return new WebhookQuery(Optional.of(Objects.requireNonNull(tenant, "tenant")), after, limit);
    }

    /** Only webhooks after the previous page; pass its {@link Page#next}. */
    public WebhookQuery after(String next) {
        return new WebhookQuery(tenant, Objects.requireNonNull(next, "next"), limit);
    }

    /** At most this many to a page, 1 to 1000. */
    public WebhookQuery limit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit is " + limit + "; it must be 1 to " + MAX_LIMIT);
        }
        return new WebhookQuery(tenant, after, limit);
    }

    Optional<String> tenant() {
        return tenant;
    }

    String after() {
        return after;
    }

    int limit() {
        return limit;
    }
}
