package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.store.Want;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log tells of a store that is out of reach: one line when it begins and one when it ends, whatever fails by it. */
class OutageLogTest {
    private final StoreException away = new StoreException(
            "could not get a connection from the data source",
            true,
            new IllegalStateException("pool", new ConnectException("Connection refused\nhush")));

    /** What reads and what writes fail with; null for nothing. */
    private RuntimeException reads;

    private RuntimeException writes;

    private final SteppedClient node = new SteppedClient(settings -> settings.store(ForwardingStore.withDocuments(
            ForwardingStore.withQueue(settings.store(), queue -> new ForwardingQueue(queue) {
                @Override
                public ClaimBatch claim(List<Want> wants, Duration lease) {
                    fail(reads);
                    return super.claim(wants, lease);
                }

                @Override
                public Map<String, Instant> due(int limit) {
                    fail(reads);
                    return super.due(limit);
                }

                @Override
                public Set<Claim> record(List<Outcome> outcomes) {
                    fail(writes);
                    return super.record(outcomes);
                }
            }),
            documents -> new ForwardingDocuments(documents) {
                @Override
                public Documents.Changes changedSince(Instant since) {
                    fail(reads);
                    return super.changedSince(since);
                }

                @Override
                public List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit) {
                    fail(reads);
                    return super.list(kind, scope, after, limit);
                }
            })));

    private Logged log;

    private static void fail(RuntimeException failure) {
        if (failure != null) {
            throw failure;
        }
    }

    @BeforeEach
    void begin() {
        node.open();
        node.register("a", "*");
        node.client.publish(Event.of("x", 1));
        node.client.engine().step(); // sent, and not recorded
        log = new Logged();
    }

    @AfterEach
    void end() {
        log.close();
        reads = null;
        writes = null;
        node.close();
    }

    private List<String> traces() {
        return log.lines("\tat ");
    }

    /** For ten minutes, in which everything fails, the reading of all webhooks among it. */
    @Test
    void outageIsTwoLinesForAllThatFail() {
        reads = away;
        writes = away;
        node.elapse(Duration.ofMinutes(5));
        for (int i = 0; i < 60; i++) {
            node.elapse(Duration.ofSeconds(5));
        }

        assertThat(log.lines("WARN"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("trouble with the database, which gave its last good answer 300.0 s ago")
                        .contains(
                                "could not get a connection from the data source; java.net.ConnectException: Connection refused.")
                        .contains("nothing that was published is lost"));
        assertThat(traces()).isEmpty();
        assertThat(log.lines("hush")).isEmpty();
        reads = null;
        writes = null;
        node.elapse(Duration.ofSeconds(5));

        assertThat(log.lines("INFO"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsPattern("the trouble with the database is over after 30[1-5]\\.0 s; all goes on"));
        assertThat(log.lines("WARN")).hasSize(1);
        assertThat(node.ended).hasSize(1);
    }

    @Test
    void outageIsOverWhenTheLastOfThoseThatFailGoesOn() {
        reads = away;
        writes = away;
        node.elapse(Duration.ofSeconds(5));
        reads = null;
        node.elapse(Duration.ofSeconds(5));
        assertThat(log.lines("is over")).isEmpty();

        writes = null;
        node.elapse(Duration.ofSeconds(5));

        assertThat(log.lines("is over")).hasSize(1);
        assertThat(log.lines("WARN")).hasSize(1);
    }

    @Test
    void everyOutageIsTold() {
        for (int i = 1; i <= 3; i++) {
            reads = away;
            node.elapse(Duration.ofSeconds(5));
            reads = null;
            node.elapse(Duration.ofSeconds(5));
            assertThat(log.lines("trouble with the database, which")).hasSize(i);
            assertThat(log.lines("is over")).hasSize(i);
        }
    }

    @Test
    void defectIsToldWithItsTraceByEachThatHasOne() {
        writes = new NullPointerException("a defect");
        node.elapse(Duration.ofSeconds(5));

        assertThat(log.lines("recording outcomes failed and is repeated until it succeeds"))
                .hasSize(1);
        assertThat(traces()).isNotEmpty();
        assertThat(log.lines("trouble with the database")).isEmpty();
        writes = null;
        node.elapse(Duration.ofSeconds(5));
        assertThat(log.lines("recording outcomes succeeded again")).hasSize(1);
    }

    @Test
    void defectThatAnOutageTurnsIntoIsToldAndTheOutageIsOver() {
        writes = away;
        node.elapse(Duration.ofSeconds(5));
        writes = new StoreException("table webhooks_attempts is missing");
        node.elapse(Duration.ofSeconds(5));

        assertThat(log.lines("is over")).hasSize(1);
        assertThat(log.lines("recording outcomes failed and is repeated until it succeeds"))
                .hasSize(1);
        assertThat(log.lines("table webhooks_attempts is missing")).isNotEmpty();
    }
}
