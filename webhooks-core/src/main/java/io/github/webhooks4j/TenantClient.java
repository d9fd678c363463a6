package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.history.Deliveries;
import io.github.webhooks4j.history.Events;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.history.Statistics;
import io.github.webhooks4j.signing.Secret;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link WebhookClient} that is confined to one tenant. Events and webhooks get the tenant before anything is done with them; all else
 * is done by parts whose scope is the tenant, so that nothing here has to be compared.
 */
final class TenantClient implements WebhookClient {
    private final RealWebhookClient client;
    private final String tenant;
    private final Parts parts;

    /**
     * What is done in the scope of the tenant, and of nobody else.
     *
     * @param rotation of these webhooks
     * @param trials of these webhooks
     */
    record Parts(
            WebhookAdministration webhooks,
            SecretRotation rotation,
            Trials trials,
            Signers signers,
            Deliveries deliveries,
            Events events,
            Statistics statistics) {}

    TenantClient(RealWebhookClient client, String tenant, Parts parts) {
        this.client = client;
        this.tenant = tenant;
        this.parts = parts;
    }

    private Parts open() {
        return client.open(parts);
    }

    // ---- what gets the tenant

    private Event own(Event event) {
        if (event.tenant().filter(of -> !of.equals(tenant)).isPresent()) {
            throw new InvalidEventException(
                    "tenant is not that of this client, " + tenant + "; leave it out, and it is set to that");
        }
        return ((EventDraft) event).of(tenant);
    }

    /** Found before anything is looked up, which would be looked up for the other tenant. */
    private Optional<Problem> othersTenant(Webhook webhook) {
        return Objects.requireNonNull(webhook, "webhook")
                .tenant()
                .filter(of -> !of.equals(tenant))
                .map(of -> new Problem(
                        "tenant",
                        "tenant.other",
                        "is not that of this client, " + tenant + "; leave it out, and it is set to that"));
    }

    private WebhookSettings own(Webhook webhook) {
        Optional<Problem> problem = othersTenant(webhook);
        if (problem.isPresent()) {
            throw new InvalidWebhookException(List.of(problem.get()));
        }
        return ((WebhookSettings) webhook).toBuilder().tenant(tenant).build();
    }

    @Override
    public Publication publish(Event event) {
        return client.publish(own(Objects.requireNonNull(event, "event")));
    }

    @Override
    public List<Publication> publishAll(Collection<Event> events) {
        return client.publishAll(
                Objects.requireNonNull(events, "events").stream().map(this::own).toList());
    }

    @Override
    public CompletableFuture<Publication> publishAsync(Event event) {
        return client.publishAsync(own(Objects.requireNonNull(event, "event")));
    }

    @Override
    public Webhook register(Webhook webhook) {
        return open().webhooks.register(own(webhook));
    }

    @Override
    public Webhook update(Webhook webhook) {
        return open().webhooks.update(own(webhook));
    }

    @Override
    public List<Problem> check(Webhook webhook) {
        Optional<Problem> problem = othersTenant(webhook);
        return problem.isPresent() ? List.of(problem.get()) : open().webhooks.check(own(webhook));
    }

    @Override
    public Attempt test(Webhook webhook, Event event) {
        return open().trials.test(own(webhook), own(Objects.requireNonNull(event, "event")));
    }

    @Override
    public Map<String, Attempt> test(Collection<String> ids, Event event) {
        List<String> copy = List.copyOf(Objects.requireNonNull(ids, "ids"));
        return open().trials.test(copy, own(Objects.requireNonNull(event, "event")));
    }

    @Override
    public RequestPreview preview(Webhook webhook, Event event) {
        return open().trials.preview(own(webhook), own(Objects.requireNonNull(event, "event")));
    }

    // ---- what is looked for in the scope of the tenant

    @Override
    public Optional<Webhook> find(String id) {
        return open().webhooks.find(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Page<Webhook> list(WebhookQuery query) {
        return open().webhooks.list(Objects.requireNonNull(query, "query"));
    }

    @Override
    public boolean remove(String id) {
        return open().webhooks.remove(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Webhook pause(String id) {
        return open().webhooks.pause(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Webhook resume(String id, Backlog backlog) {
        return open().webhooks.resume(Objects.requireNonNull(id, "id"), Objects.requireNonNull(backlog, "backlog"));
    }

    @Override
    public Webhook disable(String id) {
        return open().webhooks.disable(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Secret rotateSecret(String id, Duration grace) {
        return open().rotation.rotate(Objects.requireNonNull(id, "id"), Objects.requireNonNull(grace, "grace"));
    }

    @Override
    public Signers signers() {
        return open().signers;
    }

    @Override
    public Signers signers(String tenant) {
        requireOwn(tenant);
        return open().signers;
    }

    @Override
    public Deliveries deliveries() {
        return open().deliveries;
    }

    @Override
    public Events events() {
        return open().events;
    }

    @Override
    public Statistics statistics() {
        return open().statistics;
    }

    @Override
    public WebhookClient tenant(String tenant) {
        requireOwn(tenant);
        return client.open(this);
    }

    private void requireOwn(String asked) {
        if (!Objects.requireNonNull(asked, "tenant").equals(tenant)) {
            throw new IllegalArgumentException("this client is confined to the tenant " + tenant
                    + "; for another one, ask the client that it was made from");
        }
    }

    // ---- what it leaves to the client that it was made from

    @Override
    public WebhookClient start() {
        client.open(this);
        throw new UnsupportedOperationException("this client is confined to the tenant " + tenant
                + ", and deliveries start for all tenants at once; call start() of the client that it was made from");
    }

    /** Does nothing: others go on. */
    @Override
    public void close() {}

    @Override
    public boolean equals(Object other) {
        return other instanceof TenantClient that && client == that.client && tenant.equals(that.tenant);
    }

    @Override
    public int hashCode() {
        return tenant.hashCode();
    }

    @Override
    public String toString() {
        return "WebhookClient[tenant=" + tenant + "]";
    }
}
