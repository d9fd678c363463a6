package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.payload.RenderException;
import io.github.webhooks4j.settings.Extensions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes requests as {@link io.github.webhooks4j.engine.Sender} does, and shows them in the place of sending them. */
final class Previewer {
    private static final String MASK = "***";

    private final WebhookAdministration webhooks;
    private final Extensions extensions;
    private final EgressPolicy policy;
    private final StoreClock clock;
    private final int maxEventBytes;

    Previewer(
            WebhookAdministration webhooks,
            Extensions extensions,
            EgressPolicy policy,
            StoreClock clock,
            int maxEventBytes) {
        this.webhooks = webhooks;
        this.extensions = extensions.withoutTokens();
        this.policy = policy;
        this.clock = clock;
        this.maxEventBytes = maxEventBytes;
    }

    RequestPreview preview(WebhookSettings draft, Event event) {
        List<Problem> problems = webhooks.check(draft);
        if (!problems.isEmpty()) {
            throw new InvalidWebhookException(problems);
        }
        FrozenEvent frozen = FrozenEvent.of(event, clock.now(), maxEventBytes);
        Subscription subscription = Subscription.of(masked(canonical(webhooks.completed(draft))), extensions, policy);
        Rendering rendering = rendering(frozen, subscription);
        Map<String, String> shown = new TreeMap<>(rendering.headers());
        shown.replaceAll((name, value) -> rendering.secret().contains(name) ? MASK : value);
        return new RequestPreview(rendering.method(), rendering.url(), shown, rendering.body());
    }

    private WebhookSettings canonical(WebhookSettings webhook) {
        return webhook.toBuilder().url(policy.canonical(webhook.url())).build();
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
