package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.engine.Captures;
import io.github.webhooks4j.engine.Engine;
import io.github.webhooks4j.engine.GroupCommit;
import io.github.webhooks4j.engine.LeaseTerms;
import io.github.webhooks4j.engine.Sender;
import io.github.webhooks4j.engine.TokenRequests;
import io.github.webhooks4j.engine.Undelivered;
import io.github.webhooks4j.history.Deliveries;
import io.github.webhooks4j.history.Events;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.history.Statistics;
import io.github.webhooks4j.housekeeping.Housekeeping;
import io.github.webhooks4j.housekeeping.Retention;
import io.github.webhooks4j.housekeeping.Sweeper;
import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Machine;
import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.machine.Relay;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.UnderWay;
import io.github.webhooks4j.machine.Writers;
import io.github.webhooks4j.matching.TypePattern;
import io.github.webhooks4j.operations.DeliveryOperations;
import io.github.webhooks4j.operations.EventOperations;
import io.github.webhooks4j.operations.KnownWebhooks;
import io.github.webhooks4j.operations.NodeStatistics;
import io.github.webhooks4j.operations.TestCalls;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.settings.Quoted;
import io.github.webhooks4j.signing.AccessTokens;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.telemetry.Counts;
import io.github.webhooks4j.telemetry.RollupWriter;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one {@link WebhookClient}: puts the parts together, starts them and ends them in order. */
final class RealWebhookClient implements WebhookClient {
    private static final Logger log = LoggerFactory.getLogger(RealWebhookClient.class);
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);
    private static final Duration CUT_OFF_GRACE = Duration.ofSeconds(1);
    /** How long {@link #close} goes on with first attempts of what this client published. */
    private static final Duration LAST_STARTS = Duration.ofSeconds(2);

    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration FORGET = Duration.ofHours(1);
    /** Says that there is more, where nothing needs to be known of where. */
    private static final UUID ANY = new UUID(0, 0);

    /** How many transactions at a time store events that cannot share one; each takes a connection. */
    private static final int COMMITS_ALONE = 8;

    private static final int STATUS_WRITERS = 2;
    /** How many test calls at a time are written into the history; each takes a connection. */
    private static final int TEST_WRITERS = 2;
    /** How many stages that depend on {@code publishAsync} may block at a time before others wait. */
    private static final int MAX_STAGES = 1_000;

    private final DeliveryStore store;
    private final Transport transport;
    private final Machine machine;
    private final Duration requestTimeout;
    private final KnownDocuments documents;
    private final Announcer announcer;
    private final Lanes lanes;
    private final StatusChanges statuses;
    private final Engine engine;
    private final Housekeeping housekeeping;
    private final Sweeper sweeper;
    private final Housekeeping.Chore sweeping;
    private final List<Housekeeping.Chore> retention;
    private final Publisher publisher;
    private final WebhookAdministration webhooks;
    private final Function<Optional<String>, Signers> signers;
    private final SecretRotation rotation;
    private final Trials trials;
    private final TestCalls tests;
    private final Function<TenantScope, Deliveries> deliveries;
    private final Function<TenantScope, Events> events;
    private final Function<TenantScope, Statistics> statistics;
    private final Statistics ofAll;
    private final RollupWriter rollups;
    private final ExecutorService background;
    private final ExecutorService alone;
    private final ExecutorService writers;
    private final ExecutorService requests;
    private final ExecutorService testWriters;
    private final Relay stages;
    private final UnderWay underWay = new UnderWay();
    private final Undelivered undelivered;
    private final Loop alive;
    private final boolean keepAlive;
    private volatile boolean delivering;
    private volatile boolean closed;

    RealWebhookClient(ClientSettings settings, DeliveryStore store, Transport transport) {
        this.store = store;
        this.transport = transport;
        machine = settings.machine;
        requestTimeout = settings.requestTimeout;
        background = machine.asNeeded("publish");
        alone = machine.atMost(COMMITS_ALONE, "publish-alone");
        stages = new Relay(machine.asNeeded("async"), MAX_STAGES);
        writers = machine.atMost(STATUS_WRITERS, "status");
        requests = machine.forRequests();
        testWriters = machine.atMost(TEST_WRITERS, "test");
        LeaseTerms terms = settings.terms != null ? settings.terms : LeaseTerms.of(requestTimeout);
        StoreClock clock = new StoreClock(machine);
        Counts counts = new Counts(machine);
        AccessTokens tokens = new AccessTokens(new TokenRequests(transport, settings.egress, requestTimeout));
        Extensions extensions = new Extensions(
                settings.signers, settings.formats, settings.retryPolicies, tokens::bind, tokens::refused);

        Housekeeping.Chore[] rereading = new Housekeeping.Chore[1];
        documents = new KnownDocuments(store, clock, machine, () -> rereading[0].wake());
        Outage outage = new Outage(machine, RealWebhookClient::isOutage, documents::age);
        housekeeping = new Housekeeping(machine, outage);
        Registry registry = new Registry(
                documents, new SharedSigners(documents), extensions, settings.egress, new WatchedWebhooks());
        announcer = new Announcer(settings.listeners);
        lanes = new Lanes(settings.limits(terms), registry::terms);
        statuses =
                new StatusChanges(store, documents, registry, clock, announcer, new Writers(writers, machine), outage);
        Endings endings = new Endings(store, registry, statuses, machine);
        Consumer<Delivery> ended = delivery -> {
            counts.ended(delivery, clock.now());
            announcer.ended(delivery);
        };
        sweeper = new Sweeper(store.queue(), endings, ended, machine);
        Sender sender =
                new Sender(transport, clock, machine, requestTimeout, new Captures(settings.capture), settings.node());
        engine = new Engine(
                new Engine.Parts(
                        store.queue(),
                        new EngineTargets(documents, registry, statuses, id -> {
                            if (endings.isDue(id)) {
                                sweep(id);
                            }
                        }),
                        statuses,
                        counts,
                        lanes,
                        sender,
                        extensions.retryPolicy(settings.retryPolicy),
                        clock,
                        machine,
                        terms,
                        outage),
                requests);
        undelivered = new Undelivered(store.queue(), machine);
        keepAlive = settings.keepAlive;
        alive = Loop.keepingAlive("alive", () -> closed ? Loop.OVER : Loop.UNTIL_WOKEN);
        Housekeeping.Chore noticing = housekeeping.add(
                "looking whether somebody delivers", () -> delivering ? Loop.UNTIL_WOKEN : undelivered.step());
        publisher = new Publisher(
                store,
                documents,
                registry,
                lanes,
                counts,
                engine,
                clock,
                machine,
                terms,
                settings.maxEventBytes,
                background,
                alone,
                stages,
                (event, webhookId) -> {
                    if (!delivering && undelivered.published(event, webhookId)) {
                        noticing.wake();
                    }
                });
        WebhookRules rules = new WebhookRules(settings.egress, extensions, requestTimeout);
        webhooks = new WebhookAdministration(store, documents, rules, statuses);
        signers = tenant -> new SignerAdministration(tenant, store, documents, rules);
        rotation = new SecretRotation(store, webhooks);
        tests = new TestCalls(store::history, requests, testWriters, machine, requestTimeout);
        trials = new Trials(store, webhooks, extensions, settings.egress, clock, settings.maxEventBytes, sender, tests);
        KnownWebhooks operated = new OperatedWebhooks(registry, clock);
        deliveries = scope -> new DeliveryOperations(store, operated, ended, scope);
        events = scope -> new EventOperations(store, ended, scope);
        NodeStatistics.Node node = new ThisNode(registry);
        statistics = scope -> new NodeStatistics(counts, node, store.rollups(), scope);
        ofAll = statistics.apply(TenantScope.ALL);
        rollups = new RollupWriter(counts, store.rollups(), FrozenEvent.newKey(machine.now()), machine);

        // Not on this thread, which may be in a transaction of the application's.
        GroupCommit.await(CompletableFuture.runAsync(documents::refresh, background));
        rereading[0] = housekeeping.add("reading what was changed in a transaction", this::rereadTouched);
        housekeeping.add("reading what has changed", this::refreshUntilStarted);
        housekeeping.add("reading all webhooks", documents::reload);
        housekeeping.add("reading again what cannot be read", documents::rereadUnreadable);
        housekeeping.add("forgetting what was removed", this::forgetRemoved);
        rollups.wakeBy(housekeeping.add("adding up what was counted", rollups)::wake);
        sweeping = housekeeping.add("ending deliveries", () -> delivering ? sweeper.step() : Loop.UNTIL_WOKEN);
        retention = List.of(
                retention("forgetting old events", store.history()::forgetEvents, settings.eventRetention, clock),
                retention(
                        "forgetting old deliveries",
                        store.history()::forgetDeliveries,
                        settings.historyRetention,
                        clock),
                retention("forgetting old counts", this::forgetCounts, settings.historyRetention, clock));
        machine.start(housekeeping.loop());
    }

    private Housekeeping.Chore retention(
            String name, Retention.Forgetting forgetting, Duration kept, StoreClock clock) {
        Retention chore = new Retention(forgetting, kept, clock::now, machine);
        return housekeeping.add(name, () -> delivering ? chore.step() : Loop.UNTIL_WOKEN);
    }

    private BulkStep<UUID> forgetCounts(Instant before, Optional<UUID> after, int budget) {
        int forgotten = store.rollups().forget(before, budget);
        return new BulkStep<>(forgotten, forgotten == budget ? Optional.of(ANY) : Optional.empty());
    }

    private static boolean isOutage(Throwable e) {
        return e instanceof StoreException store && store.isUnavailable();
    }

    private Duration rereadTouched() {
        return documents.rereadTouched() ? Duration.ZERO : Loop.UNTIL_WOKEN;
    }

    /** Until it is started, when the engine does it: keeps the view of the webhooks young enough to publish by. */
    private Duration refreshUntilStarted() {
        if (delivering) {
            return Loop.UNTIL_WOKEN;
        }
        documents.refreshIfOlderThan(REFRESH);
        return REFRESH;
    }

    private Duration forgetRemoved() {
        store.documents().forgetRemoved();
        return FORGET;
    }

    private void sweep(String webhookId) {
        sweeper.look(webhookId);
        sweeping.wake();
    }

    /** What happens to webhooks, whichever node did it. */
    private final class WatchedWebhooks implements Registry.Watching {
        @Override
        public void seen(WebhookSettings webhook, long statusVersion) {
            statuses.seen(webhook, statusVersion);
        }

        /** What waits for it is neither sent nor given back: it will be canceled. */
        @Override
        public void removed(String webhookId) {
            lanes.drain(webhookId);
            statuses.removed(webhookId);
            engine.forget(webhookId);
        }

        /** Each node begins with one request at a time. */
        @Override
        public void opened(String webhookId) {
            statuses.forget(webhookId);
            lanes.rampUp(webhookId);
            engine.resumed(webhookId);
        }

        /** Given back only if the sweep is over: what it is to find must not come to stand where it has been. */
        @Override
        public void cutOff(String webhookId, boolean isSwept) {
            List<Held> waiting = lanes.drain(webhookId);
            if (!isSwept) {
                waiting.forEach(engine.recorder()::release);
            }
        }

        @Override
        public void sweepable(String webhookId) {
            if (delivering) {
                sweep(webhookId);
            }
        }
    }

    /** What this node is doing at the moment. */
    private final class ThisNode implements NodeStatistics.Node {
        private final Registry registry;

        ThisNode(Registry registry) {
            this.registry = registry;
        }

        @Override
        public int inFlight() {
            return lanes.load().inFlight();
        }

        @Override
        public int queued() {
            return lanes.load().queued();
        }

        @Override
        public int buffered() {
            return engine.recorder().waiting();
        }

        @Override
        public int lanesDue() {
            return lanes.load().due();
        }

        @Override
        public Optional<Instant> oldestDue() {
            return engine.discovery().oldestDue();
        }

        @Override
        public int breakersOpen() {
            return registry.breakersOpen();
        }
    }

    /** The webhooks, for what people do with deliveries. */
    private final class OperatedWebhooks implements KnownWebhooks {
        private final Registry registry;
        private final StoreClock clock;

        OperatedWebhooks(Registry registry, StoreClock clock) {
            this.registry = registry;
            this.clock = clock;
        }

        @Override
        public Optional<Known> find(String webhookId) {
            return registry.webhook(webhookId)
                    .map(webhook -> new Known(
                            webhook.tenant(),
                            webhook.version(),
                            webhook.url(),
                            webhook.status().isKept(),
                            registry.active(webhookId) == null,
                            type -> webhook.events().stream().anyMatch(pattern -> TypePattern.matches(pattern, type))));
        }

        @Override
        public void due(String webhookId) {
            engine.expected().at(webhookId, clock.now());
            engine.wake();
        }
    }

    @Override
    public Publication publish(Event event) {
        Objects.requireNonNull(event, "event");
        return publishing(() -> publisher.publish(event));
    }

    @Override
    public List<Publication> publishAll(Collection<Event> events) {
        List<Event> copy = List.copyOf(Objects.requireNonNull(events, "events"));
        return publishing(() -> publisher.publishAll(copy));
    }

    @Override
    public CompletableFuture<Publication> publishAsync(Event event) {
        Objects.requireNonNull(event, "event");
        return publishing(() -> publisher.publishAsync(event));
    }

    /** Lets {@link #close} wait for what is being published. */
    private <T> T publishing(Supplier<T> publish) {
        underWay.begin();
        try {
            open(publisher);
            return publish.get();
        } finally {
            underWay.end();
        }
    }

    @Override
    public Webhook register(Webhook webhook) {
        return open(webhooks).register((WebhookSettings) Objects.requireNonNull(webhook, "webhook"));
    }

    @Override
    public Webhook update(Webhook webhook) {
        return open(webhooks).update((WebhookSettings) Objects.requireNonNull(webhook, "webhook"));
    }

    @Override
    public List<Problem> check(Webhook webhook) {
        return open(webhooks).check((WebhookSettings) Objects.requireNonNull(webhook, "webhook"));
    }

    @Override
    public Optional<Webhook> find(String id) {
        return open(webhooks).find(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Page<Webhook> list(WebhookQuery query) {
        return open(webhooks).list(Objects.requireNonNull(query, "query"));
    }

    @Override
    public boolean remove(String id) {
        return open(webhooks).remove(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Webhook pause(String id) {
        return open(webhooks).pause(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Webhook resume(String id, Backlog backlog) {
        return open(webhooks).resume(Objects.requireNonNull(id, "id"), Objects.requireNonNull(backlog, "backlog"));
    }

    @Override
    public Webhook disable(String id) {
        return open(webhooks).disable(Objects.requireNonNull(id, "id"));
    }

    @Override
    public Secret rotateSecret(String id, Duration grace) {
        return open(rotation).rotate(Objects.requireNonNull(id, "id"), Objects.requireNonNull(grace, "grace"));
    }

    @Override
    public RequestPreview preview(Webhook webhook, Event event) {
        return open(trials)
                .preview(
                        (WebhookSettings) Objects.requireNonNull(webhook, "webhook"),
                        Objects.requireNonNull(event, "event"));
    }

    @Override
    public Attempt test(Webhook webhook, Event event) {
        return open(trials)
                .test(
                        (WebhookSettings) Objects.requireNonNull(webhook, "webhook"),
                        Objects.requireNonNull(event, "event"));
    }

    @Override
    public Map<String, Attempt> test(Collection<String> ids, Event event) {
        List<String> copy = List.copyOf(Objects.requireNonNull(ids, "ids"));
        return open(trials).test(copy, Objects.requireNonNull(event, "event"));
    }

    @Override
    public Deliveries deliveries() {
        return open(deliveries).apply(TenantScope.ALL);
    }

    @Override
    public Events events() {
        return open(events).apply(TenantScope.ALL);
    }

    @Override
    public WebhookClient tenant(String tenant) {
        if (!FrozenEvent.TENANT
                .matcher(Objects.requireNonNull(tenant, "tenant"))
                .matches()) {
            throw new IllegalArgumentException(
                    "tenant is " + Quoted.of(tenant) + "; it must be 1 to 64 letters, digits, _ or -");
        }
        TenantScope scope = TenantScope.of(Optional.of(tenant));
        WebhookAdministration own = open(webhooks).within(scope);
        return new TenantClient(
                this,
                tenant,
                new TenantClient.Parts(
                        own,
                        new SecretRotation(store, own),
                        trials.over(own),
                        signers(tenant),
                        deliveries.apply(scope),
                        events.apply(scope),
                        statistics.apply(scope)));
    }

    @Override
    public Statistics statistics() {
        return open(ofAll);
    }

    @Override
    public Signers signers() {
        return open(signers).apply(Optional.empty());
    }

    @Override
    public Signers signers(String tenant) {
        return open(signers).apply(Optional.of(tenant));
    }

    /** The part, unless the client is closed. */
    <T> T open(T part) {
        if (closed) {
            throw new IllegalStateException("the client is closed; close it only when the application ends");
        }
        return part;
    }

    @Override
    public synchronized WebhookClient start() {
        open(engine);
        if (!delivering) {
            delivering = true;
            lanes.open();
            machine.start(engine.loop());
            machine.start(engine.recorder().loop());
            machine.start(announcer.loop());
            if (keepAlive) {
                machine.start(alive);
            }
            sweeping.wake();
            retention.forEach(Housekeeping.Chore::wake);
        }
        return this;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        tests.close();
        awaitPublishers();
        // Bounded anyway; and an interrupt would end the record of what was sent.
        boolean interrupted = Thread.interrupted();
        housekeeping.close();
        background.shutdown();
        alone.shutdown();
        if (!delivering && undelivered.isOpen()) {
            log.info(
                    "closed a client that published and was never started; what it published waits in the store until a"
                            + " client that is started delivers it");
        }
        try {
            finish();
            end();
        } catch (InterruptedException e) {
            interrupted = true;
            log.warn("close() was interrupted; requests under way are made again when their lease has passed");
            engine.stop();
            requests.shutdownNow();
            engine.recorder().close(machine.nanos());
            stages.shutdown();
            writers.shutdown();
            announcer.close();
        }
        try (store;
                transport) {
            log.debug("closed");
        } finally {
            testWriters.shutdown();
            alive.wake();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitPublishers() {
        boolean interrupted = Thread.interrupted();
        try {
            if (!underWay.awaitOthers(CLOSE_GRACE.toNanos()) || underWay.isOwn()) {
                log.warn(
                        "close() was called while events were being published; they are sent when their lease has passed");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets what this client published have its first attempt, if there is time. */
    private void finish() throws InterruptedException {
        lanes.finish().forEach(engine.recorder()::release);
        long grace = machine.nanos() + CLOSE_GRACE.toNanos();
        if (!background.awaitTermination(CLOSE_GRACE.toNanos(), TimeUnit.NANOSECONDS)
                || !alone.awaitTermination(grace - machine.nanos(), TimeUnit.NANOSECONDS)) {
            log.warn("close() did not wait for every publishAsync; some futures may never complete");
        }
        if (!stages.awaitBegun(grace - machine.nanos())) {
            log.warn("close() did not wait for every stage that depends on publishAsync: too many of them block");
        }
        stages.shutdown();
        if (engine.loop().isRunning()) {
            engine.wake();
            lanes.awaitFinished(LAST_STARTS);
        }
    }

    private void end() throws InterruptedException {
        engine.stop();
        if (!awaitRequests(requestTimeout)) {
            log.warn("close() cut off requests that were still under way after the request time-out");
            requests.shutdownNow();
            awaitRequests(CUT_OFF_GRACE);
        }
        requests.shutdownNow();
        // Each hands over to the next: claims to the recorder, records to the states, and both to the announcer.
        long deadline = machine.nanos() + CLOSE_GRACE.toNanos();
        awaitEnd(engine.loop(), deadline);
        engine.recorder().close(deadline);
        awaitEnd(engine.recorder().loop(), deadline);
        writers.execute(
                () -> rollups.close(deadline)); // not on this thread, whose interrupt would close the database file
        writers.shutdown();
        if (!writers.awaitTermination(deadline - machine.nanos(), TimeUnit.NANOSECONDS)) {
            log.warn("close() did not wait until the state of every webhook, and what was counted, was written");
        }
        announcer.close();
        awaitEnd(announcer.loop(), deadline);
        awaitEnd(housekeeping.loop(), deadline);
    }

    /** Those of deliveries and those of test calls. */
    private boolean awaitRequests(Duration atMost) throws InterruptedException {
        long deadline = machine.nanos() + atMost.toNanos();
        boolean idle = lanes.awaitIdle(atMost);
        return tests.awaitEnd(deadline - machine.nanos()) && idle;
    }

    private void awaitEnd(Loop loop, long deadline) throws InterruptedException {
        if (!loop.awaitEnd(deadline - machine.nanos())) {
            // Not interrupted: that would close a database file, or a connection, under a commit.
            log.warn("{} did not end in time and is left behind", loop);
        }
    }

    // ---- for tests that step by hand

    Engine engine() {
        return engine;
    }

    Lanes lanes() {
        return lanes;
    }

    Announcer announcer() {
        return announcer;
    }

    Housekeeping housekeeping() {
        return housekeeping;
    }
}
