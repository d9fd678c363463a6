package io.github.webhooks4j.examples;

import io.github.webhooks4j.jdbc.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * How does publish take part in Spring's transactions? Copy this class: it tells the store of the transactions of one
 * transaction manager. Where another transaction is active, and where one has ended but is still bound to the thread, it
 * refuses: what is published there would not be stored by the transaction it seems to belong to.
 *
 * <p>Make it before the first transaction; it listens to the manager (Spring 6.1 and newer). Give the store the plain data
 * source, never a {@code TransactionAwareDataSourceProxy}. With JPA, give it the {@code JpaTransactionManager} and its data source:
 * with Hibernate, events are then stored by the connection of Hibernate's session.
 */
public final class SpringConnectionSource implements ConnectionSource {
    private final DataSource dataSource;

    /**
     * A source of the transactions of this manager.
     *
     * @param manager of the store's data source, a {@code JdbcTransactionManager} for instance
     */
    public SpringConnectionSource(DataSourceTransactionManager manager) {
        this(manager, Objects.requireNonNull(manager.getDataSource(), "the transaction manager has no data source"));
    }

    /**
     * A source of the transactions of this manager.
     *
     * @param manager whose transactions are seen by plain JDBC, a {@code JpaTransactionManager} for instance
     * @param dataSource of the manager and of the store
     */
    public SpringConnectionSource(AbstractPlatformTransactionManager manager, DataSource dataSource) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        if (manager.getTransactionSynchronization() == AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER) {
            throw new IllegalArgumentException("the transaction manager does not tell of its transactions"
                    + " (SYNCHRONIZATION_NEVER); set SYNCHRONIZATION_ALWAYS, the default");
        }
        manager.addListener(new TransactionExecutionListener() {
            @Override
            public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
                if (failure == null && TransactionSynchronizationManager.isSynchronizationActive()) {
                    TransactionSynchronizationManager.registerSynchronization(new Begun(
                            SpringConnectionSource.this, TransactionSynchronizationManager.hasResource(dataSource)));
                }
            }
        });
    }

    /**
     * A transaction of the manager's. Spring keeps it with the innermost transaction, and suspends and resumes it together
     * with that. That a connection of the data source is bound to the thread would not tell as much: one that was used in
     * another's transaction is bound as well.
     */
    private static final class Begun implements TransactionSynchronization {
        private final SpringConnectionSource source;
        private final boolean isOfTheDataSource;
        private final List<Runnable> hints = new ArrayList<>();
        private boolean ended;

        private Begun(SpringConnectionSource source, boolean isOfTheDataSource) {
            this.source = source;
            this.isOfTheDataSource = isOfTheDataSource;
        }

        /** Told before others, which may publish, take their time, or throw. */
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            ended = true;
            hints.forEach(Runnable::run);
        }

        /** A failed commit may have taken effect; and what was rolled back need not be waited for. */
        @Override
        public void afterCompletion(int status) {
            if (status != STATUS_COMMITTED) {
                hints.forEach(Runnable::run);
            }
        }
    }

    @Override
    public boolean inTransaction() {
        Optional<Begun> ours = begun();
        if (ours.isPresent() && !ours.get().ended) {
            if (ours.get().isOfTheDataSource) {
                return true;
            }
            throw new IllegalStateException(
                    "the transaction manager does not show the connection of its transaction as one of the store's data source;"
                            + " give both the same data source, and a JpaTransactionManager the dialect of its provider"
                            + " (HibernateJpaVendorAdapter)");
        }
        if (ours.isPresent() || hasEnded()) {
            throw new IllegalStateException(
                    "the transaction has ended, though it is still bound to this thread, as in a"
                            + " TransactionalEventListener after the commit; publish before the commit (phase BEFORE_COMMIT), or in"
                            + " a new transaction (PROPAGATION_REQUIRES_NEW)");
        }
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "this thread is in a transaction of another transaction manager, which cannot"
                            + " store what is published; publish in one of the manager of the store's data source, or outside of"
                            + " any (PROPAGATION_NOT_SUPPORTED). If no transaction of the application is one of the store's"
                            + " database, build the store with ConnectionSource.independent()");
        }
        return false;
    }

    private Optional<Begun> begun() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            return Optional.empty();
        }
        return TransactionSynchronizationManager.getSynchronizations().stream()
                .filter(Begun.class::isInstance)
                .map(Begun.class::cast)
                .filter(begun -> begun.source == this)
                .findAny();
    }

    /** Synchronizations are gone then, and the rest is still there. */
    private static boolean hasEnded() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.isSynchronizationActive();
    }

    @Override
    public Connection get() throws SQLException {
        return DataSourceUtils.doGetConnection(dataSource);
    }

    @Override
    public void release(Connection connection) throws SQLException {
        DataSourceUtils.doReleaseConnection(connection, dataSource);
    }

    @Override
    public void afterCommit(Runnable hint) {
        begun().orElseThrow().hints.add(hint);
    }
}
