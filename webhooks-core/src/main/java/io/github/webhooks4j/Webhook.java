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
 * <p>Immutable. The builder checks for null only, since only the client knows the rules that apply: {@link
 * WebhookClient#register}, {@link WebhookClient#update} and {@link WebhookClient#check} report everything wrong at once.
 */
public sealed interface Webhook permits WebhookSettings {
    /** Whether a webhook takes deliveries. */
    enum State {
        /** It takes deliveries. */
        ACTIVE,
        /** Stopped by hand for a while: events are kept for it, for 14 days. */
        PAUSED,
        /** Stopped until somebody resumes it, for a {@link DisabledReason}. */
        DISABLED
    }

    /** Why a webhook is disabled. */
    enum DisabledReason {
        /** Its receiver answered 410. Events are kept for it, for 14 days. */
        GONE,
        /** It had nothing but failures for five days. Events are kept for it, for 14 days. */
        FAILED,
        /** By hand. What was pending is canceled, and it gets no events. */
        MANUAL
    }

    /** Whether a webhook seems to work. */
    enum Health {
        /** Its last attempts succeeded, or it had none. */
        HEALTHY,
        /** Five attempts in a row failed, or a delivery was exhausted, and none has succeeded since. */
        FAILING
    }

    /** A new webhook to this URL, with an id of its own. */
    static Builder builder(String url) {
        return new WebhookDraft(url);
    }

    /** The id, unique over all tenants. */
    String id();

    /**
     * The target URL. It may hold a secret: do not log it. That of a registered webhook is as {@link
     * io.github.webhooks4j.egress.EgressPolicy#canonical} spells it.
     */
    String url();

    /** A name for people; empty if it has none. */
    Optional<String> name();

    /** The tenant whose events it gets; empty if it gets the events that have none. */
    Optional<String> tenant();

    /** The event types it subscribes to: exact names, {@code user.*} for all that begin so, or {@code *} for all. */
    Set<String> events();

    /** What signs its requests, in the order of their registration; empty if nothing does. */
    List<Signer> signers();

    /** The HTTP method of its requests. */
    String method();

    /** The headers that its requests have beside the others, by name, without those that are secret. */
    Map<String, String> headers();

    /** The names of its headers whose values are secret; the values are never shown. */
    Set<String> secretHeaders();

    /** What makes the bodies of its requests. */
    PayloadFormat payload();

    /** How its connections are secured. */
    TlsSettings tls();

    /** When its deliveries are tried again; empty if as the client's {@link WebhookClient.Builder#retryPolicy} says. */
    Optional<RetryPolicy> retryPolicy();

    /** The HTTP statuses by which its receiver says that it has taken a delivery; empty if any of 200 to 299 does. */
    Set<Integer> successCodes();

    /** The time for one exchange; empty if as long as the client's {@link WebhookClient.Builder#requestTimeout} says. */
    Optional<Duration> timeout();

    /** How many requests each node makes at a time, at most; empty if the client's limit is its own. */
    OptionalInt concurrency();

    /** How many requests all nodes together make in a time, at most; empty if there is no limit. */
    Optional<RateLimit> rateLimit();

    /** Whether it takes deliveries. A webhook that is not yet registered will be active. */
    State state();

    /** Why it is disabled; empty if it is not. */
    Optional<DisabledReason> disabledReason();

    /** Whether it seems to work. */
    Health health();

    /**
     * The settings, by the names of their methods here, that this node cannot read, since it lacks the key of their secrets or
     * a newer version stored them; {@code settings} if it can read none. What else is shown of them means nothing. As long as
     * there are any, this node sends nothing to the webhook, and an update that does not set them anew is refused. Empty as a
     * rule.
     */
    Set<String> unreadable();

    /** Raised by each change of its settings in the store; 0 before the first. */
    long version();

    /**
     * A builder that starts from these settings, this id and this version. What is made from a stored webhook is for changing
     * that one: with another id it is refused, since its secrets would be copied.
     */
    Builder toBuilder();

    /** Sets up a {@link Webhook}. The order of the calls does not matter. Not safe for use by several threads. */
    interface Builder {
        /**
         * The id, 1 to 64 letters, digits, {@code _} or {@code -}. Give one to a webhook that the program registers at each
         * start, so that it is updated and not added again. Default: a random one.
         */
        Builder id(String id);

        /**
         * The target URL, instead of the one it began with. If scheme, host or port of a webhook that exists change, whatever
         * it would send there as it is, has to be set anew: tokens, passwords, secret headers and signers of the
         * application's own. Tokens and passwords that equal the stored ones are not set anew. What only signs is kept.
         */
        Builder url(String url);

        /** A name for people, at most 200 characters. Default: none. */
        Builder name(String name);

        /** Confines it to the events of this tenant, 1 to 64 letters, digits, {@code _} or {@code -}. Default: no tenant. */
        Builder tenant(String tenant);

        /**
         * The event types it subscribes to, instead of those set before: exact names, {@code user.*} for all that begin so,
         * or {@code *} for all. At least one.
         */
        Builder events(String... patterns);

        /**
         * Adds a signer to those set by this builder; those of the webhook that the builder began with are replaced. Several
         * at once are fine as long as they set different headers. A new webhook needs at least one, or {@link #unsigned};
         * one that exists keeps the signers it has unless signers are set anew.
         */
        Builder signer(Signer signer);

        /** Sends without a signature, and forgets signers set before. */
        Builder unsigned();

        /** The HTTP method: {@code POST}, the default, {@code PUT} or {@code PATCH}. A webhook that exists keeps what it has. */
        Builder method(String method);

        /**
         * Adds a header, or replaces the one of this name. At most 32 with the secret ones, of up to 4096 visible ASCII
         * characters; those that frame a message, name its sender or are set by a signer are refused. A webhook
         * that exists keeps its headers, unless any is set anew: then those of the builder are all that it has.
         */
        Builder header(String name, String value);

        /** {@link #header} with a value that is stored as a secret and never shown. Each of the two kinds is kept or replaced by itself. */
        Builder secretHeader(String name, Secret value);

        /** Leaves out a header that the webhook has from which this builder began, be it secret or not. */
        Builder withoutHeader(String name);

        /**
         * What makes the bodies of its requests. Default: {@link PayloadFormat#slack} for {@code https://hooks.slack.com/},
         * {@link PayloadFormat#standard} for other URLs; one that exists keeps what was set.
         */
        Builder payload(PayloadFormat format);

        /**
         * How its connections are secured, instead of what was set before. Default: {@link TlsSettings#standard} for a new
         * webhook; one that exists keeps what it has unless it is set anew.
         */
        Builder tls(TlsSettings tls);

        /**
         * When its deliveries are tried again, in the place of the client's policy. One of {@link RetryPolicy}'s own, or {@link
         * RetryPolicy#custom}. This setting and the four that follow override the client's: a webhook that exists keeps those that
         * it has, unless any is set anew, when those of the builder are all that it has.
         */
        Builder retryPolicy(RetryPolicy policy);

        /**
         * The HTTP statuses by which its receiver says that it has taken a delivery, 200 to 599, instead of those set before;
         * whatever else it answers is a failure. None for the default: 200 to 299.
         */
        Builder successCodes(int... codes);

        /** The time for one exchange: 1 s, or more up to that of the client, which is the default. */
        Builder timeout(Duration timeout);

        /**
         * How many requests each node makes at a time, at most: 1 to 64. With 1, deliveries that were never attempted start in the
         * order in which they were due, on each node. Default: the client's.
         */
        Builder concurrency(int requests);

        /** How many requests all nodes together make in a time, at most. Default: no limit. */
        Builder rateLimit(RateLimit limit);

        /** Leaves out what overrides the client's settings: retry policy, statuses, timeout, concurrency, and rate limit. */
        Builder withoutOverrides();

        /** The webhook. Checks nothing: see {@link WebhookClient#check}. */
        Webhook build();
    }
}
