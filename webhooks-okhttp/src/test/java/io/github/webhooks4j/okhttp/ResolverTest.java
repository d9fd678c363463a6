package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A resolver that answers late, never, or nothing. */
class ResolverTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";
    /** Enough for lookups that succeed, and for threads that start, on a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** Of the time of a call, which ends nothing here. */
    private static final Duration AMPLE = Duration.ofSeconds(40);

    private static final int PATIENCE_SECONDS = 20;
    /** So many that an answer comes before its lookup has put itself away, now and then. */
    private static final int ROUNDS = 2_000;

    private static final int MOST_THREADS = 64;

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger hanging = new AtomicInteger();
    private final AtomicInteger mostHanging = new AtomicInteger();
    private final Semaphore hung = new Semaphore(0);

    /** The first use takes long. */
    @BeforeAll
    static void loadPublicSuffixes() {
        SiteSlots.site("example.com");
    }

    @AfterEach
    void release() {
        released.countDown();
    }

    /** Hangs for names that say so, as the C library does: no interrupt ends it. */
    private List<InetAddress> lookup(String host) {
        if (host.startsWith("hang")) {
            mostHanging.accumulateAndGet(hanging.incrementAndGet(), Math::max);
            hung.release();
            boolean interrupted = false;
            while (released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            hanging.decrementAndGet();
        }
        return List.of(InetAddress.getLoopbackAddress());
    }

    /** So many lookups hang now. */
    private void awaitHanging(int lookups) throws InterruptedException {
        assertThat(hung.tryAcquire(lookups, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private static OkHttpTransport resolving(Dns resolver) {
        return resolving(resolver, LIMIT);
    }

    private static OkHttpTransport resolving(Dns resolver, Duration limit) {
        OkHttpTransport transport = ((TransportSettings)
                        OkHttpTransport.builder().resolveTimeout(limit))
                .resolver(resolver)
                .build();
        transport.open(EgressPolicy.development());
        return transport;
    }

    private static Answer send(OkHttpTransport transport, String host, int port) {
        return transport.send(Requests.post("http://" + host + ":" + port + "/", AMPLE));
    }

    @Test
    void siteThatHangsEndsItsOwnCallsInTimeAndHoldsUpNoOther() throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = resolving(this::lookup)) {
            List<Future<Duration>> ends = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String host = "hang" + i + ".evil-" + i % 4 + ".co.uk";
                ends.add(callers.submit(() -> {
                    long start = System.nanoTime();
                    assertThat(send(transport, host, server.port()).failure()).hasValue(Failure.DNS);
                    return Duration.ofNanos(System.nanoTime() - start);
                }));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(send(transport, "fine" + i + ".customer.co.uk", server.port())
                                .status())
                        .hasValue(200);
            }
            for (Future<Duration> each : ends) {
                assertThat(each.get()).isLessThan(AMPLE.dividedBy(2));
            }
            awaitHanging(16);
            assertThat(mostHanging).as("four of each site").hasValue(16);
            assertThat(dnsThreads()).isLessThanOrEqualTo(MOST_THREADS);
        } finally {
            released.countDown();
            callers.shutdownNow();
        }
    }

    private static long dnsThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("webhooks-dns-"))
                .count();
    }

    @Test
    void siteIsLookedUpAgainOnceItsLookupsHaveEnded() throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = resolving(this::lookup)) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String host = "hang" + i + ".customer.com";
                answers.add(callers.submit(() -> send(transport, host, server.port())));
            }
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().failure()).hasValue(Failure.DNS);
            }
            awaitHanging(4);
            assertThat(hanging).hasValue(4);
            released.countDown();

            assertThat(send(transport, "hang9.customer.com", server.port()).status())
                    .hasValue(200);
        } finally {
            released.countDown();
            callers.shutdownNow();
        }
    }

    @Test
    void nameIsLookedUpOnceAtATime() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger lookups = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService callers = Executors.newCachedThreadPool();
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = resolving(
                        host -> {
                            most.accumulateAndGet(lookups.incrementAndGet(), Math::max);
                            begun.countDown();
                            await(go);
                            lookups.decrementAndGet();
                            return List.of(InetAddress.getLoopbackAddress());
                        },
                        Duration.ofSeconds(30))) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(callers.submit(() -> send(transport, "hooks.customer.example", server.port())));
            }
            assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            go.countDown();
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).hasValue(200);
            }
            assertThat(most).hasValue(1);
        } finally {
            callers.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever waits for an answer may go on before the lookup has put itself away. */
    @Test
    void answerIsNotUsedForALookupThatComesLater() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Dns counting = host -> {
            asked.incrementAndGet();
            return List.of(InetAddress.getLoopbackAddress());
        };
        try (BoundedDns dns = new BoundedDns(EgressPolicy.development(), counting, AMPLE)) {
            CallLimits.begin(System.nanoTime() + 3 * AMPLE.toNanos(), ReadBudget.ofTheHeap());
            for (int i = 1; i <= ROUNDS; i++) {
                dns.lookup("customer.test");
                assertThat(asked).as("lookups").hasValue(i);
            }
        } finally {
            CallLimits.end();
        }
    }

    /** Each customer's name servers hang for many names at once, while the names of others resolve. */
    @Test
    void customersWithHangingNameServersNeverPauseTheNode() throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = resolving(this::lookup, Duration.ofSeconds(2))) {
            for (int round = 0; round < 3; round++) {
                assertThat(send(transport, "fine" + round + ".healthy.com", server.port())
                                .status())
                        .hasValue(200);
                List<Future<Answer>> answers = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    String host = "hang" + round + "-" + i + ".customer-" + i % 10 + ".com";
                    answers.add(callers.submit(() -> send(transport, host, server.port())));
                }
                for (Future<Answer> answer : answers) {
                    assertThat(answer.get().failure()).hasValue(Failure.DNS);
                }
            }
        } finally {
            released.countDown();
            callers.shutdownNow();
        }
    }

    /** As many names as there are threads, of sites that nobody knows yet. */
    @Test
    void sitesThatAnsweredLatelyHaveThreadsWhateverOthersDo() throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = resolving(this::lookup)) {
            assertThat(send(transport, "fine.customer.example", server.port()).status())
                    .hasValue(200);
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < MOST_THREADS; i++) {
                String host = "hang.evil-" + i + ".com";
                answers.add(callers.submit(() -> send(transport, host, 1024)));
            }
            awaitHanging(48);
            for (int i = 0; i < 20; i++) {
                assertThat(send(transport, "fine" + i + ".customer.example", server.port())
                                .status())
                        .hasValue(200);
            }
            for (Future<Answer> each : answers) {
                assertThat(each.get().failure()).hasValue(Failure.DNS);
            }
            assertThat(mostHanging).hasValue(48);
        } finally {
            released.countDown();
            callers.shutdownNow();
        }
    }

    /** The resolver answers nobody, and those that it works on leave no thread to the others. */
    @Test
    void callsThatFindNoThreadAreOursIfNothingResolves() throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        try (OkHttpTransport transport = resolving(this::lookup, Duration.ofMillis(300))) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < MOST_THREADS; i++) {
                String host = "hang.customer-" + i + ".com";
                answers.add(callers.submit(() -> send(transport, host, 1024)));
            }
            for (Future<Answer> each : answers) {
                each.get();
            }
            assertThat(send(transport, "hang.another.com", 1024).failure()).hasValue(Failure.OURS);
        } finally {
            released.countDown();
            callers.shutdownNow();
        }
    }

    /** More sites than there are threads: nothing resolves, but something did just now. */
    @Test
    void callsThatFindNoThreadAreNotOursRightAfterOthersResolved() throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = resolving(this::lookup)) {
            assertThat(send(transport, "fine.customer.example", server.port()).status())
                    .hasValue(200);
            for (int i = 0; i < MOST_THREADS; i++) {
                assertThat(send(transport, "fine.site-" + i + ".com", server.port())
                                .status())
                        .hasValue(200);
            }
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < MOST_THREADS; i++) {
                String host = "hang.site-" + i + ".com";
                answers.add(callers.submit(() -> send(transport, host, 1024)));
            }
            awaitHanging(MOST_THREADS);
            assertThat(send(transport, "fine2.customer.example", 1024).failure())
                    .hasValue(Failure.DNS);
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().failure()).hasValue(Failure.DNS);
            }
        } finally {
            released.countDown();
            callers.shutdownNow();
        }
    }

    @Test
    void resolverThatAnswersNobodyIsOursButOneSiteIsNot() {
        try (OkHttpTransport transport = resolving(host -> {
            throw new UnknownHostException(host + ": Temporary failure in name resolution");
        })) {
            for (int i = 0; i < 20; i++) {
                assertThat(send(transport, "a" + i + ".customer.com", 1024).failure())
                        .hasValue(Failure.DNS);
            }
            for (int i = 1; i < 4; i++) {
                assertThat(send(transport, "customer-" + i + ".com", 1024).failure())
                        .hasValue(Failure.DNS);
            }
            assertThat(send(transport, "customer-5.com", 1024).failure()).hasValue(Failure.OURS);
        }
    }

    /** Those too that wait for others of their site to be looked up. */
    @Test
    void closeEndsCallsThatWaitForTheResolverAtOnceAsOurs() throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        OkHttpTransport transport = resolving(this::lookup, Duration.ofSeconds(30));
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String host = "hang" + i + ".customer.com";
                answers.add(callers.submit(() -> send(transport, host, 1024)));
            }
            awaitHanging(4);
            long start = System.nanoTime();
            transport.close();

            for (Future<Answer> answer : answers) {
                assertThat(answer.get().failure()).hasValue(Failure.OURS);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        } finally {
            released.countDown();
            callers.shutdownNow();
        }
    }

    /** The JDK keeps a failure for ten seconds, and repeats it with the bare name as its message. */
    @Test
    void resolverThatAnswersNobodyIsOursForNamesThatFailedBeforeToo() {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        try (OkHttpTransport transport = resolving(host -> {
            throw new UnknownHostException(failed.add(host) ? host + ": Temporary failure in name resolution" : host);
        })) {
            for (int i = 0; i < 5; i++) {
                send(transport, "customer-" + i + ".com", 1024);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(send(transport, "customer-" + i + ".com", 1024).failure())
                        .hasValue(Failure.OURS);
            }
        }
    }

    @Test
    void repeatedFailureIsWhatItWasWithinTenSeconds() {
        SilentNames names = new SilentNames(nanos::get);
        UnknownHostException repeated = new UnknownHostException("a.com");
        UnknownHostException silence = new UnknownHostException("a.com: Temporary failure in name resolution");
        UnknownHostException absence = new UnknownHostException("a.com: Name or service not known");

        assertThat(names.isSilence("a.com", repeated)).isFalse();
        assertThat(names.isSilence("a.com", silence)).isTrue();
        nanos.set(Duration.ofSeconds(10).toNanos());
        assertThat(names.isSilence("a.com", repeated)).isTrue();
        assertThat(names.isSilence("b.com", new UnknownHostException("b.com"))).isFalse();
        nanos.incrementAndGet();
        assertThat(names.isSilence("a.com", repeated)).isFalse();

        assertThat(names.isSilence("a.com", silence)).isTrue();
        assertThat(names.isSilence("a.com", absence)).isFalse();
        assertThat(names.isSilence("a.com", repeated)).isFalse();
        assertThat(names.isSilence("a.com", new UnknownHostException())).isFalse();
    }

    /** Whoever enters a webhook chooses that time. */
    @Test
    void callWhoseOwnTimeEndsBeforeTheResolversBlamesNeitherResolverNorSite() throws Exception {
        Semaphore lookups = new Semaphore(0);
        CountDownLatch go = new CountDownLatch(1);
        try (OkHttpTransport transport = resolving(host -> {
            lookups.release();
            await(go);
            return List.of(InetAddress.getLoopbackAddress());
        })) {
            for (int i = 0; i < 40; i++) {
                String url = "http://hooks" + i / 10 + ".customer-" + i % 10 + ".com:1024/";
                assertThat(transport
                                .send(Requests.post(url, Duration.ofMillis(100)))
                                .failure())
                        .get()
                        .isIn(Failure.DNS, Failure.TIMEOUT);
            }
            assertThat(lookups.tryAcquire(17, PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("none of them is slow")
                    .isTrue();
        } finally {
            go.countDown();
        }
    }

    @Test
    void namesThatDoNotExistAreNeverOurs() {
        try (OkHttpTransport transport = resolving(host -> {
            throw new UnknownHostException(host + ": Name or service not known");
        })) {
            for (int i = 0; i < 20; i++) {
                assertThat(send(transport, "customer-" + i + ".com", 1024).failure())
                        .hasValue(Failure.DNS);
            }
        }
    }

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final AtomicLong nanos = new AtomicLong();
    private final SharedTrouble trouble = new SharedTrouble(nanos::get);

    private boolean fails(int site) {
        return trouble.failed("site-" + site + ".com", nanos.get());
    }

    @Test
    void oneSuccessClearsTheResolver() {
        for (int i = 0; i < 4; i++) {
            assertThat(fails(i)).isFalse();
        }
        trouble.succeeded();
        nanos.set(2 * MINUTE);
        assertThat(fails(5)).isFalse();
    }

    @Test
    void resolverIsNotToBlameWithinAMinuteAfterItAnswered() {
        trouble.succeeded();
        for (int i = 0; i < 9; i++) {
            assertThat(fails(i)).isFalse();
        }
        nanos.set(MINUTE);
        assertThat(fails(10)).isFalse();
        nanos.incrementAndGet();
        assertThat(fails(11)).isTrue();
    }

    @Test
    void lookupThatBeganBeforeAnotherSucceededProvesNothing() {
        long began = nanos.get();
        nanos.incrementAndGet();
        trouble.succeeded();
        nanos.addAndGet(2 * MINUTE);
        for (int i = 0; i < 9; i++) {
            assertThat(trouble.failed("site-" + i + ".com", began)).isFalse();
        }
    }

    @Test
    void resolverIsToBlameForFiveMinutesAtMost() {
        for (int i = 0; i < 4; i++) {
            fails(i);
        }
        assertThat(fails(5)).isTrue();
        nanos.set(5 * MINUTE);
        assertThat(fails(6)).isTrue();
        nanos.incrementAndGet();
        assertThat(fails(7)).isFalse();
    }
}
