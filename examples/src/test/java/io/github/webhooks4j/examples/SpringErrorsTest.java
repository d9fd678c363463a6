package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.store.StoreException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring transactions in which something goes wrong. */
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpringErrorsTest {
    // ---- PostgreSQL aborts a transaction at the first error; the driver may be set not to tell, not even at the
    // commit

    @Test
    void commitAfterASwallowedErrorReturnsAndIsNotBelieved() throws IOException, SQLException {
        try (SpringHost host = new SpringHost(SpringDatabase.POSTGRESQL.open())) {
            host.required().executeWithoutResult(status -> {
                host.place("a");
                swallowError(host);
            });

            nothingHappened(host);
            assertThat(host.calls.confirmed()).containsExactly(1);
        }
    }

    @Test
    void publishingAfterASwallowedErrorSaysSo() throws IOException, SQLException {
        try (SpringHost host = new SpringHost(SpringDatabase.POSTGRESQL.open())) {
            host.required().executeWithoutResult(status -> {
                swallowError(host);
                assertThatThrownBy(() -> host.publish("a"))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("in the caller's transaction: the transaction had failed before");
            });

            nothingHappened(host);
        }
    }

    @Test
    void swallowedErrorThatAbortsNothingIsNoMatter() throws IOException, SQLException, InterruptedException {
        try (SpringHost host = new SpringHost(SpringDatabase.H2.open())) {
            host.required().executeWithoutResult(status -> {
                host.place("a");
                swallowError(host);
                host.place("b");
            });

            host.requests.next();
            host.requests.next();
            assertThat(host.requestsUntilClosed()).containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void errorWithinANestedOneIsUndoneWithIt() throws IOException, SQLException, InterruptedException {
        try (SpringHost host = new SpringHost(SpringDatabase.POSTGRESQL.open())) {
            TransactionTemplate nested = host.transaction(TransactionDefinition.PROPAGATION_NESTED);
            host.required().executeWithoutResult(status -> {
                host.place("a");
                assertThatThrownBy(() -> nested.executeWithoutResult(inner -> {
                            host.place("b");
                            host.save("b");
                        }))
                        .isInstanceOf(DataAccessException.class);
                host.place("c");
            });

            host.requests.next();
            host.requests.next();
            assertThat(host.requestsUntilClosed()).containsExactlyInAnyOrder("a", "c");
            assertThat(host.events()).containsExactly("a", "c");
        }
    }

    private static void swallowError(SpringHost host) {
        try {
            host.jdbc.update("INSERT INTO orders VALUES (NULL)");
        } catch (DataAccessException e) {
            assertThat(e).hasMessageContaining("INSERT");
        }
    }

    // ---- read-only

    @ParameterizedTest
    @EnumSource(names = "POSTGRESQL.*", mode = EnumSource.Mode.MATCH_ALL)
    void readOnlyTransactionReadsAndRefusesToPublish(SpringDatabase database) throws IOException, SQLException {
        try (SpringHost host = new SpringHost(database.open())) {
            TransactionTemplate readOnly = host.required();
            readOnly.setReadOnly(true);

            readOnly.executeWithoutResult(
                    status -> assertThat(host.webhooks.find("all")).isPresent());
            assertThatThrownBy(() -> readOnly.executeWithoutResult(status -> host.publish("a")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("could not store 1 event(s) in the caller's transaction")
                    .hasMessageContaining("read-only");

            nothingHappened(host);
        }
    }

    // ---- isolation

    @ParameterizedTest
    @ValueSource(ints = {TransactionDefinition.ISOLATION_REPEATABLE_READ, TransactionDefinition.ISOLATION_SERIALIZABLE})
    void takesPartAtEachIsolation(int isolation) throws IOException, SQLException, InterruptedException {
        for (SpringDatabase database : SpringDatabase.values()) {
            try (SpringHost host = new SpringHost(database.open())) {
                TransactionTemplate isolated = host.required();
                isolated.setIsolationLevel(isolation);
                isolated.executeWithoutResult(status -> host.place("a"));

                assertThat(host.requests.next()).isEqualTo("a");
                assertThat(host.calls.claimed()).isZero();
            }
        }
    }

    // ---- a commit of which nobody knows

    @ParameterizedTest
    @EnumSource
    void commitThatFailedAndTookEffectIsDelivered(SpringDatabase database)
            throws IOException, SQLException, InterruptedException {
        HikariDataSource dataSource = database.open();
        try (SpringHost host = new SpringHost(dataSource, new LostAnswers(dataSource))) {
            assertThatThrownBy(() -> host.required().executeWithoutResult(status -> host.place("a")))
                    .isInstanceOf(TransactionSystemException.class);

            assertThat(host.requests.next()).isEqualTo("a");
            assertThat(host.calls.claimed()).isZero();
        }
    }

    /** Commits succeed, and seem to fail. */
    private static final class LostAnswers extends DelegatingDataSource {
        LostAnswers(HikariDataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = obtainTargetDataSource().getConnection();
            return (Connection) Proxy.newProxyInstance(
                    LostAnswers.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                        try {
                            Object result = method.invoke(connection, args);
                            if (method.getName().equals("commit")) {
                                throw new SQLException("the answer was lost", "08006");
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    private static void nothingHappened(SpringHost host) {
        assertThat(host.requestsUntilClosed()).isEmpty();
        assertThat(host.events()).isEmpty();
        assertThat(host.orders()).isEmpty();
    }
}
