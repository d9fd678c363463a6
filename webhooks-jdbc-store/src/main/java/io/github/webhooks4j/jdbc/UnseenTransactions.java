package io.github.webhooks4j.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that Spring has bound to a thread, which a store without a {@link ConnectionSource} takes no part in. What it wrote
 * there would stay after their rollback, and nobody would notice. Spring is looked for by name, once: the store does not depend on
 * it. Where there is no Spring, there is nothing to look at.
 */
final class UnseenTransactions {
    private static final String MANAGER = "org.springframework.transaction.support.TransactionSynchronizationManager";
    private static final String PROXY = "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy";

    private static final String OURS =
            "this thread is in a Spring transaction of the store's data source, and the store cannot see it: what is published or"
                    + " changed here would stay even if the transaction is rolled back. Give"
                    + " JdbcDeliveryStore.builder(dataSource) a connectionSource for the transaction manager, such as"
                    + " SpringConnectionSource in the examples of webhooks4j; or connectionSource(ConnectionSource.independent())"
                    + " to commit on its own, whatever becomes of the transaction";

    private static final String ANOTHERS =
            "this thread is in a Spring transaction, and the store cannot see it: what is published or changed here would stay"
                    + " even if the transaction is rolled back. If it is a transaction of something else, such as JMS or another"
                    + " database, give JdbcDeliveryStore.builder(dataSource) connectionSource(ConnectionSource.independent()),"
                    + " and the store commits on its own. If it is one of the store's database, give it a connectionSource for"
                    + " the transaction manager, such as SpringConnectionSource in the examples of webhooks4j";

    private final DataSource dataSource;
    private final List<Spring> springs;
    private final boolean lendsTheirs;

    private UnseenTransactions(DataSource dataSource, List<Spring> springs, boolean lendsTheirs) {
        this.dataSource = dataSource;
        this.springs = springs;
        this.lendsTheirs = lendsTheirs;
    }

    /** Those of the Springs that the class loaders of the data source, of this thread and of the library know. */
    static UnseenTransactions of(DataSource dataSource) {
        List<ClassLoader> loaders = Arrays.asList( // any of them may be null
                dataSource.getClass().getClassLoader(),
                Thread.currentThread().getContextClassLoader(),
                UnseenTransactions.class.getClassLoader());
        List<Spring> springs = classes(MANAGER, loaders).stream()
                .flatMap(type -> Spring.of(type).stream())
                .toList();
        boolean lendsTheirs = classes(PROXY, loaders).stream().anyMatch(proxy -> isOrWraps(dataSource, proxy));
        return new UnseenTransactions(dataSource, springs, lendsTheirs);
    }

    private static Collection<Class<?>> classes(String name, List<ClassLoader> loaders) {
        Set<Class<?>> found = new LinkedHashSet<>();
        for (ClassLoader loader : loaders) {
            try {
                found.add(Class.forName(name, false, loader));
            } catch (ClassNotFoundException | LinkageError e) {
                StoreLog.LOG.trace("{} is not there", name, e);
            }
        }
        return found;
    }

    private static boolean isOrWraps(DataSource dataSource, Class<?> type) {
        try {
            return type.isInstance(dataSource) || dataSource.isWrapperFor(type);
        } catch (SQLException | RuntimeException | LinkageError e) {
            StoreLog.LOG.debug("the data source does not tell what it wraps", e);
            return false;
        }
    }

    /** Refuses to go on if this thread is in such a transaction. */
    void refuse() {
        for (Spring spring : springs) {
            if (spring.isInTransaction()) {
                throw new IllegalStateException(spring.hasBound(dataSource) ? OURS : ANOTHERS);
            }
        }
    }

    /** Whether this thread is in such a transaction, and the data source hands out the connection of it. */
    boolean mayLendTheirs() {
        return lendsTheirs && springs.stream().anyMatch(Spring::isInTransaction);
    }

    /** The class of Spring's that knows what is bound to a thread. */
    private record Spring(MethodHandle isActive, MethodHandle isSynchronized, MethodHandle getResource) {
        static List<Spring> of(Class<?> manager) {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            List<Spring> found = new ArrayList<>();
            try {
                MethodType asks = MethodType.methodType(boolean.class);
                found.add(new Spring(
                        lookup.findStatic(manager, "isActualTransactionActive", asks),
                        lookup.findStatic(manager, "isSynchronizationActive", asks),
                        lookup.findStatic(manager, "getResource", MethodType.methodType(Object.class, Object.class))));
            } catch (NoSuchMethodException | IllegalAccessException | LinkageError e) {
                StoreLog.LOG.debug("this Spring does not tell what transaction a thread is in", e);
            }
            return found;
        }

        /** Not once it has ended: after the commit or the rollback its synchronizations are gone, and what is told then is told. */
        boolean isInTransaction() {
            try {
                return (boolean) isActive.invokeExact() && (boolean) isSynchronized.invokeExact();
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        boolean hasBound(DataSource dataSource) {
            try {
                return (@Nullable Object) getResource.invokeExact((Object) dataSource) != null;
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        private static IllegalStateException unexpected(Throwable e) {
            return new IllegalStateException("Spring does not tell what transaction this thread is in", e);
        }
    }
}
