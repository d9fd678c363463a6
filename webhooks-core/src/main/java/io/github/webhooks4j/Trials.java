package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.engine.Sender;
import io.github.webhooks4j.engine.Verdict;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.operations.TestCall;
import io.github.webhooks4j.operations.TestCalls;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.payload.RenderException;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.telemetry.LogContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Makes requests that no delivery is behind: shows them, or sends them once, as {@link Sender} sends those of deliveries. */
final class Trials {
    private final DeliveryStore store;
    private final WebhookAdministration webhooks;
    private final Extensions extensions;
    private final EgressPolicy policy;
    private final StoreClock clock;
    private final int maxEventBytes;
    private final Sender sender;
    private final TestCalls calls;

    Trials(
            DeliveryStore store,
            WebhookAdministration webhooks,
            Extensions extensions,
            EgressPolicy policy,
            StoreClock clock,
            int maxEventBytes,
            Sender sender,
            TestCalls calls) {
        this.store = store;
        this.webhooks = webhooks;
        this.extensions = extensions;
        this.policy = policy;
        this.clock = clock;
        this.maxEventBytes = maxEventBytes;
        this.sender = sender;
        this.calls = calls;
    }

    /** For those of the webhooks that this knows; all share the bounds of tests. */
    Trials over(WebhookAdministration some) {
        return new Trials(store, some, extensions, policy, clock, maxEventBytes, sender, calls);
    }

    private FrozenEvent freeze(Event event) {
        return FrozenEvent.of(event, clock.now(), maxEventBytes);
    }

    /** A draft as it would be stored. */
    private WebhookSettings checked(WebhookSettings draft) {
        List<Problem> problems = webhooks.check(draft);
        if (!problems.isEmpty()) {
            throw new InvalidWebhookException(problems);
        }
        WebhookSettings webhook = webhooks.completed(draft);
        return webhook.toBuilder().url(policy.canonical(webhook.url())).build();
    }

    // ---- tests

    Attempt test(WebhookSettings draft, Event event) {
        refuseInTransaction();
        TestCall call = call(checked(draft), freeze(event));
        return Objects.requireNonNull(calls.make(List.of(call), false).get(draft.id()));
    }

    Map<String, Attempt> test(Collection<String> ids, Event event) {
        refuseInTransaction();
        FrozenEvent frozen = freeze(event);
        return calls.make(
                ids.stream()
                        .distinct()
                        .map(id -> call(webhooks.resolved(id), frozen))
                        .toList(),
                true);
    }

    private void refuseInTransaction() {
        if (store.callersTransaction().isPresent()) {
            throw new IllegalStateException(
                    "test cannot be called within the transaction that this thread is in, which would stay"
                            + " open while the receiver answers; call test once the transaction has been committed");
        }
    }

    private TestCall call(WebhookSettings webhook, FrozenEvent frozen) {
        Optional<String> tenant = frozen.event().tenant();
        if (tenant.isPresent() && !tenant.equals(webhook.tenant())) {
            throw new InvalidEventException("tenant is " + tenant.get() + ", and webhook " + webhook.id()
                    + " does not belong to it; leave the tenant out: the event of a test has that of the webhook");
        }
        Subscription subscription = subscription(webhook);
        return new TestCall(webhook.id(), webhook.tenant(), () -> send(frozen, subscription));
    }

    private Subscription subscription(WebhookSettings webhook) {
        try {
            return Subscription.of(webhook, extensions, policy);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "this client cannot send to webhook " + webhook.id() + ": " + e.getMessage(), e);
        }
    }

    private Outcome send(FrozenEvent frozen, Subscription subscription) {
        Instant now = clock.now();
        WebhookSettings webhook = subscription.webhook();
        StoredEvent event = frozen.again(now, webhook.tenant());
        Claim claim = new Claim(event.key(), webhook.id(), Claim.FIRST_FENCE);
        Claimed delivery = new Claimed(claim, 0, now, now, event);
        List<AttemptDetails> attempts;
        LogContext context = LogContext.of(delivery);
        try {
            attempts = sender.send(delivery, subscription, () -> true);
        } finally {
            context.end();
        }
        Attempt last = attempts.get(attempts.size() - 1).attempt();
        boolean delivered = Verdict.isDelivered(last.status(), subscription.successCodes());
        DeliveryState state = delivered ? DeliveryState.DELIVERED : DeliveryState.EXHAUSTED;
        return new Outcome(delivery, attempts, state, Duration.ZERO);
    }

    // ---- previews

    RequestPreview preview(WebhookSettings draft, Event event) {
        WebhookSettings webhook = masked(checked(draft));
        FrozenEvent frozen = freeze(event);
        Subscription subscription = Subscription.of(webhook, extensions.withoutTokens(), policy);
        Rendering rendering = rendering(frozen, subscription);
        return new RequestPreview(rendering.method(), rendering.url(), rendering.shownHeaders(), rendering.body());
    }

    private static WebhookSettings masked(WebhookSettings webhook) {
        return webhook.payload() instanceof ReadyMadeFormat format
                        && format.secret().isPresent()
                ? webhook.toBuilder().payload(format.masked()).build()
                : webhook;
    }

    private Rendering rendering(FrozenEvent frozen, Subscription subscription) {
        try {
            return Rendering.of(frozen.event(), subscription, policy, clock.now());
        } catch (RenderException e) {
            throw new InvalidEventException(
                    "the event does not fit the webhook's payload format: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // Without the cause: it may hold what the signer was given.
            throw new IllegalStateException("the request cannot be made: a signer or payload format threw "
                    + e.getClass().getName());
        }
    }
}
