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
 * <pre>{@code
 * WebhookClient webhooks = WebhookClient.builder()
 *         .store(JdbcDeliveryStore.builder(dataSource).secretKeys(keys).build())
 *         .transport(OkHttpTransport.create())
 *         .build()
 *         .start();
 *
 * webhooks.register(Webhook.builder("https://customer.example/hooks")
 *         .id("customer-1")
 *         .events("invoice.paid")
 *         .signer(Signer.standardWebhooks(secret))
 *         .build());
 *
 * webhooks.publish(Event.of("invoice.paid", Map.of("invoice", "in_42", "total", 1999)));
 *
 * webhooks.close();
 * }</pre>
 *
 * <p>An application has one client for each store. A client that is not started only publishes: its events wait in the store
 * until a started client, in this process or another, delivers them. Safe for use by any thread.
 *
 * <p>Methods that use the store throw {@link StoreException} if the store fails. Nothing has happened then, unless the exception
 * is an {@link UnknownCommitException} or says that the commit may have taken effect. Where the store takes part in the
 * application's transactions, the transaction of the calling thread also registers, changes, removes, finds and lists webhooks. A
 * change applies to events that are published after the commit. After {@link #close}, all methods throw {@link
 * IllegalStateException}.
 */
public interface WebhookClient extends AutoCloseable {
    /** How long an old secret usually goes on signing beside the new one: 24 hours. */
    Duration ROTATION_GRACE = Duration.ofDays(1);

    /** A builder of a client. It needs a store and a transport. */
    static Builder builder() {
        return new ClientSettings();
    }

    /**
     * Publishes an event to every webhook that subscribes to its type and belongs to its tenant. When this returns, the event and
     * its deliveries are in the store. If this thread is in a transaction that the store takes part in, the commit stores them,
     * and a rollback discards them.
     *
     * @return what was stored; if the tenant already has an event with this id, nothing was stored, and the result says so
     * @throws InvalidEventException if the event breaks a rule; nothing is stored
     */
    Publication publish(Event event);

    /**
     * Publishes several events in one transaction, or in the caller's if there is one. All are stored or none, except for
     * duplicates.
     *
     * @return what was stored, in the order of the events
     * @throws InvalidEventException if one of them breaks a rule; nothing is stored
     */
    List<Publication> publishAll(Collection<Event> events);

    /**
     * Publishes an event in the background. The data is read before this returns. If 1,000 events are being stored already, this
     * waits for one of them.
     *
     * <p>The future completes when the event is in the store, or with what {@link #publish} would have thrown, on a thread that
     * the client keeps for that. Stages that depend on it may publish and may block; if 1,000 of them block, others wait.
     *
     * @throws IllegalStateException if this thread is in a transaction that the store would take part in
     * @throws InvalidEventException if the event breaks a rule; nothing is stored
     */
    CompletableFuture<Publication> publishAsync(Event event);

    /**
     * Stores a webhook. If its id exists, this replaces the settings, leaves the state as it is, and keeps signers that are not
     * set. A program can therefore register the same webhook at every start.
     *
     * <p>This client knows it at once, or from the commit of the caller's transaction on; other clients on the same store within two
     * seconds. An event that they publish before that does not match it yet.
     *
     * <p>Registering does not undo {@link #rotateSecret}. If a signer is set with a secret that the stored signer has now, or had
     * before a rotation, the stored signer stays, with its new secret. The client remembers the last 10 secrets, and the first
     * one longest. A secret that the signer never had, or a different kind of signer, replaces it and all its secrets.
     *
     * @return the webhook as it was stored
     * @throws InvalidWebhookException with everything that is wrong with it; nothing is stored
     * @throws StaleWebhookException if somebody changed or removed the webhook since it was read, or if a webhook with this id
     *     was removed less than a day ago
     */
    Webhook register(Webhook webhook);

    /**
     * Replaces the settings of a webhook that exists. The state stays as it is. Signers that are not set are kept, and so are
     * signers that are set with a secret from before a rotation, see {@link #register}. Other clients know of it within two seconds.
     *
     * @param webhook made from one that was read, by {@link Webhook#toBuilder}
     * @return the webhook as it was stored
     * @throws InvalidWebhookException with everything that is wrong with it; nothing is stored
     * @throws StaleWebhookException if there is no webhook with this id, or somebody changed or removed it since it was read
     */
    Webhook update(Webhook webhook);

    /**
     * Everything that is wrong with a webhook, in the order of its settings; empty if nothing is. Stores nothing. Does not notice
     * that a webhook with this id was removed less than a day ago; only {@link #register} does.
     */
    List<Problem> check(Webhook webhook);

    /** The webhook with this id; empty if there is none. */
    Optional<Webhook> find(String id);

    /** The webhooks that a query asks for, in the order of their ids. */
    Page<Webhook> list(WebhookQuery query);

    /**
     * Removes a webhook. From then on nothing is sent to it, except for requests that are under way. Started clients cancel its
     * pending deliveries in the background, so this returns at once, however many there are. The id can be used again after a
     * day.
     *
     * @return whether it existed
     */
    boolean remove(String id);

    /**
     * Stops sending to a webhook for a while. Its pending deliveries and new events are held until it is resumed, for at most 14
     * days. Requests under way are finished. Other clients stop within two seconds, or 30 at most where the database is slow. If the webhook is not active, nothing
     * changes.
     *
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is no webhook with this id
     */
    Webhook pause(String id);

    /**
     * Lets a paused or disabled webhook take deliveries again. Held deliveries are sent first, in the order in which they were
     * due.
     *
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is no webhook with this id
     */
    default Webhook resume(String id) {
        return resume(id, Backlog.DELIVER);
    }

    /**
     * Lets a paused or disabled webhook take deliveries again, and resets its health. Started clients cancel discarded deliveries
     * in the background and never send them, so this returns at once, however many there are. Events that are published after
     * this has returned are delivered.
     *
     * @param backlog what happens to held deliveries
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is no webhook with this id
     */
    Webhook resume(String id, Backlog backlog);

    /**
     * Disables a webhook until it is resumed. Nothing is sent to it, and new events do not go to it. Its pending deliveries are
     * canceled in the background, as with {@link #remove}; a later resume cancels those that are left. Requests under way are
     * finished.
     *
     * @return the webhook as it is stored now
     * @throws StaleWebhookException if there is no webhook with this id
     */
    Webhook disable(String id);

    /** What happens to the deliveries that were held for a webhook. */
    enum Backlog {
        /** They are sent. */
        DELIVER,
        /** They are canceled. */
        DISCARD
    }

    /**
     * Gives a webhook a new secret of the same kind. The old secret goes on signing beside it for a while, so that the receiver
     * has time to switch. This rotates the secret of the Standard Webhooks signer, of which a webhook has at most one, or of the
     * first HMAC signer if there is none. For a shared signer, use {@link Signers#rotateSecret}.
     *
     * <p>Registering the webhook again with the old secret, as a program does that does not know about the rotation, does not
     * bring that secret back. For this purpose, old secrets stay stored after they end; they no longer sign.
     *
     * @param grace how long the old secret goes on signing, zero to 7 days, usually {@link #ROTATION_GRACE}. Zero ends all old
     *     secrets at once: use it if a secret has leaked. A header with room for only one signature needs zero
     * @return the new secret, to be shown to the receiver
     * @throws IllegalArgumentException if the webhook has no secret that the sender may choose, or it cannot be rotated like this
     * @throws InvalidWebhookException if this node cannot read the secrets, or may no longer store the webhook
     * @throws StaleWebhookException if there is no webhook with this id
     */
    Secret rotateSecret(String id, Duration grace);

    /** The signers that webhooks without a tenant may use as {@link Signer#shared}. */
    Signers signers();

    /**
     * The signers that the webhooks of a tenant may use as {@link Signer#shared}. Webhooks of other tenants cannot use them.
     *
     * @param tenant 1 to 64 letters, digits, {@code _} or {@code -}
     */
    Signers signers(String tenant);

    /**
     * The request that this event would make for this webhook now. Sends and stores nothing.
     *
     * @param webhook one that was read, or a draft; settings that a draft leaves out come from the registered webhook with its id
     * @throws InvalidWebhookException with everything that is wrong with the webhook
     * @throws InvalidEventException if the event breaks a rule, or does not fit the payload format
     * @throws IllegalStateException if one of the application's own signers or payload formats failed
     */
    RequestPreview preview(Webhook webhook, Event event);

    /**
     * Starts to deliver, on the client's own threads. From now on the client keeps the JVM alive until {@link #close}, unless
     * {@link Builder#keepAlive} says otherwise. A second call changes nothing.
     *
     * @return this client
     */
    WebhookClient start();

    /**
     * Stops the client. It goes on for at most 2 seconds with first attempts of events that it published itself and still holds
     * in memory. It starts nothing else, lets requests under way take their time-out, gives back what it did not send, and
     * records the results. Retries and the backlog wait in the store. A client that was never started sends nothing.
     *
     * <p>Takes at most the request time-out and 8 seconds, and 10 more if the store hangs. Closes the transport and the store
     * that the client was given, but never a {@code DataSource}. A second call changes nothing.
     */
    @Override
    void close();

    /** Sets up a client. The order of the calls does not matter; {@link #build} checks everything. */
    interface Builder {
        /** Where webhooks and events are stored. Required. The client opens it and closes it; no other client may use it. */
        Builder store(DeliveryStore store);

        /** What sends the requests. Required. The client opens it and closes it; no other client may use it. */
        Builder transport(Transport transport);

        /** Where requests may go. Default: {@link EgressPolicy#strict}. */
        Builder egress(EgressPolicy policy);

        /** When to try again. Default: {@link RetryPolicy#standard}. */
        Builder retryPolicy(RetryPolicy policy);

        /** A retry policy that webhooks refer to by this name, as {@link RetryPolicy#custom}. */
        Builder retryPolicy(String name, RetryPolicy policy);

        /** The time for one whole request, up to 30 seconds. Default: 15 seconds. */
        Builder requestTimeout(Duration timeout);

        /**
         * How many requests this client makes to one webhook at a time, at most: 1 to 64. The client begins with five. It makes
         * more while the receiver takes all of them, and half as many when the receiver answers 429, 502, 503 or 504, or does not
         * answer in time. Default: 64.
         */
        Builder concurrencyPerWebhook(int requests);

        /**
         * How many requests this client makes at a time, 1 to 10,000. The webhooks of one tenant get at most a quarter of them:
         * 64 of 256. Webhooks without a tenant are grouped by the last two parts of their host name. Default: 256.
         */
        Builder maxInFlight(int requests);

        /** How many bytes of data an event may have, up to 16 MiB. Default: 256 KiB. */
        Builder maxEventBytes(int bytes);

        /**
         * Whether a started client keeps the JVM alive until it is closed, so that a {@code main} that returns goes on delivering.
         * Set it to false where something else decides when the process ends, such as an application server. Default: true.
         */
        Builder keepAlive(boolean keepAlive);

        /** A signer of the application's own, which webhooks refer to by this name, as {@link Signer#custom}. */
        Builder signer(String name, Signer signer);

        /** A payload format of the application's own, which webhooks refer to by this name, as {@link PayloadFormat#custom}. */
        Builder payloadFormat(String name, PayloadFormat format);

        /** Adds a listener, which is notified of what happens to deliveries. */
        Builder listener(DeliveryListener listener);

        /**
         * Opens the store and the transport, and makes the client. The client does not deliver until {@link WebhookClient#start}.
         *
         * @throws IllegalStateException if the store or the transport is missing, a setting is out of its range, or another
         *     client uses the store or the transport
         * @throws StoreException if the store cannot be opened
         */
        WebhookClient build();
    }
}
