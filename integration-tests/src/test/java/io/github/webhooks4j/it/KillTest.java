package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The sending process is killed with SIGKILL in the middle of 5,000 deliveries, and another one finishes: nothing is lost,
 * and nothing is sent twice but what was in flight, which is to say sent and not yet durably recorded.
 */
class KillTest {
    private static final int PAIRS = KillChild.WEBHOOKS * KillChild.EVENTS;
    private static final int SIGKILLED = 128 + 9;
    /** Open requests, and the outcomes that may wait to be recorded before nothing new is started. */
    private static final int MAX_IN_FLIGHT = KillChild.WEBHOOKS * KillChild.CONCURRENCY + 512;

    private static final Duration LEASE = KillChild.REQUEST_TIMEOUT.multipliedBy(4);
    private static final Duration RESUMED_WITHIN = LEASE.plusSeconds(5);
    /** To start a JVM and to send what is left, on a machine that has other things to do. */
    private static final Duration WORK = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    /** How often each pair arrived, by event id, space, webhook id. */
    private final Map<String, Integer> arrived = new ConcurrentHashMap<>();

    private final AtomicInteger requests = new AtomicInteger();
    private volatile IntConsumer onRequest = count -> {};

    private int answer(Receiver.Request request) {
        arrived.merge(request.header("webhook-id") + " " + request.path().substring(1), 1, Integer::sum);
        onRequest.accept(requests.incrementAndGet());
        return 200;
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "after"})
    void killedSenderLosesNothing(String started) throws Exception {
        long seed = Long.getLong("webhooks4j.seed", System.nanoTime());
        int killAt = 100 + new Random(seed).nextInt(PAIRS - 500);
        System.out.println("started " + started + " publishing, killed at request " + killAt + " of " + PAIRS
                + " (-Dwebhooks4j.seed=" + seed + ")");
        try (Receiver receiver = Receiver.start(this::answer)) {
            killOneAt(killAt, receiver, started);
            assertThat(arrived.values()).as("sent once before the kill").containsOnly(1);
            Set<String> inFlight = inFlight();
            System.out.println(inFlight.size() + " in flight at the kill");
            assertThat(inFlight).hasSizeLessThanOrEqualTo(MAX_IN_FLIGHT);

            letAnotherFinish(receiver, started);
            assertThat(arrived).as("lost").hasSize(PAIRS);
            Set<String> twice = new HashSet<>(arrived.keySet());
            twice.removeIf(pair -> arrived.get(pair) == 1);
            assertThat(inFlight).as("in flight, of which these were sent again").containsAll(twice);
            assertThat(requests.get()).isEqualTo(PAIRS + twice.size());
            System.out.println(twice.size() + " sent twice");
        }
        try (Database database = Database.inFolder(folder)) {
            assertThat(database.pending()).isZero();
            assertThat(database.delivered()).isEqualTo(PAIRS);
        }
    }

    private void killOneAt(int killAt, Receiver receiver, String started) throws Exception {
        Process child = child(receiver, started);
        try {
            onRequest = count -> {
                if (count >= killAt) {
                    child.destroyForcibly();
                }
            };
            assertThat(child.waitFor(WORK.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).isEqualTo(SIGKILLED);
        } finally {
            child.destroyForcibly();
            onRequest = count -> {};
        }
        // What the dead process had sent in full may still be read from its sockets.
        await().atMost(WORK).until(() -> receiver.openConnections() == 0);
    }

    /** The deliveries that the receiver knows of and the database does not know to be finished. */
    private Set<String> inFlight() throws Exception {
        try (Database database = Database.inFolder(folder)) {
            Set<String> inFlight = new HashSet<>(database.unfinished());
            inFlight.retainAll(arrived.keySet());
            return inFlight;
        }
    }

    private void letAnotherFinish(Receiver receiver, String started) throws Exception {
        Process child = child(receiver, started);
        try {
            await().atMost(RESUMED_WITHIN.plus(WORK)).until(() -> arrived.size() == PAIRS || !child.isAlive());
            assertThat(child.waitFor(WORK.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).isZero();
        } finally {
            child.destroyForcibly();
        }
    }

    private Process child(Receiver receiver, String started) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillChild.class.getName(),
                        Database.fileUrl(folder),
                        receiver.url("/w"),
                        started))
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), "child.log"))
                .start();
    }
}
