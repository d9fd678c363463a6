package io.github.webhooks4j.store;

import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Keeps webhooks, events, deliveries and their history: the seam to a database. {@code webhooks-jdbc-store} has the one
 * that is meant for production.
 *
 * <p>Three ideas carry it. A delivery is the pair of event and webhook. One instant, {@code next_at}, is due time, retry
 * time and lease expiry at once: a claim moves it ahead by a lease, and a node that dies simply lets it pass. A <em>fence</em>,
 * raised by every claim, tells a late result from a valid one: what does not match the fence changes nothing.
 *
 * <p>Every method may be called by any thread, takes effect in one transaction of its own, and throws {@link StoreException}
 * if it had no effect. Where {@link #callersTransaction} says that the thread is in a transaction of the application's, that
 * one is used instead by the methods that insert events and that save, remove, find or list webhooks or signers, and by no other. Each instant that the store decides by is its own clock plus a duration given here. Whoever writes a
 * store extends the contract suite that is published beside the core as a test-jar.
 */
public interface DeliveryStore extends AutoCloseable {
    /**
     * A store in the memory of this process: to try the library, and for tests. Whatever was not delivered is lost when
     * the process ends.
     */
    static DeliveryStore inMemory() {
        return new InMemoryStore(java.time.InstantSource.system());
    }

    /**
     * Makes it ready: creates or verifies the schema. Called once by the client that it is given to.
     *
     * @throws StoreException with the remedy, if the database is not as it must be
     */
    void open();

    /** The store's clock, by which all of its nodes agree. */
    Instant now();

    // ---- webhooks

    /**
     * Inserts a webhook, if its version is 0, or replaces settings and secrets of the row whose version it has; state and
     * status stay as they are. The store raises the version and sets the time of the change.
     *
     * @return the row as stored; empty if somebody else was first: the id exists, or has another version, or is removed
     */
    Optional<WebhookRow> saveWebhook(WebhookRow webhook);

    /**
     * Sets state and status of a webhook whose status has this version; settings, secrets and their version stay as they are.
     * The store raises the version of the status and sets the time of the change.
     *
     * @return the row as stored; empty if somebody else was first, or it is removed
     */
    Optional<WebhookRow> saveStatus(String id, long statusVersion, Webhook.State state, String status);

    /** The webhook with this id, of whatever tenant; empty if there is none or it was removed. */
    Optional<WebhookRow> findWebhook(String id);

    /** Webhooks that are not removed, ordered by id (by its characters' codes), at most {@code limit} after {@code after}. */
    List<WebhookRow> listWebhooks(Optional<String> tenant, String after, int limit);

    /** Every webhook that was changed or removed at or after this instant of the store's clock. */
    List<WebhookRow> webhooksChangedSince(Instant since);

    /**
     * Marks a webhook as removed and forgets its settings and secrets. Its id stays taken for a day, so that every node
     * learns of it.
     *
     * @return whether it was there
     */
    boolean removeWebhook(String id);

    // ---- signers that many webhooks use

    /**
     * Inserts a signer, or replaces the one of this tenant and name, be it removed or not. If its version is not 0, it only
     * replaces the one that has this version. The store raises the version and sets the time of the change.
     *
     * @return the row as stored; empty if somebody else was first: the one that is there has another version, or is removed
     */
    Optional<SignerRow> saveSigner(SignerRow signer);

    /** The tenant's signer of this name; empty if there is none or it was removed. */
    Optional<SignerRow> findSigner(Optional<String> tenant, String name);

    /** All signers of a tenant, of none if it is empty, that are not removed; ordered by name (by its characters' codes). */
    List<SignerRow> listSigners(Optional<String> tenant);

    /** Every signer, of whatever tenant, that was changed or removed at or after this instant of the store's clock. */
    List<SignerRow> signersChangedSince(Instant since);

    /**
     * Marks a signer as removed, for a day at least, and forgets its settings and secrets.
     *
     * @return whether it was there
     */
    boolean removeSigner(Optional<String> tenant, String name);

    // ---- deliveries of a webhook

    /**
     * Ends at most {@code limit} pending deliveries of a webhook as exhausted: those that were first due before this instant
     * and are under no lease.
     *
     * @return those that were ended; fewer than {@code limit} if none is left
     */
    List<Delivery> expire(String webhookId, Instant firstDueBefore, int limit);

    /**
     * Ends at most {@code limit} pending deliveries of a webhook as canceled, leased ones included.
     *
     * @return those that were ended; fewer than {@code limit} if none is left
     */
    List<Delivery> cancel(String webhookId, int limit);

    // ---- publish

    /**
     * The transaction of the application's that this thread is in and that the store takes part in; empty if there is none,
     * as for stores that take part in none.
     *
     * @throws IllegalStateException if the thread is in a transaction that the store cannot take part in
     */
    Optional<CallersTransaction> callersTransaction();

    /**
     * The claims among these that stand, as committed: their deliveries are there and have this fence. Never called within the
     * caller's transaction.
     */
    Set<Claim> confirm(Collection<Claim> claims);

    /**
     * Stores events with their deliveries. An event whose id its tenant has already is left out, with its deliveries.
     *
     * @return the keys of the events that were stored now
     * @throws UnknownCommitException if it cannot be known whether they were
     */
    Set<UUID> insert(List<NewEvent> events);

    // ---- the engine

    /**
     * The webhooks that have pending deliveries, and when the earliest of each is due; at most {@code limit}. If there are
     * more, the next call goes on where this one ended, and begins anew after the last.
     */
    Map<String, Instant> due(int limit);

    /**
     * Claims deliveries that are due: for each webhook at most as many as given, earliest first. Each gets a raised fence
     * and is not due again before {@code lease} has passed.
     *
     * @param room how many to claim, by webhook id
     */
    List<Claimed> claim(Map<String, Integer> room, Duration lease);

    /**
     * Claims as {@link #claim} does, for webhooks whose rate is limited: no more than their limits make available, which what was
     * claimed uses up in the same transaction. Of a webhook for which another node does so at this moment, nothing is claimed.
     *
     * @param room how many to claim, and within which limit, by webhook id
     */
    LimitedClaims claimLimited(Map<String, LimitedRoom> room, Duration lease);

    /**
     * Records what became of claimed deliveries: writes the attempt into the history, after the stale one if there is one,
     * and ends the delivery or sets its next time. An outcome whose fence does not match changes nothing.
     *
     * @return the claims whose outcome was recorded
     */
    Set<Claim> record(List<Outcome> outcomes);

    /** Gives back claims without an attempt: each is due again at the instant given. Fences are respected. */
    void release(Map<Claim, Instant> due);

    // ---- looking back

    /** One delivery as it stands; empty if the event or its delivery to this webhook is unknown. */
    Optional<Delivery> findDelivery(Optional<String> tenant, String eventId, String webhookId);

    /** The attempts of a delivery, in their order. */
    List<Attempt> attempts(Optional<String> tenant, String eventId, String webhookId);

    /** Frees what the store itself opened; never a connection pool that it was given. */
    @Override
    void close();

    /** A transaction of the application's own, which the store takes part in but does not end. */
    interface CallersTransaction {
        /**
         * Has something run when the transaction seems to have been committed, and best however else it ended. It is quick,
         * throws nothing, and is never trusted: see {@link DeliveryStore#confirm}.
         *
         * @return whether the store will know; false if nobody will tell it
         */
        boolean afterCommit(Runnable hint);
    }

    /**
     * A webhook as a store keeps it: the settings are a document that the store does not look into.
     *
     * @param id unique over all tenants
     * @param tenant empty if it has none
     * @param state whether it takes deliveries
     * @param version raised by every change, 0 before the first
     * @param changedAt when it was changed last, by the store's clock
     * @param removed whether only the memory of it is left
     * @param settings a JSON document without secrets
     * @param secrets texts to be kept secret, by the name that the settings use for them; without those that this node
     *     cannot read
     * @param status a JSON document of what happened to it, without secrets
     * @param statusVersion raised by every change of state or status, 0 before the first
     */
    record WebhookRow(
            String id,
            Optional<String> tenant,
            Webhook.State state,
            long version,
            Instant changedAt,
            boolean removed,
            String settings,
            Map<String, String> secrets,
            String status,
            long statusVersion) {
        /** A row of a webhook to which nothing has happened. */
        public WebhookRow(
                String id,
                Optional<String> tenant,
                Webhook.State state,
                long version,
                Instant changedAt,
                boolean removed,
                String settings,
                Map<String, String> secrets) {
            this(id, tenant, state, version, changedAt, removed, settings, secrets, "{}", 0);
        }

        /** Copies the secrets. */
        public WebhookRow {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(changedAt, "changedAt");
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(status, "status");
            secrets = Map.copyOf(secrets);
        }

        /** Shows neither settings nor secrets. */
        @Override
        public String toString() {
            return "WebhookRow[id=" + id + ", state=" + state + ", version=" + version + ", removed=" + removed + "]";
        }
    }

    /**
     * A signer that many webhooks use, as a store keeps it: the settings are a document that the store does not look into.
     *
     * @param tenant whose it is; empty for webhooks that have no tenant
     * @param name unique within the tenant
     * @param version raised by every change
     * @param changedAt when it was changed last, by the store's clock
     * @param removed whether only the memory of it is left
     * @param settings a JSON document without secrets
     * @param secrets texts to be kept secret, by the name that the settings use for them; without those that this node
     *     cannot read
     */
    record SignerRow(
            Optional<String> tenant,
            String name,
            long version,
            Instant changedAt,
            boolean removed,
            String settings,
            Map<String, String> secrets) {
        /** Copies the secrets. */
        public SignerRow {
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(changedAt, "changedAt");
            Objects.requireNonNull(settings, "settings");
            secrets = Map.copyOf(secrets);
        }

        /** Shows neither settings nor secrets. */
        @Override
        public String toString() {
            return "SignerRow[name=" + name + ", version=" + version + ", removed=" + removed + "]";
        }
    }

    /**
     * An event to be stored, with its deliveries.
     *
     * @param event what to store
     * @param deliveries one for each webhook that it goes to; may be empty
     */
    record NewEvent(StoredEvent event, List<NewDelivery> deliveries) {
        /** Copies the deliveries. */
        public NewEvent {
            Objects.requireNonNull(event, "event");
            deliveries = List.copyOf(deliveries);
        }
    }

    /**
     * An event as it is kept. It never changes.
     *
     * @param key the internal key, ordered by time (UUID version 7)
     * @param id the public id, unique within its tenant
     * @param tenant empty if it has none
     * @param type the event's type
     * @param timestamp when it happened
     * @param contentType the media type of the data
     * @param json whether the data is JSON that goes into an envelope; otherwise it is a body of its own
     * @param headers headers of its own, by name
     * @param data the exact bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // compared below
    record StoredEvent(
            UUID key,
            String id,
            Optional<String> tenant,
            String type,
            Instant timestamp,
            String contentType,
            boolean json,
            Map<String, String> headers,
            byte[] data) {
        /** An event without headers of its own. */
        public StoredEvent(
                UUID key,
                String id,
                Optional<String> tenant,
                String type,
                Instant timestamp,
                String contentType,
                boolean json,
                byte[] data) {
            this(key, id, tenant, type, timestamp, contentType, json, Map.of(), data);
        }

        /** Copies the headers. */
        public StoredEvent {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(timestamp, "timestamp");
            Objects.requireNonNull(contentType, "contentType");
            headers = Map.copyOf(headers);
            Objects.requireNonNull(data, "data");
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof StoredEvent that
                    && key.equals(that.key)
                    && id.equals(that.id)
                    && tenant.equals(that.tenant)
                    && type.equals(that.type)
                    && timestamp.equals(that.timestamp)
                    && contentType.equals(that.contentType)
                    && json == that.json
                    && headers.equals(that.headers)
                    && Arrays.equals(data, that.data);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }

        /** Shows neither data nor headers. */
        @Override
        public String toString() {
            return "StoredEvent[id=" + id + ", type=" + type + ", " + data.length + " bytes]";
        }
    }

    /**
     * A delivery to be stored.
     *
     * @param webhookId where it goes
     * @param dueAt when it is due, as the caller gave it; empty for at once
     * @param lease if not zero, it is born leased: stored as claimed, with fence 1 and one claim, and due when the lease has
     *     passed
     */
    record NewDelivery(String webhookId, Optional<Instant> dueAt, Duration lease) {
        /** Checks for null only. */
        public NewDelivery {
            Objects.requireNonNull(webhookId, "webhookId");
            Objects.requireNonNull(dueAt, "dueAt");
            Objects.requireNonNull(lease, "lease");
        }
    }

    /**
     * The temporary exclusive right to a delivery.
     *
     * @param event the event's internal key
     * @param webhookId where it goes
     * @param fence the number of this claim
     */
    record Claim(UUID event, String webhookId, int fence) {
        /** The fence of a delivery that was born leased. */
        public static final int FIRST_FENCE = 1;

        /** Checks for null only. */
        public Claim {
            Objects.requireNonNull(event, "event");
            Objects.requireNonNull(webhookId, "webhookId");
        }
    }

    /**
     * A claimed delivery with all that is needed to send it.
     *
     * @param claim the right to it
     * @param attempts how many attempts were recorded before
     * @param claims how many claims, this one included, have not ended in a record or a release
     * @param dueAt when it was due; a release gives it this time back
     * @param firstDueAt when it was due for the first time
     * @param event what to send
     */
    record Claimed(Claim claim, int attempts, int claims, Instant dueAt, Instant firstDueAt, StoredEvent event) {
        /** Checks for null only. */
        public Claimed {
            Objects.requireNonNull(claim, "claim");
            Objects.requireNonNull(dueAt, "dueAt");
            Objects.requireNonNull(firstDueAt, "firstDueAt");
            Objects.requireNonNull(event, "event");
        }
    }

    /**
     * How many deliveries of a webhook to claim.
     *
     * @param deliveries at most so many
     * @param limit no more than it makes available
     * @param startWithin how long after the claim they start at the latest
     */
    record LimitedRoom(int deliveries, RateLimit limit, Duration startWithin) {
        /** Checks for null only. */
        public LimitedRoom {
            Objects.requireNonNull(limit, "limit");
            Objects.requireNonNull(startWithin, "startWithin");
        }
    }

    /**
     * What was claimed within rate limits.
     *
     * @param claimed the deliveries
     * @param waits the webhooks of which more could be due than their limits made available, and after how long to try again
     */
    record LimitedClaims(List<Claimed> claimed, Map<String, Duration> waits) {
        /** Copies both. */
        public LimitedClaims {
            claimed = List.copyOf(claimed);
            waits = Map.copyOf(waits);
        }
    }

    /**
     * What became of a claimed delivery.
     *
     * @param claim the right to say so
     * @param attempt the attempt that was made; empty if the delivery ends without one
     * @param state the state it is in now; {@code PENDING} sets its next time
     * @param delay for {@code PENDING}, from the record to its next time
     * @param stale an attempt of the same number that came before {@code attempt} and failed as {@link Failure#STALE};
     *     empty as a rule. It belongs into the history, and is not counted
     */
    record Outcome(
            Claim claim, Optional<Attempt> attempt, DeliveryState state, Duration delay, Optional<Attempt> stale) {
        /** An outcome of one attempt or none. */
        public Outcome(Claim claim, Optional<Attempt> attempt, DeliveryState state, Duration delay) {
            this(claim, attempt, state, delay, Optional.empty());
        }

        /** Checks for null only. */
        public Outcome {
            Objects.requireNonNull(claim, "claim");
            Objects.requireNonNull(attempt, "attempt");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(delay, "delay");
            Objects.requireNonNull(stale, "stale");
        }

        /** This outcome with the excerpt of its attempt left out, for a store that cannot write it. */
        public Outcome withoutExcerpt() {
            return new Outcome(claim, attempt.map(Attempt::withoutExcerpt), state, delay, stale);
        }
    }
}
