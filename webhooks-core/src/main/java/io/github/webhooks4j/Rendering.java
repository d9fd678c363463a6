package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.StoredEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A request for an event, as it is sent: the bytes that are signed are the bytes of the body.
 *
 * @param headers all that are set here; names are the same without regard to case, and to {@code _} for {@code -}
 * @param secret the names of those that hold a secret
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Rendering(String method, String url, Map<String, String> headers, Set<String> secret, byte[] body) {
    private static final String MASK = "***";

    /** Receivers behind CGI and WSGI see no difference between these either. */
    private static final Comparator<String> NAMES =
            Comparator.comparing(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'));

    /**
     * The request of an attempt at this moment. What comes later in it has the last word on a header: the event's own, those
     * of the webhook, the signers', ours.
     *
     * @throws RuntimeException if the event does not fit the format, or a signer or format of the application's does not work
     */
    static Rendering of(StoredEvent event, Subscription subscription, EgressPolicy policy, Instant now) {
        PayloadFormat.Payload payload = payload(event, subscription, subscription.format());
        Message message = new Message(event.id(), now, payload.body());
        WebhookSettings webhook = subscription.webhook();
        Map<String, String> headers = new TreeMap<>(NAMES);
        Set<String> secret = new TreeSet<>(NAMES);
        if (!policy.checkHeaders(event.headers(), Set.of()).isEmpty()) {
            throw new IllegalStateException("the event has headers that cannot be sent");
        }
        event.headers().forEach((name, value) -> put(headers, name, value));
        webhook.headers().forEach((name, value) -> put(headers, name, value));
        webhook.secretHeaderValues().forEach((name, value) -> {
            put(headers, name, value.reveal());
            secret.add(name);
        });
        signed(subscription, message, secret, policy).forEach((name, value) -> put(headers, name, value));
        put(headers, "Content-Type", payload.contentType());
        put(headers, "User-Agent", policy.userAgent());
        put(headers, "webhook-id", message.id());
        put(headers, "webhook-timestamp", Long.toString(now.getEpochSecond()));
        return new Rendering(webhook.method(), webhook.url(), headers, secret, payload.body());
    }

    /** The body as people may see it: made as that of {@link #of} is, without the secret that it shows to the receiver. */
    static byte[] shownBody(StoredEvent event, Subscription subscription, PayloadFormat masked) {
        return payload(event, subscription, masked).body();
    }

    /** The headers as people may see them. */
    Map<String, String> shownHeaders() {
        Map<String, String> shown = new TreeMap<>(headers);
        shown.replaceAll((name, value) -> secret.contains(name) ? MASK : value);
        return shown;
    }

    /** The values of the headers that hold a secret. */
    List<String> sentSecrets() {
        return secret.stream().map(name -> headers.getOrDefault(name, "")).toList();
    }

    private static void put(Map<String, String> headers, String name, String value) {
        headers.remove(name); // which may be spelt differently
        headers.put(name, value);
    }

    private static PayloadFormat.Payload payload(StoredEvent event, Subscription subscription, PayloadFormat format) {
        PayloadFormat.Payload payload = format.payload(new PayloadFormat.Content(
                DeliveryId.of(event.key(), subscription.webhook().id()).toString(),
                event.id(),
                subscription.webhook().id(),
                event.type(),
                event.timestamp(),
                event.tenant(),
                event.json(),
                event.contentType(),
                event.data()));
        Objects.requireNonNull(payload, "the payload that a format made");
        if (!FrozenEvent.isContentType(payload.contentType())) {
            throw new IllegalStateException("a payload format made a content type that is none");
        }
        return payload;
    }

    /** What the signers set: valid headers, none of them reserved, none of them twice. */
    private static Map<String, String> signed(
            Subscription subscription, Message message, Set<String> secret, EgressPolicy policy) {
        List<Map<String, String>> headers = new ArrayList<>();
        for (int i = 0; i < subscription.signers().size(); i++) {
            Map<String, String> ofOne = subscription.signers().get(i).headers(message);
            headers.add(ofOne);
            if (!StoredSigner.onlySigns(subscription.webhook().signers().get(i))) {
                secret.addAll(ofOne.keySet());
            }
        }
        Map<String, String> all = new TreeMap<>(NAMES);
        headers.forEach(all::putAll);
        boolean allowed =
                policy.checkSigned(headers.stream().map(Map::keySet).toList()).isEmpty()
                        && all.values().stream().allMatch(policy::isSignedValue);
        if (!allowed) {
            throw new IllegalStateException("a signer set a header that is malformed, reserved or set already");
        }
        return all;
    }

    @Override
    public String toString() {
        return "Rendering[" + method + ", " + body.length + " bytes]";
    }
}
