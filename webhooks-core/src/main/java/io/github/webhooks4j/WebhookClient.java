package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Capture;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.history.Deliveries;
import io.github.webhooks4j.history.Events;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.history.Statistics;
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
import java.util.Map;
import java.util.Objects;
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

    /** The deliveries of all tenants: what became of them, and what to do about it. */
    Deliveries deliveries();

    /** Numbers for those who watch: of this client, and by the hour of all clients. */
    Statistics statistics();

    /** The events of all tenants: what was published, and to how many webhooks. */
    Events events();

    /**
     * This client, confined to one tenant: for code that serves a customer and takes ids from outside.
     *
     * <pre>{@code
     * WebhookClient acme = webhooks.tenant("acme");
     * acme.register(Webhook.builder("https://acme.example/hooks").events("invoice.paid").signer(signer).build());
     * acme.deliveries().list(DeliveryQuery.all().states(EXHAUSTED));
     * }</pre>
     *
     * <p>It sees and changes what belongs to the tenant, and nothing else. Events and webhooks that have no tenant get this one; those of
     * another tenant are refused. An id that belongs to another tenant, or to none, is an unknown one: it is not found, and errors are
     * those for ids that were never there. Lists leave out what is not the tenant's, {@link #signers()} are the tenant's, and asking for
     * another tenant is refused with an {@link IllegalArgumentException}.
     *
     * <p>Two things can be told from outside. Ids of webhooks are unique over all tenants, so {@link #register} refuses an id that
     * somebody else has, or had within a day, and says only that it is taken; leave the id out to get a new one. And a page may be short because others have
     * published much, see {@link Events#list}.
     *
     * <p>Listeners are told of all tenants. The client is started and closed by the one that it was made from: {@link #start} of a
     * confined client throws {@link UnsupportedOperationException}, and {@link #close} does nothing, so that a try block or a
     * container that closes its beans does not stop the deliveries of others. Making one costs little; two for the same tenant are equal.
     *
     * @param tenant 1 to 64 letters, digits, {@code _} or {@code -}
     * @throws IllegalArgumentException if that is no name of a tenant
     */
    WebhookClient tenant(String tenant);

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
     * Sends a test to a webhook, now: an event of this type whose data is {@code {"test":true}}. See {@link #test(Collection, Event)}.
     *
     * @return what the receiver answered, or why there was no answer
     */
    default Attempt test(String id, String eventType) {
        Attempt answer =
                test(List.of(id), Event.of(eventType, Map.of("test", true))).get(id);
        return Objects.requireNonNull(answer, "the answer");
    }

    /**
     * Sends a test to each of these webhooks, now, and waits for the answers: one request, made as all others and never repeated. It goes
     * to paused and disabled webhooks, too, and to those whose receiver does not answer or whose rate limit is used up. It counts
     * neither for their health nor for their rate limit. The client need not be started.
     *
     * <p>A test is kept in the history, as a delivery that is marked: {@link io.github.webhooks4j.delivery.Delivery#test}. If the
     * history cannot be written, only the log says so. The event has a new id for each webhook, and the webhook's tenant.
     *
     * <p>Of the webhooks of one tenant, at most 10 tests may be made in any minute and 2 at a time; the client makes at most 8 at a time.
     * Webhooks without a tenant count as those of one. A call waits for its turn, but not longer than the request time-out.
     *
     * @param ids of webhooks that exist; one that is there twice is sent one test
     * @param event what to send; its id and the time at which it is to be delivered mean nothing
     * @return what each receiver answered, or why there was no answer, by the id of the webhook and in the order of the ids. Whether a status
     *     means success is up to {@link Webhook#successCodes}
     * @throws io.github.webhooks4j.history.TooManyTestsException if there are too many tests; nothing was sent, and the exception says
     *     after how long to try again
     * @throws StaleWebhookException if there is no webhook with one of these ids; nothing was sent
     * @throws InvalidEventException if the event breaks a rule, or is of another tenant than a webhook; nothing was sent
     * @throws IllegalStateException if this thread is in a transaction that the store takes part in, or this client cannot send to a
     *     webhook, since it does not know its signer or cannot read a secret; nothing was sent
     */
    Map<String, Attempt> test(Collection<String> ids, Event event);

    /**
     * Sends a test to a webhook that need not be stored, or has changed settings, as {@link #test(Collection, Event)} does. It is not
     * kept in the history.
     *
     * @param webhook one that was read, or a draft; settings that a draft leaves out come from the registered webhook with its id
     * @return what the receiver answered, or why there was no answer
     * @throws InvalidWebhookException with everything that is wrong with the webhook; nothing was sent
     */
    Attempt test(Webhook webhook, Event event);

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
         * How long events are kept after they were published: 1 hour to 10 years. One with a pending delivery, to a paused webhook say,
         * is kept until that has ended. Started clients delete older ones in the background; if several clients say different things,
         * the shortest counts.
         *
         * <p>With the event, its id ends: an event that is published under it later is a new one. What became of its deliveries is still
         * told, for {@link #historyRetention}, but nothing of it can be redelivered, recovered or replayed. Default: 30 days.
         */
        Builder eventRetention(Duration kept);

        /**
         * How long it is told what became of deliveries, reckoned from when their events were published: 1 hour to 10 years, and at least
         * {@link #eventRetention}, since a replay knows by it what a webhook got already. The history of an event that is still there
         * stays. Default: 90 days.
         */
        Builder historyRetention(Duration kept);

        /**
         * Whether a started client keeps the JVM alive until it is closed, so that a {@code main} that returns goes on delivering.
         * Set it to false where something else decides when the process ends, such as an application server. Default: true.
         */
        Builder keepAlive(boolean keepAlive);

        /**
         * Of which attempts the history keeps request and answer, without the webhook's secrets. What events hold is then also in
         * the history. Default: {@link Capture#FAILURES}.
         */
        Builder capture(Capture capture);

        /**
         * The name of this client, by which the history tells who made an attempt: 1 to 64 visible ASCII characters. Default: the
         * host's name, as far as it is known without asking the network, and four random hex digits.
         */
        Builder node(String name);

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
