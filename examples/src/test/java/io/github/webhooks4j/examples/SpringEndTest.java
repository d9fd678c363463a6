package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is published while a Spring transaction ends: before the commit it takes part, afterwards it is refused. */
@ParameterizedClass
@EnumSource(SpringDatabase.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringEndTest {
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
    void publishingBeforeTheCommitTakesPart() throws InterruptedException {
        host.required()
                .executeWithoutResult(status -> synchronize(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        host.place("a");
                    }
                }));

        assertThat(host.requests.next()).isEqualTo("a");
        assertThat(host.calls.confirmed()).containsExactly(1);
    }

    /** It would go into a transaction that nobody commits any more. */
    @Test
    void publishingAfterTheCommitIsRefused() {
        List<Throwable> thrown = new ArrayList<>();
        host.required().executeWithoutResult(status -> {
            synchronize(afterCommit(() -> thrown.add(caught(() -> host.publish("after-commit")))));
            synchronize(afterCompletion(end -> thrown.add(caught(() -> host.publish("after-completion")))));
        });

        assertThat(thrown)
                .hasSize(2)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("the transaction has ended")
                        .hasMessageContaining("PROPAGATION_REQUIRES_NEW"));
        nothingHappened();
    }

    @Test
    void publishingAfterARollbackIsRefused() {
        List<Throwable> thrown = new ArrayList<>();
        host.required().executeWithoutResult(status -> {
            synchronize(afterCompletion(end -> thrown.add(caught(() -> host.publish("a")))));
            status.setRollbackOnly();
        });

        assertThat(thrown)
                .singleElement()
                .satisfies(refusal -> assertThat(refusal).hasMessageContaining("the transaction has ended"));
        nothingHappened();
    }

    @Test
    void publishingAfterTheCommitInANewTransactionIsPossible() throws InterruptedException {
        TransactionTemplate requiresNew = host.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        host.required().executeWithoutResult(status -> {
            synchronize(afterCommit(() -> requiresNew.executeWithoutResult(fresh -> host.place("a"))));
            synchronize(afterCompletion(end -> requiresNew.executeWithoutResult(fresh -> host.place("b"))));
        });

        assertThat(List.of(host.requests.next(), host.requests.next())).containsExactlyInAnyOrder("a", "b");
        assertThat(host.orders()).containsExactly("a", "b");
    }

    private static void synchronize(TransactionSynchronization synchronization) {
        TransactionSynchronizationManager.registerSynchronization(synchronization);
    }

    private static TransactionSynchronization afterCommit(Runnable action) {
        return new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        };
    }

    private static TransactionSynchronization afterCompletion(Consumer<Integer> action) {
        return new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                action.accept(status);
            }
        };
    }

    private static Throwable caught(Runnable action) {
        try {
            action.run();
            return new AssertionError("it was not refused");
        } catch (RuntimeException e) {
            return e;
        }
    }

    private void nothingHappened() {
        assertThat(host.requestsUntilClosed()).isEmpty();
        assertThat(host.events()).isEmpty();
        assertThat(host.orders()).isEmpty();
    }
}
