package io.github.webhooks4j;

import io.github.webhooks4j.engine.Engine;
import io.github.webhooks4j.engine.GroupCommit;
import io.github.webhooks4j.engine.LeaseTerms;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Backoff;
import io.github.webhooks4j.machine.Relay;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.machine.WorkerThreads;
import io.github.webhooks4j.signing.AccessTokens;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one {@link WebhookClient}: puts the parts together, starts them and ends them in order. */
final class RealWebhookClient implements WebhookClient {
    private static final Logger log = LoggerFactory.getLogger(RealWebhookClient.class);
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);
    private static final Duration CUT_OFF_GRACE = Duration.ofSeconds(1);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    /** How many transactions at a time store events that cannot share one; each takes a connection. */
    private static final int COMMITS_ALONE = 8;

    private static final int STATUS_WRITERS = 2;
    /** How many stages that depend on {@code publishAsync} may block at a time before others wait. */
    private static final int MAX_STAGES = 1_000;

    private final DeliveryStore store;
    private final Transport transport;
    private final Duration requestTimeout;
    private final Announcer announcer;
    private final Lanes lanes;
    private final StatusChanges statuses;
    private final Engine engine;
    private final Publisher publisher;
    private final WebhookAdministration webhooks;
    private final Function<Optional<String>, Signers> signers;
    private final SecretRotation rotation;
    private final Previewer previewer;
    private final ExecutorService background = WorkerThreads.asNeeded("publish");
    private final ExecutorService alone = WorkerThreads.atMost(COMMITS_ALONE, "publish-alone");
    private final Relay stages = new Relay(WorkerThreads.asNeeded("async"), MAX_STAGES);
    private final ExecutorService writers = WorkerThreads.atMost(STATUS_WRITERS, "status");
    private final ExecutorService requests = WorkerThreads.forRequests();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch delivering = new CountDownLatch(1);
    private final Map<String, Thread> loops = new HashMap<>(); // guarded by this
    private final Publishing underWay = new Publishing();
    private volatile boolean closed;

    RealWebhookClient(ClientSettings settings, DeliveryStore store, Transport transport) {
        this.store = store;
        this.transport = transport;
        requestTimeout = settings.requestTimeout;
        announcer = new Announcer(settings.listeners);
        LeaseTerms terms = settings.terms != null ? settings.terms : LeaseTerms.of(requestTimeout);
        Ticker ticker = settings.ticker;
        StoreClock clock = new StoreClock(ticker);
        AccessTokens tokens = new AccessTokens(new TokenRequests(transport, settings.egress, requestTimeout));
        Extensions extensions =
                new Extensions(settings.signers, settings.formats, settings.retryPolicies, tokens::bind);
        SharedSigners shared = new SharedSigners();
        Registry registry =
                new Registry(store, shared, clock, ticker, extensions, settings.egress, this::giveUp, this::opened);
        lanes = new Lanes(settings.limits(terms), registry::terms);
        statuses = new StatusChanges(
                store, registry, clock, announcer, settings.workers != null ? Runnable::run : writers);
        Sender sender = new Sender(transport, clock, ticker, requestTimeout, settings.egress, tokens);
        Executor workers = settings.workers != null ? settings.workers : requests;
        engine = new Engine(
                new Engine.Parts(
                        store,
                        registry,
                        lanes,
                        sender,
                        extensions.retryPolicy(settings.retryPolicy),
                        announcer,
                        statuses,
                        clock,
                        ticker,
                        terms),
                workers,
                closing);
        publisher = new Publisher(
                store,
                registry,
                lanes,
                engine,
                clock,
                ticker,
                terms,
                settings.maxEventBytes,
                background,
                alone,
                stages);
        WebhookRules rules = new WebhookRules(settings.egress, extensions, requestTimeout);
        webhooks = new WebhookAdministration(store, registry, rules, announcer, statuses, clock, background);
        signers = tenant -> new SignerAdministration(tenant, store, shared, rules, background);
        rotation = new SecretRotation(store, webhooks);
        previewer = new Previewer(webhooks, extensions, settings.egress, clock, settings.maxEventBytes);
        // Not on this thread, which may be in a transaction of the application's.
        GroupCommit.await(CompletableFuture.runAsync(registry::refresh, background));
        if (settings.workers == null) {
            WorkerThreads.loop("registry", () -> keepFresh(registry));
        }
    }

    /** Until it is started, when the engine does it: keeps the view of the webhooks young enough to publish by. */
    private void keepFresh(Registry registry) {
        Backoff backoff = new Backoff("reading the webhooks", closing);
        try {
            while (!delivering.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    registry.refresh();
                    backoff.succeeded();
                } catch (RuntimeException | Error e) {
                    backoff.failed(e);
                    backoff.pause();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A removed webhook: what waits for it is neither sent nor given back; the store has canceled it. */
    private void giveUp(String webhookId) {
        lanes.drain(webhookId);
        statuses.forget(webhookId);
        engine.forget(webhookId);
    }

    /** A webhook that was resumed, or whose breaker is closed again: whichever node did it, each begins with one request at a time. */
    private void opened(String webhookId) {
        statuses.forget(webhookId);
        lanes.rampUp(webhookId);
        engine.resumed(webhookId);
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
        return open(previewer)
                .preview(
                        (WebhookSettings) Objects.requireNonNull(webhook, "webhook"),
                        Objects.requireNonNull(event, "event"));
    }

    @Override
    public Signers signers() {
        return open(signers).apply(Optional.empty());
    }

    @Override
    public Signers signers(String tenant) {
        return open(signers).apply(Optional.of(tenant));
    }

    private <T> T open(T part) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        return part;
    }

    @Override
    public synchronized WebhookClient start() {
        open(engine);
        if (loops.isEmpty()) {
            lanes.open();
            delivering.countDown();
            startLoop("engine", engine::run);
            startLoop("record", engine.recorder()::run);
            startLoop("announce", announcer::run);
        }
        return this;
    }

    private void startLoop(String name, Runnable loop) {
        loops.put(name, WorkerThreads.loop(name, loop));
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        awaitPublishers();
        // Bounded anyway; and an interrupt would end the record of what was sent.
        boolean interrupted = Thread.interrupted();
        delivering.countDown();
        background.shutdown();
        alone.shutdown();
        engine.stop();
        try {
            end();
        } catch (InterruptedException e) {
            interrupted = true;
            log.warn("interrupted while closing; what was under way is attempted again when its lease has passed");
            requests.shutdownNow();
            closing.countDown();
            engine.recorder().close();
            stages.shutdown();
            writers.shutdown();
            announcer.close();
        }
        try (store;
                transport) {
            log.debug("closed");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitPublishers() {
        boolean interrupted = Thread.interrupted();
        try {
            if (!underWay.awaitOthers(CLOSE_GRACE.toNanos()) || underWay.isOwn()) {
                log.warn("closed while events were being published; they are sent when their lease has passed");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void end() throws InterruptedException {
        long grace = System.nanoTime() + CLOSE_GRACE.toNanos();
        if (!background.awaitTermination(CLOSE_GRACE.toNanos(), TimeUnit.NANOSECONDS)
                || !alone.awaitTermination(grace - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            log.warn("closed before every publishAsync was stored; their futures may never complete");
        }
        if (!stages.awaitBegun(grace - System.nanoTime())) {
            log.warn("closed while too many stages that depend on publishAsync block; some futures may never complete");
        }
        stages.shutdown();
        if (!lanes.awaitIdle(requestTimeout)) {
            log.warn("requests were still under way at the end of their time-out and were cut off");
            requests.shutdownNow();
            lanes.awaitIdle(CUT_OFF_GRACE);
        }
        requests.shutdownNow();
        closing.countDown();
        // Each hands over to the next: claims to the recorder, records to the states, and both to the announcer.
        Ending ending = new Ending(System.nanoTime() + CLOSE_GRACE.toNanos());
        ending.await("engine", loops);
        engine.recorder().close();
        ending.await("record", loops);
        writers.shutdown();
        if (!writers.awaitTermination(ending.nanos() - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            log.warn("closed before every state of a webhook was written");
        }
        announcer.close();
        ending.await("announce", loops);
    }

    private record Ending(long nanos) {
        void await(String name, Map<String, Thread> loops) throws InterruptedException {
            Thread loop = loops.get(name);
            if (loop == null || loop == Thread.currentThread()) {
                return;
            }
            loop.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime())));
            if (loop.isAlive()) {
                // Not interrupted: that would close a database file, or a connection, under a commit.
                log.warn("{} did not end in time and is left behind", loop.getName());
            }
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
}
