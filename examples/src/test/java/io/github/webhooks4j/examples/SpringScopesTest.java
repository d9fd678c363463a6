package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Where there is no transaction to take part in, publish commits by itself; where there is a wrong one, it refuses. */
@ParameterizedClass
@EnumSource(SpringDatabase.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringScopesTest {
    @Parameter
    SpringDatabase database;

    private SpringHost host;
    private HikariDataSource otherDataSource;
    private TransactionTemplate other;

    @BeforeEach
    void open() throws IOException, SQLException {
        host = new SpringHost(database.open());
        otherDataSource = SpringDatabase.H2.open();
        other = new TransactionTemplate(new DataSourceTransactionManager(otherDataSource));
    }

    @AfterEach
    void close() {
        host.close();
        otherDataSource.close();
    }

    // ---- another's transaction

    @Test
    void transactionOfAnotherDataSourceIsRefused() {
        other.executeWithoutResult(status -> {
            refusesAsAnothers(() -> host.publish("a"));
            refusesAsAnothers(() -> host.webhooks.publishAll(List.of(Event.of("a", Map.of()))));
            refusesAsAnothers(() -> host.webhooks.publishAsync(Event.of("a", Map.of())));
            refusesAsAnothers(
                    () -> host.webhooks.register(host.webhook("new", "*").build()));
            refusesAsAnothers(() -> host.webhooks.remove("all"));
        });

        assertThat(host.webhooks.find("new")).isEmpty();
        assertThat(host.webhooks.find("all")).isPresent();
        nothingHappened();
    }

    /** Spring binds such a connection to the thread, as if it were in a transaction. */
    @Test
    void connectionThatWasUsedInAnothersTransactionIsNotTakenForOne() {
        other.executeWithoutResult(status -> {
            host.jdbc.queryForList("SELECT id FROM orders");

            refusesAsAnothers(() -> host.publish("a"));
        });

        nothingHappened();
    }

    @Test
    void anothersTransactionInsideOursIsRefused() throws InterruptedException {
        host.required().executeWithoutResult(outer -> {
            host.place("a");
            other.executeWithoutResult(inner -> refusesAsAnothers(() -> host.publish("b")));
            host.place("c");
        });

        assertThat(List.of(host.requests.next(), host.requests.next())).containsExactlyInAnyOrder("a", "c");
        assertThat(host.events()).containsExactly("a", "c");
        assertThat(host.calls.claimed()).isZero();
    }

    @Test
    void oursInsideAnothersIsJoined() {
        other.executeWithoutResult(outer -> {
            host.required().executeWithoutResult(inner -> host.place("a"));
            host.required().executeWithoutResult(inner -> {
                host.place("b");
                inner.setRollbackOnly();
            });

            assertThat(next()).isEqualTo("a");
            refusesAsAnothers(() -> host.publish("c"));
        });

        assertThat(host.requestsUntilClosed()).containsExactly("a");
        assertThat(host.events()).containsExactly("a");
    }

    @Test
    void ownTransactionInsideAnothersIsPossibleByLeavingIt() throws InterruptedException {
        TransactionTemplate outside = new TransactionTemplate(other.getTransactionManager());
        outside.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
        other.executeWithoutResult(outer -> {
            outside.executeWithoutResult(none -> host.publish("a"));
            outer.setRollbackOnly();
        });

        assertThat(host.requests.next()).isEqualTo("a");
    }

    private static void refusesAsAnothers(ThrowingCallable publish) {
        assertThatThrownBy(publish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another transaction manager")
                .hasMessageContaining("publish in one of the manager of the store's data source");
    }

    // ---- no transaction

    @ParameterizedTest
    @ValueSource(
            ints = {
                TransactionDefinition.PROPAGATION_SUPPORTS,
                TransactionDefinition.PROPAGATION_NOT_SUPPORTED,
                TransactionDefinition.PROPAGATION_NEVER
            })
    void outsideOfATransactionItIsCommittedAtOnce(int propagation) {
        host.transaction(propagation).executeWithoutResult(none -> {
            host.jdbc.queryForList("SELECT id FROM orders"); // binds a connection to the thread, in auto-commit mode
            host.publish("a");

            assertThat(host.events()).containsExactly("a");
            assertThat(next()).isEqualTo("a");
        });

        assertThat(host.calls.confirmed()).isEmpty();
    }

    @Test
    void supportsJoinsWhereThereIsOne() throws InterruptedException {
        host.required().executeWithoutResult(outer -> {
            host.transaction(TransactionDefinition.PROPAGATION_SUPPORTS)
                    .executeWithoutResult(joined -> host.place("a"));
            outer.setRollbackOnly();
        });

        nothingHappened();
    }

    @Test
    void notSupportedCommitsWhatTheSuspendedOneRollsBack() {
        host.required().executeWithoutResult(outer -> {
            host.place("a");
            host.transaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
                    .executeWithoutResult(none -> host.publish("b"));

            assertThat(next()).isEqualTo("b");
            outer.setRollbackOnly();
        });

        assertThat(host.requestsUntilClosed()).containsExactly("b");
        assertThat(host.events()).containsExactly("b");
    }

    @Test
    void asyncIsRefusedWithinATransaction() {
        host.required()
                .executeWithoutResult(status -> assertThatThrownBy(
                                () -> host.webhooks.publishAsync(Event.of("a", Map.of())))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("publishAsync cannot take part"));

        nothingHappened();
    }

    // ---- how a source is made

    @Test
    void clientThatIsMadeWithinATransactionIsNotPartOfIt() throws InterruptedException {
        JdbcDeliveryStore store = JdbcDeliveryStore.builder(host.dataSource)
                .secretKeys(SecretKeys.plaintext())
                .tablePrefix("other_")
                .connectionSource(new SpringConnectionSource(host.manager))
                .build();
        List<WebhookClient> made = new ArrayList<>();
        host.required().executeWithoutResult(status -> {
            host.save("a");
            made.add(WebhookClient.builder()
                    .store(store)
                    .transport(OkHttpTransport.create())
                    .egress(EgressPolicy.development())
                    .build());
            status.setRollbackOnly();
        });

        assertThat(host.orders()).isEmpty();
        try (WebhookClient other = made.get(0).start()) {
            other.register(host.webhook("other", "*").build());
            Publication publication = host.required().execute(status -> other.publish(Event.of("a", Map.of())));
            assertThat(host.requests.next()).isEqualTo(publication.eventId());
        }
    }

    @Test
    void managerThatTellsNothingIsRefused() {
        DataSourceTransactionManager silent = new DataSourceTransactionManager(host.dataSource);
        silent.setTransactionSynchronization(DataSourceTransactionManager.SYNCHRONIZATION_NEVER);

        assertThatThrownBy(() -> new SpringConnectionSource(silent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("set SYNCHRONIZATION_ALWAYS");
    }

    private void nothingHappened() {
        assertThat(host.requestsUntilClosed()).isEmpty();
        assertThat(host.events()).isEmpty();
        assertThat(host.orders()).isEmpty();
    }

    private String next() {
        try {
            return host.requests.next();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
