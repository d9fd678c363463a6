package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where events are sent: a URL, the event types it subscribes to, and how its requests are signed.
 *
 * <pre>{@code
 * webhooks.register(Webhook.builder("https://customer.example/hooks")
 *         .id("customer-1")
 *         .events("invoice.paid", "customer.*")
 *         .signer(Signer.standardWebhooks(secret))
 *         .build());
 *
 * Webhook stored = webhooks.find("customer-1").orElseThrow();
 * webhooks.update(stored.toBuilder().events("invoice.*").build());
 * }</pre>
 *
 * <p>Immutable. The builder checks only for null, because only the client knows the rules: {@link WebhookClient#register}, {@link
 * WebhookClient#update} and {@link WebhookClient#check} report everything that is wrong at once.
 */
public sealed interface Webhook permits WebhookSettings {
    /** Whether a webhook takes deliveries. */
    enum State {
        /** It takes deliveries. */
        ACTIVE,
        /** Somebody stopped it for a while: events are held for it, for 14 days. */
        PAUSED,
        /** Stopped until somebody resumes it, for a {@link DisabledReason}. */
        DISABLED
    }

    /** Why a webhook is disabled. */
    enum DisabledReason {
        /** Its receiver answered 410. Events are held for it, for 14 days. */
        GONE,
        /** It had nothing but failures for five days. Events are held for it, for 14 days. */
        FAILED,
        /** Somebody disabled it. Its pending deliveries are canceled, and it gets no new events. */
        MANUAL
    }

    /** Whether a webhook seems to work. */
    enum Health {
        /** Its last attempts succeeded, or there were none. */
        HEALTHY,
        /** Five attempts in a row failed, or a delivery was exhausted, and no attempt has succeeded since. */
        FAILING
    }

    /** A builder of a new webhook to this URL, with a random id. */
    static Builder builder(String url) {
        return new WebhookDraft(url);
    }

    /** The id, unique over all tenants. */
    String id();

    /**
     * The target URL. It may hold a secret: do not log it. The URL of a registered webhook is spelled as {@link
     * io.github.webhooks4j.egress.EgressPolicy#canonical} says.
     */
    String url();

    /** A name for people; empty if it has none. */
    Optional<String> name();

    /** The tenant whose events it gets; empty if it gets the events without a tenant. */
    Optional<String> tenant();

    /** The event types it subscribes to: exact names, {@code user.*} for all types below {@code user.}, or {@code *} for all. */
    Set<String> events();

    /** The signers of its requests, in the order in which they were added; empty if its requests are not signed. */
    List<Signer> signers();

    /** The HTTP method of its requests. */
    String method();

    /** The additional headers of its requests, by name, without the secret ones. */
    Map<String, String> headers();

    /** The names of its headers whose values are secret. The values are never shown. */
    Set<String> secretHeaders();

    /** What makes the bodies of its requests. */
    PayloadFormat payload();

    /** How its connections are secured. */
    TlsSettings tls();

    /** When its deliveries are tried again; empty for the client's {@link WebhookClient.Builder#retryPolicy}. */
    Optional<RetryPolicy> retryPolicy();

    /** The HTTP statuses that mean that the receiver took a delivery; empty for 200 to 299. */
    Set<Integer> successCodes();

    /** The time for one request; empty for the client's {@link WebhookClient.Builder#requestTimeout}. */
    Optional<Duration> timeout();

    /** How many requests each node makes at a time, at most; empty for the client's limit. */
    OptionalInt concurrency();

    /** How many requests all nodes together may make in a period; empty if there is no limit. */
    Optional<RateLimit> rateLimit();

    /** Whether it takes deliveries. A webhook that is not registered yet is active. */
    State state();

    /** Why it is disabled; empty if it is not. */
    Optional<DisabledReason> disabledReason();

    /** Whether it seems to work. */
    Health health();

    /**
     * The settings that this node cannot read, by the names of their methods here, because it lacks the key of their secrets or a
     * newer version stored them; {@code settings} if it can read none. Ignore what else is shown of them. While there are any,
     * this node sends nothing to the webhook, and refuses an update that does not set them again. Usually empty.
     */
    Set<String> unreadable();

    /** Each stored change of its settings raises it; 0 before the first. */
    long version();

    /**
     * A builder that starts from these settings, this id and this version. A webhook that is made from a stored one can only
     * change that one: with another id it is refused, because its secrets would be copied.
     */
    Builder toBuilder();

    /** Sets up a {@link Webhook}. The order of the calls does not matter. Not safe for use by several threads. */
    interface Builder {
        /**
         * The id: 1 to 64 letters, digits, {@code _} or {@code -}. Give an id to a webhook that the program registers at each
         * start; it is then updated rather than added again. Default: a random id.
         */
        Builder id(String id);

        /**
         * The target URL, instead of the one that the builder started with. If scheme, host or port of an existing webhook change,
         * set again what would otherwise be sent there: tokens, passwords, secret headers, and signers of the application's own.
         * Tokens and passwords must differ from the stored ones. Signers that only make signatures are kept.
         */
        Builder url(String url);

        /** A name for people, at most 200 characters. Default: none. */
        Builder name(String name);

        /** The tenant whose events it gets: 1 to 64 letters, digits, {@code _} or {@code -}. Default: no tenant. */
        Builder tenant(String tenant);

        /**
         * The event types it subscribes to, instead of those set before: exact names, {@code user.*} for all types below {@code
         * user.}, or {@code *} for all. At least one.
         */
        Builder events(String... patterns);

        /**
         * Adds a signer to those that this builder has set; signers of the webhook that the builder started from are replaced.
         * Several signers must set different headers. A new webhook needs at least one signer, or {@link #unsigned}. An existing
         * webhook keeps its signers unless you set some.
         */
        Builder signer(Signer signer);

        /** Sends without a signature, and forgets signers that were set before. */
        Builder unsigned();

        /** The HTTP method: {@code POST}, {@code PUT} or {@code PATCH}. Default: {@code POST}; an existing webhook keeps its own. */
        Builder method(String method);

        /**
         * Adds a header, or replaces the one with this name. At most 32, secret ones included, of up to 4096 visible ASCII
         * characters. Headers that frame a message, name its sender or are set by a signer are refused. An existing webhook keeps
         * its headers unless you set any; then it has only those of the builder.
         */
        Builder header(String name, String value);

        /**
         * Adds a {@link #header} whose value is stored as a secret and never shown. Secret headers are kept or replaced
         * separately from the others.
         */
        Builder secretHeader(String name, Secret value);

        /** Leaves out a header, secret or not, of the webhook that this builder started from. */
        Builder withoutHeader(String name);

        /**
         * What makes the bodies of its requests. Default: {@link PayloadFormat#slack} for {@code https://hooks.slack.com/},
         * {@link PayloadFormat#standard} for other URLs; an existing webhook keeps its own.
         */
        Builder payload(PayloadFormat format);

        /**
         * How its connections are secured, instead of what was set before. Default: {@link TlsSettings#standard}; an existing
         * webhook keeps its own.
         */
        Builder tls(TlsSettings tls);

        /**
         * When its deliveries are tried again, instead of the client's policy. Either one of {@link RetryPolicy}'s factories or
         * {@link RetryPolicy#custom}. This setting and the four below override the client's. An existing webhook keeps its
         * overrides unless you set any; then it has only those of the builder.
         */
        Builder retryPolicy(RetryPolicy policy);

        /**
         * The HTTP statuses, 200 to 599, that mean that the receiver took a delivery, instead of those set before. Any other
         * answer is a failure. No argument restores the default: 200 to 299.
         */
        Builder successCodes(int... codes);

        /** The time for one request: 1 s up to the client's time-out, which is the default. */
        Builder timeout(Duration timeout);

        /**
         * How many requests each node makes at a time, at most: 1 to 64. With 1, the first attempts of deliveries start in the
         * order in which they were due, on each node. Default: the client's.
         */
        Builder concurrency(int requests);

        /** How many requests all nodes together may make in a period. Default: no limit. */
        Builder rateLimit(RateLimit limit);

        /** Removes all overrides of the client's settings: retry policy, statuses, time-out, concurrency, and rate limit. */
        Builder withoutOverrides();

        /** The webhook. Checks nothing, see {@link WebhookClient#check}. */
        Webhook build();
    }
}
