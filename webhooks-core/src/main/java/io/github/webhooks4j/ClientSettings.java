package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Capture;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.engine.LeaseTerms;
import io.github.webhooks4j.json.HostJackson;
import io.github.webhooks4j.lanes.CustomerShare;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Machine;
import io.github.webhooks4j.machine.NodeName;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the builder of a client was told; the builder hands itself to the client. */
final class ClientSettings implements WebhookClient.Builder {
    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_CONCURRENCY = 64;
    private static final int MAX_IN_FLIGHT = 10_000;
    private static final int MAX_EVENT_BYTES = 16 << 20;
    private static final int HELD_PER_REQUEST = 40;
    /** A customer has at most one in so many of the requests of this client. */
    private static final int CUSTOMERS_SHARE = 4;

    private static final Pattern NODE = Pattern.compile("[!-~]{1,64}");
    private static final long MAX_HELD_BYTES = 64 << 20;
    private static final Duration MIN_RETENTION = Duration.ofHours(1);
    private static final Duration MAX_RETENTION = Duration.ofDays(3650);

    private @Nullable DeliveryStore store;
    private @Nullable Transport transport;
    EgressPolicy egress = EgressPolicy.strict();
    RetryPolicy retryPolicy = RetryPolicy.standard();
    Duration requestTimeout = Duration.ofSeconds(15);
    private int concurrencyPerWebhook = MAX_CONCURRENCY;
    private int maxInFlight = 256;
    int maxEventBytes = 256 << 10;
    Duration eventRetention = Duration.ofDays(30);
    Duration historyRetention = Duration.ofDays(90);
    boolean keepAlive = true;
    Capture capture = Capture.FAILURES;
    private @Nullable String node;
    final Map<String, Signer> signers = new LinkedHashMap<>();
    final Map<String, PayloadFormat> formats = new LinkedHashMap<>();
    final Map<String, RetryPolicy> retryPolicies = new LinkedHashMap<>();
    final List<DeliveryListener> listeners = new ArrayList<>();
    Machine machine = Machine.system();

    @Nullable
    LeaseTerms terms;

    @Override
    public ClientSettings store(DeliveryStore store) {
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    @Override
    public ClientSettings transport(Transport transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    @Override
    public ClientSettings egress(EgressPolicy policy) {
        egress = Objects.requireNonNull(policy, "policy");
        return this;
    }

    @Override
    public ClientSettings retryPolicy(RetryPolicy policy) {
        retryPolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    @Override
    public ClientSettings retryPolicy(String name, RetryPolicy policy) {
        retryPolicies.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(policy, "policy"));
        return this;
    }

    @Override
    public ClientSettings requestTimeout(Duration timeout) {
        requestTimeout = Objects.requireNonNull(timeout, "timeout");
        return this;
    }

    @Override
    public ClientSettings concurrencyPerWebhook(int requests) {
        concurrencyPerWebhook = requests;
        return this;
    }

    @Override
    public ClientSettings maxInFlight(int requests) {
        maxInFlight = requests;
        return this;
    }

    @Override
    public ClientSettings maxEventBytes(int bytes) {
        maxEventBytes = bytes;
        return this;
    }

    @Override
    public ClientSettings eventRetention(Duration kept) {
        eventRetention = Objects.requireNonNull(kept, "kept");
        return this;
    }

    @Override
    public ClientSettings historyRetention(Duration kept) {
        historyRetention = Objects.requireNonNull(kept, "kept");
        return this;
    }

    @Override
    public ClientSettings keepAlive(boolean keepAlive) {
        this.keepAlive = keepAlive;
        return this;
    }

    @Override
    public ClientSettings capture(Capture capture) {
        this.capture = Objects.requireNonNull(capture, "capture");
        return this;
    }

    @Override
    public ClientSettings node(String name) {
        node = Objects.requireNonNull(name, "name");
        return this;
    }

    /** Another one for each client, unless it was given. */
    String node() {
        return node != null ? node : NodeName.random(ThreadLocalRandom.current());
    }

    @Override
    public ClientSettings signer(String name, Signer signer) {
        signers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(signer, "signer"));
        return this;
    }

    @Override
    public ClientSettings payloadFormat(String name, PayloadFormat format) {
        formats.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(format, "format"));
        return this;
    }

    @Override
    public ClientSettings listener(DeliveryListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** For tests: the store, to put another in front of it. */
    DeliveryStore store() {
        return Objects.requireNonNull(store, "store");
    }

    /** For tests: a machine whose clocks and threads are stepped by hand. */
    ClientSettings on(Machine machine) {
        this.machine = machine;
        return this;
    }

    /** For tests: a lease of other parts. */
    ClientSettings lease(LeaseTerms terms) {
        this.terms = terms;
        return this;
    }

    Lanes.Limits limits(LeaseTerms terms) {
        return new Lanes.Limits(
                concurrencyPerWebhook,
                maxInFlight,
                new CustomerShare(Math.max(1, maxInFlight / CUSTOMERS_SHARE), maxInFlight),
                Math.max(1_000, HELD_PER_REQUEST * maxInFlight),
                MAX_HELD_BYTES,
                maxEventBytes,
                terms.queueWait());
    }

    @Override
    public RealWebhookClient build() {
        if (store == null) {
            throw new IllegalStateException("store is missing; use DeliveryStore.inMemory() to try the library, or"
                    + " JdbcDeliveryStore.builder(dataSource).secretKeys(SecretKeys.plaintext()).build() to keep events, in"
                    + " production with SecretKeys.of(id, key)");
        }
        if (transport == null) {
            throw new IllegalStateException(
                    "transport is missing; use OkHttpTransport.create(), which is in webhooks-okhttp");
        }
        if (requestTimeout.isNegative() || requestTimeout.isZero() || requestTimeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalStateException(
                    "requestTimeout is " + requestTimeout + "; it must be more than zero and at most 30 s");
        }
        checkRange("concurrencyPerWebhook", concurrencyPerWebhook, MAX_CONCURRENCY);
        checkRange("maxInFlight", maxInFlight, MAX_IN_FLIGHT);
        checkRange("maxEventBytes", maxEventBytes, MAX_EVENT_BYTES);
        checkRetentions();
        if (node != null && !NODE.matcher(node).matches()) {
            throw new IllegalStateException(
                    "node is \"" + node + "\"; it must be 1 to 64 visible ASCII characters, without spaces");
        }
        HostJackson.check();
        store.open(); // what is open already belongs to another client, and is not closed here
        try {
            transport.open(egress);
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
        try {
            return new RealWebhookClient(this, store, transport);
        } catch (RuntimeException | Error e) {
            transport.close();
            store.close();
            throw e;
        }
    }

    private void checkRetentions() {
        checkRetention("eventRetention", eventRetention);
        checkRetention("historyRetention", historyRetention);
        if (historyRetention.compareTo(eventRetention) < 0) {
            throw new IllegalStateException("historyRetention is " + text(historyRetention) + " and eventRetention "
                    + text(eventRetention) + "; set historyRetention to " + text(eventRetention)
                    + " or more, or a replay would send again what was delivered");
        }
    }

    private static void checkRetention(String name, Duration kept) {
        if (kept.compareTo(MIN_RETENTION) < 0 || kept.compareTo(MAX_RETENTION) > 0) {
            throw new IllegalStateException(name + " is " + text(kept) + "; it must be 1 hour to 3650 days");
        }
    }

    /** In days, if it is whole days. */
    private static String text(Duration duration) {
        return duration.equals(Duration.ofDays(duration.toDays())) ? duration.toDays() + " days" : duration.toString();
    }

    private static void checkRange(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalStateException(name + " is " + value + "; it must be 1 to " + max);
        }
    }
}
