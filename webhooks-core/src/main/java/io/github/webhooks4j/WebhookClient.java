package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.UnknownCommitException;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Registers webhooks, publishes events to them, and delivers them.
 *
 * <p>An application has one client for each store. Without {@link #start} it only publishes; the events wait in the store
 * for a client that is started, in this process or another. Safe for use by any thread.
 *
 * <p>The methods that use the store throw {@link StoreException} if the store cannot do it; nothing has happened then,
 * unless it is an {@link UnknownCommitException}, or says that the commit may have taken effect. Where the store takes part in
 * transactions of the application's, webhooks are registered, changed, removed, found and listed by them, too; changes count
 * for events that are published after the commit. After {@link #close} they throw {@link IllegalStateException}.
 */
public interface WebhookClient extends AutoCloseable {
    /** How long an old secret signs beside the new one, as a rule: 24 hours. */
    Duration ROTATION_GRACE = Duration.ofDays(1);

    /** A builder of a client; it needs a store and a transport. */
    static Builder builder() {
        return new ClientSettings();
    }

    /**
     * Publishes an event to every active webhook that subscribes to its type and belongs to its tenant. When this returns,
     * the event and its deliveries are in the store; if this thread is in a transaction that the store takes part in, they
     * are once it is committed, and never if it is rolled back.
     *
     * @return what was stored; if the tenant has an event of this id already, nothing was, and it says so
     * @throws InvalidEventException if the event breaks a rule; nothing is stored
     */
    Publication publish(Event event);

    /**
     * Publishes several events in one transaction, the caller's if there is one: all or none, except duplicates.
     *
     * @return what was stored, in the order of the events
     * @throws InvalidEventException if one of them breaks a rule; nothing is stored
     */
    List<Publication> publishAll(Collection<Event> events);

    /**
     * Publishes an event in the background. The data is read before this returns. Waits while a thousand are under way.
     *
     * <p>The future completes when the event is in the store, or with what {@link #publish} would have thrown. It is completed
     * on a thread that the client keeps for that. Stages that depend on it may publish and may block; only while a thousand
     * of them block do others wait.
     *
     * @throws IllegalStateException if this thread is in a transaction that the store would take part in
     * @throws InvalidEventException if the event breaks a rule; nothing is stored
     */
    CompletableFuture<Publication> publishAsync(Event event);

    /**
     * Stores a webhook. If its id exists, the settings are replaced, the state stays as it is, and signers that are not set
     * are kept; so a program can register the same webhook at every start.
     *
     * <p>That does not undo {@link #rotateSecret}: a signer that is stored already, with a secret that it has now or had before
     * it was rotated, is kept as it is stored, with the new secret. The last 10 are remembered, and the first one longest. A
     * secret that it never had, or a signer of another form, replaces it with all its secrets.
     *
     * @return the webhook as it was stored
     * @throws InvalidWebhookException with everything that is wrong with it; nothing is stored
     * @throws StaleWebhookException if it was read from the store and was changed or removed since, or if its id is that of
     *     a webhook removed less than a day ago
     */
    Webhook register(Webhook webhook);

    /**
     * Replaces the settings of a webhook that exists. Its state stays as it is, and signers that are not set are kept; so are
     * those that are set with a secret from before a rotation, as {@link #register} says.
     *
     * @param webhook made from one that was read, by {@link Webhook#toBuilder}
     * @return the webhook as it was stored
     * @throws InvalidWebhookException with everything that is wrong with it; nothing is stored
     * @throws StaleWebhookException if it was changed or removed since it was read
     */
    Webhook update(Webhook webhook);

    /**
     * Everything wrong with a webhook, in the order of its settings; empty if nothing is. Stores nothing. That the id is that
     * of a webhook removed less than a day ago is noticed by {@link #register} only.
     */
    List<Problem> check(Webhook webhook);

    /** The webhook with this id; empty if there is none. */
    Optional<Webhook> find(String id);

    /** The webhooks that a query asks for, in the order of their ids. */
    Page<Webhook> list(WebhookQuery query);

    /**
     * Removes a webhook. Nothing is sent to it from then on, but for requests that are under way. Its pending deliveries are
     * canceled little by little by any client that is started; this returns at once, however many there are. Its id can be
     * used again after a day.
     *
     * @return whether it was there
     */
    boolean remove(String id);

    /**
     * Stops sending to a webhook for a while: pending deliveries, and events to come, are kept until it is resumed, at most 14
     * days. Requests that are under way are finished; other clients stop within two seconds. Of a webhook that is not active,
     * nothing is changed.
     *
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is none with this id
     */
    Webhook pause(String id);

    /**
     * Lets a webhook that is paused or disabled take deliveries again, those that were kept for it first, in the order in
     * which they were due.
     *
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is none with this id
     */
    default Webhook resume(String id) {
        return resume(id, Backlog.DELIVER);
    }

    /**
     * Lets a webhook that is paused or disabled take deliveries again. Its health begins anew. What is to be discarded is canceled
     * little by little by any client that is started, and never sent; this returns at once, however much there is. What is
     * published after it has returned is delivered.
     *
     * @param backlog what becomes of deliveries that were kept for it
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is none with this id
     */
    Webhook resume(String id, Backlog backlog);

    /**
     * Disables a webhook until it is resumed: nothing is sent to it, and events to come are not for it. Its pending deliveries are
     * canceled little by little, as {@link #remove} does; what is left of them when it is resumed is canceled too. Requests that
     * are under way are finished.
     *
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is none with this id
     */
    Webhook disable(String id);

    /** What becomes of deliveries that were kept for a webhook. */
    enum Backlog {
        /** They are sent. */
        DELIVER,
        /** They are canceled. */
        DISCARD
    }

    /**
     * Gives a webhook a new secret, of the kind it has. The one before goes on signing beside it for a while, so that the
     * receiver has the time to take over the new one. It is the secret of the Standard Webhooks signer, of which a webhook has
     * one at most; of the first HMAC signer if there is none. A shared signer has {@link Signers#rotateSecret}.
     *
     * <p>To {@link #register} the webhook again with the old secret, as a program does that does not know of the rotation, does
     * not bring that secret back. For this, old secrets stay stored after their end; they sign nothing then.
     *
     * @param grace how long the secret before signs, zero to 7 days, as a rule {@link #ROTATION_GRACE}; zero if it became
     *     known to others, which ends all old ones at once. A header that has room for one signature only needs zero
     * @return the new secret, to be shown to the receiver
     * @throws IllegalArgumentException if there is no secret that the sender may choose, or it cannot be rotated so
     * @throws InvalidWebhookException if this node cannot read the secrets, or may not store the webhook any more
     * @throws StaleWebhookException if there is no such webhook
     */
    Secret rotateSecret(String id, Duration grace);

    /** The signers that webhooks without a tenant may use as {@link Signer#shared}. */
    Signers signers();

    /**
     * The signers that the webhooks of a tenant may use as {@link Signer#shared}. No webhook can use those of another tenant.
     *
     * @param tenant 1 to 64 letters, digits, {@code _} or {@code -}
     */
    Signers signers(String tenant);

    /**
     * The request that this event would make for this webhook at this moment. Nothing is sent or stored.
     *
     * @param webhook one that was read, or a draft; what it does not set is that of the registered one with its id
     * @throws InvalidWebhookException with everything that is wrong with the webhook
     * @throws InvalidEventException if the event breaks a rule, or does not fit the payload format
     * @throws IllegalStateException if a signer or payload format of the application's own failed
     */
    RequestPreview preview(Webhook webhook, Event event);

    /**
     * Starts to deliver, in threads of the client's own. Calling it again changes nothing.
     *
     * @return this client
     */
    WebhookClient start();

    /**
     * Stops: nothing new is started, requests under way may take their time-out, what was not sent is given back, results
     * are recorded. Takes at most the request time-out and 6 seconds, and 10 more if the store hangs. Closes the transport and
     * the store that the client was given, though never a {@code DataSource}. Calling it again changes nothing.
     */
    @Override
    void close();

    /** Sets up a client. The order of the calls does not matter; everything is checked by {@link #build}. */
    interface Builder {
        /** Where webhooks and events are kept. Required. The client opens it and closes it. */
        Builder store(DeliveryStore store);

        /** What sends the requests. Required. The client opens it and closes it. */
        Builder transport(Transport transport);

        /** Where requests may go. Default: {@link EgressPolicy#strict}. */
        Builder egress(EgressPolicy policy);

        /** When to try again. Default: {@link RetryPolicy#standard}. */
        Builder retryPolicy(RetryPolicy policy);

        /** A retry policy that webhooks refer to as {@link RetryPolicy#custom} by this name. */
        Builder retryPolicy(String name, RetryPolicy policy);

        /** The time for one whole request, up to 30 seconds. Default: 15 seconds. */
        Builder requestTimeout(Duration timeout);

        /**
         * How many requests this client makes to one webhook at the same time at most, 1 to 64. It begins with five, makes more
         * while the receiver takes all of them, and half as many when it answers 429, 502, 503 or 504, or not in time. Default:
         * 64.
         */
        Builder concurrencyPerWebhook(int requests);

        /**
         * How many requests this client makes at the same time, 1 to 10,000. The webhooks of one tenant have a quarter of them
         * at most; those that have no tenant count by the last two parts of their host's name. Default: 256.
         */
        Builder maxInFlight(int requests);

        /** How many bytes the data of an event may have, up to 16 MiB. Default: 256 KiB. */
        Builder maxEventBytes(int bytes);

        /** A signer of the application's own, referred to by webhooks as {@link Signer#custom}. */
        Builder signer(String name, Signer signer);

        /** A payload format of the application's own, referred to by webhooks as {@link PayloadFormat#custom}. */
        Builder payloadFormat(String name, PayloadFormat format);

        /** Adds a listener that is told what became of deliveries. */
        Builder listener(DeliveryListener listener);

        /**
         * The client, with its store and transport opened. It does not deliver before it is started.
         *
         * @throws IllegalStateException if the store or the transport is missing
         * @throws StoreException if the store cannot be opened
         */
        WebhookClient build();
    }
}
