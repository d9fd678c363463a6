package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.SteppedMachine;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A client on a manual clock whose every step is made by the test's own thread. */
final class SteppedClient implements DeliveryListener, AutoCloseable {
    static final Secret SECRET = Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    final ManualClock clock;
    final DeliveryStore store;
    final FakeTransport transport = new FakeTransport();
    final List<Delivery> attempted = new ArrayList<>();
    final List<Attempt> attempts = new ArrayList<>();
    final List<Delivery> ended = new ArrayList<>();
    final List<Webhook> changed = new ArrayList<>();
    final RealWebhookClient client;

    SteppedClient() {
        this(settings -> {});
    }

    SteppedClient(Consumer<ClientSettings> more) {
        this(new ManualClock(), null, more);
    }

    /** Another node, on the store and the clock of this one. */
    SteppedClient(SteppedClient other) {
        this(other, settings -> {});
    }

    SteppedClient(SteppedClient other, Consumer<ClientSettings> more) {
        this(other.clock, other.store, more);
    }

    private SteppedClient(ManualClock clock, DeliveryStore store, Consumer<ClientSettings> more) {
        this.clock = clock;
        this.store = store == null ? ManualStore.on(clock) : store;
        ClientSettings settings = new ClientSettings()
                .store(this.store)
                .transport(transport)
                .retryPolicy(RetryPolicy.schedule(Duration.ofSeconds(5), Duration.ofMinutes(5)))
                .listener(this)
                .on(new SteppedMachine(clock));
        more.accept(settings);
        client = settings.build();
    }

    /** Lets deliveries be born leased and requests start, without any thread. */
    SteppedClient open() {
        client.start();
        return this;
    }

    Webhook register(String id, String... events) {
        return client.register(webhook(id, events).build());
    }

    static Webhook.Builder webhook(String id, String... events) {
        return Webhook.builder(url(id)).id(id).events(events).signer(Signer.standardWebhooks(SECRET));
    }

    static String url(String id) {
        return "https://" + id + ".example.com/hook";
    }

    /** Looks, claims, sends, records and announces what there is at this moment. */
    void step() {
        client.engine().step();
        record();
        client.engine().step();
        record();
    }

    void record() {
        client.engine().recorder().write();
        keepHouse();
        client.announcer().step();
    }

    /** Does all chores, until none has anything to do at this moment. */
    void keepHouse() {
        while (client.housekeeping().step().isZero()) {
            // there is more
        }
    }

    /** Lets time pass in small steps, as a running engine would see it. */
    void elapse(Duration duration) {
        Duration left = duration;
        Duration tick = Duration.ofSeconds(1);
        while (left.compareTo(tick) > 0 && duration.compareTo(Duration.ofMinutes(1)) <= 0) {
            clock.advance(tick);
            left = left.minus(tick);
            step();
        }
        clock.advance(left);
        step();
    }

    List<Transport.Request> requestsTo(String webhookId) {
        return transport.requestsTo(url(webhookId));
    }

    @Override
    public void attempted(Delivery delivery, Attempt attempt) {
        attempted.add(delivery);
        attempts.add(attempt);
    }

    @Override
    public void ended(Delivery delivery) {
        ended.add(delivery);
    }

    @Override
    public void webhookChanged(Webhook webhook) {
        changed.add(webhook);
    }

    @Override
    public void close() {
        client.close();
    }
}
