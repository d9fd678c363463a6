package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What is published in a Spring transaction is sent if it was committed, and only then. */
@ParameterizedClass
@EnumSource(SpringDatabase.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringPublishTest {
    @Parameter
    SpringDatabase database;

    private SpringHost host;

    @BeforeEach
    void open() throws IOException, SQLException {
        host = new SpringHost(database.open());
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void committedIsDeliveredWithoutAClaimAfterOneRead() throws InterruptedException {
        host.required().executeWithoutResult(status -> {
            Publication publication = host.place("a");

            assertThat(publication).isEqualTo(new Publication("a", false, 1));
            assertThat(host.events()).isEmpty();
            assertThat(host.requests.all()).isEmpty();
        });

        assertThat(host.requests.next()).isEqualTo("a");
        assertThat(host.requestsUntilClosed()).containsExactly("a");
        assertThat(host.orders()).containsExactly("a");
        assertThat(host.events()).containsExactly("a");
        assertThat(host.pending()).isEmpty();
        assertThat(host.calls.claimed()).isZero();
        assertThat(host.calls.confirmed()).containsExactly(1);
    }

    @Test
    void publishAllOfATransactionIsConfirmedByOneRead() throws InterruptedException {
        List<Event> events = List.of(Event.of("a", Map.of()), Event.of("b", Map.of()), Event.of("c", Map.of()));

        List<Publication> publications = host.required().execute(status -> host.webhooks.publishAll(events));

        assertThat(List.of(host.requests.next(), host.requests.next(), host.requests.next()))
                .containsExactlyInAnyOrderElementsOf(
                        publications.stream().map(Publication::eventId).toList());
        assertThat(host.requestsUntilClosed()).hasSize(3);
        assertThat(host.calls.claimed()).isZero();
        assertThat(host.calls.confirmed()).containsExactly(3);
    }

    @Test
    void publishesOfOneTransactionNeedAtMostOneReadEach() throws InterruptedException {
        host.required().executeWithoutResult(status -> {
            host.place("a");
            host.place("b");
            host.place("c");
        });

        assertThat(List.of(host.requests.next(), host.requests.next(), host.requests.next()))
                .containsExactlyInAnyOrder("a", "b", "c");
        assertThat(host.requestsUntilClosed()).hasSize(3);
        assertThat(host.calls.claimed()).isZero();
        assertThat(host.calls.confirmed().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(3);
    }

    @Test
    void rolledBackLeavesNothing() throws InterruptedException {
        assertThatThrownBy(() -> host.required().executeWithoutResult(status -> {
                    host.place("thrown");
                    throw new IllegalArgumentException("no");
                }))
                .hasMessage("no");
        host.required().executeWithoutResult(status -> {
            host.place("marked");
            status.setRollbackOnly();
        });

        onlyTheNextIsThere();
    }

    @Test
    void whatFollowsASavepointIsTakenBackAlone() throws InterruptedException {
        host.required().executeWithoutResult(status -> {
            host.place("before");
            Object savepoint = status.createSavepoint();
            host.place("after");
            status.rollbackToSavepoint(savepoint);
            status.releaseSavepoint(savepoint);
        });

        assertThat(host.requests.next()).isEqualTo("before");
        onlyTheNextIsThere("before");
        assertThat(host.calls.claimed()).isZero();
    }

    @Test
    void nestedIsRolledBackInsideACommittedOne() throws InterruptedException {
        host.required().executeWithoutResult(outer -> {
            host.place("outer");
            host.transaction(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(inner -> {
                host.place("inner");
                inner.setRollbackOnly();
            });
        });

        assertThat(host.requests.next()).isEqualTo("outer");
        onlyTheNextIsThere("outer");
    }

    @Test
    void nestedIsRolledBackWithTheOuterOne() throws InterruptedException {
        host.required().executeWithoutResult(outer -> {
            host.place("outer");
            host.transaction(TransactionDefinition.PROPAGATION_NESTED)
                    .executeWithoutResult(inner -> host.place("inner"));
            outer.setRollbackOnly();
        });

        onlyTheNextIsThere();
    }

    @Test
    void nestedIsCommittedWithTheOuterOne() throws InterruptedException {
        host.required()
                .executeWithoutResult(outer -> host.transaction(TransactionDefinition.PROPAGATION_NESTED)
                        .executeWithoutResult(inner -> host.place("inner")));

        assertThat(host.requests.next()).isEqualTo("inner");
        assertThat(host.events()).containsExactly("inner");
    }

    @Test
    void requiresNewIsDeliveredWhateverBecomesOfTheOuterOne() {
        host.required().executeWithoutResult(outer -> {
            host.place("outer");
            host.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                    .executeWithoutResult(inner -> host.place("inner"));

            assertThat(next()).isEqualTo("inner"); // while the outer one is still open
            outer.setRollbackOnly();
        });

        assertThat(host.requestsUntilClosed()).containsExactly("inner");
        assertThat(host.events()).containsExactly("inner");
        assertThat(host.orders()).containsExactly("inner");
        assertThat(host.calls.claimed()).isZero();
    }

    @Test
    void requiresNewIsRolledBackInsideACommittedOne() throws InterruptedException {
        host.required().executeWithoutResult(outer -> {
            host.place("outer");
            host.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW).executeWithoutResult(inner -> {
                host.place("inner");
                inner.setRollbackOnly();
            });
        });

        assertThat(host.requests.next()).isEqualTo("outer");
        onlyTheNextIsThere("outer");
    }

    @Test
    void rollbackAsTextIsBelievedMoreThanTheCommit() throws InterruptedException {
        host.required().executeWithoutResult(status -> {
            host.place("a");
            host.jdbc.execute("ROLLBACK");
        });

        onlyTheNextIsThere();
    }

    @Test
    void aDuplicateLeavesTheTransactionAlive() throws InterruptedException {
        host.required().executeWithoutResult(status -> host.place("a"));
        assertThat(host.requests.next()).isEqualTo("a");

        host.required().executeWithoutResult(status -> {
            assertThat(host.publish("a").duplicate()).isTrue();
            host.place("b");
        });

        assertThat(host.requests.next()).isEqualTo("b");
        assertThat(host.orders()).containsExactly("a", "b");
    }

    /** Of what waits for a commit only so much is held in memory; what was rolled back must not fill it. */
    @Test
    void rolledBackIsNotWaitedFor() throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            host.required().executeWithoutResult(status -> {
                host.webhooks.publish(Event.of("order.placed", Map.of()));
                status.setRollbackOnly();
            });
        }
        host.required().executeWithoutResult(status -> host.place("a"));

        assertThat(host.requests.next()).isEqualTo("a");
        assertThat(host.calls.claimed()).isZero();
    }

    /** Spring stops telling of the commit when one of those that it tells throws. */
    @Test
    void failureOfAnotherSynchronizationDelaysNothing() throws InterruptedException {
        assertThatThrownBy(() -> host.required().executeWithoutResult(status -> {
                    TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            throw new IllegalArgumentException("not mine");
                        }
                    });
                    host.place("a");
                }))
                .hasMessage("not mine");

        assertThat(host.requests.next()).isEqualTo("a");
        assertThat(host.calls.claimed()).isZero();
    }

    @Test
    void theConnectionIsGivenBackToTheTransaction() {
        host.required().executeWithoutResult(status -> {
            host.place("a");
            host.webhooks.find("all");

            ConnectionHolder holder = (ConnectionHolder) TransactionSynchronizationManager.getResource(host.dataSource);
            assertThat(holder.isOpen()).as("somebody still uses it").isFalse();
        });
    }

    /** Publishes once more, and sees that this and the others given are all that is stored and sent. */
    private void onlyTheNextIsThere(String... others) throws InterruptedException {
        host.required().executeWithoutResult(status -> host.place("next"));
        assertThat(host.requests.next()).isEqualTo("next");
        List<String> expected = new ArrayList<>(List.of(others));
        expected.add("next");

        assertThat(host.requestsUntilClosed()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(host.orders()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(host.events()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(host.pending()).isEmpty();
    }

    private String next() {
        try {
            return host.requests.next();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
