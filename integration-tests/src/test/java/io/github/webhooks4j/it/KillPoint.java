package io.github.webhooks4j.it;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import io.github.webhooks4j.store.Want;
import io.github.webhooks4j.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** A place in the way of an event, at which a process may kill itself with SIGKILL. */
enum KillPoint {
    /** Nowhere: somebody else does it, or nobody. */
    NONE,
    /** The event is inserted and not yet committed. */
    INSERTED,
    /** The event is committed, and the process does not know. */
    COMMITTED,
    /** The claim is committed, and the process does not know. */
    CLAIMED,
    /** The request is made and answered. */
    ANSWERED,
    /** The outcomes are about to be recorded. */
    RECORDING,
    /** The outcomes are recorded, and the process does not know. */
    RECORDED,
    /** Some deliveries that nobody is to send any more are ended, and the process does not know. */
    SWEPT;

    /** What makes a process kill itself when it gets to a point for the n-th time. */
    static final class Trap {
        private final KillPoint point;
        private final int times;
        private final AtomicInteger passed = new AtomicInteger();

        Trap(KillPoint point, int times) {
            this.point = point;
            this.times = times;
        }

        private void at(KillPoint here) {
            if (point == here && passed.incrementAndGet() == times) {
                Signal.KILL.send(List.of(ProcessHandle.current().pid()));
                while (true) {
                    LockSupport.park(this); // the signal needs a moment
                }
            }
        }

        DeliveryStore in(DeliveryStore store) {
            return ForwardingStore.withQueue(store, queue -> new ForwardingQueue(queue) {
                @Override
                public ClaimBatch claim(List<Want> wants, Duration lease) {
                    ClaimBatch batch = super.claim(wants, lease);
                    if (!batch.claimed().isEmpty()) {
                        at(CLAIMED);
                    }
                    return batch;
                }

                @Override
                public Set<Claim> record(List<Outcome> outcomes) {
                    at(RECORDING);
                    Set<Claim> recorded = super.record(outcomes);
                    at(RECORDED);
                    return recorded;
                }

                @Override
                public Swept sweep(Sweep sweep, int budget) {
                    Swept swept = super.sweep(sweep, budget);
                    at(SWEPT);
                    return swept;
                }
            });
        }

        Transport in(Transport transport) {
            return around(Transport.class, transport, (call, method, argument) -> {
                Object result = call.make();
                if (method.equals("send")) {
                    at(ANSWERED);
                }
                return result;
            });
        }

        DataSource in(DataSource dataSource) {
            return around(DataSource.class, dataSource, (call, method, argument) -> {
                Object result = call.make();
                return result instanceof Connection connection ? in(connection) : result;
            });
        }

        /** A connection that is lent for one transaction. */
        private Connection in(Connection connection) {
            boolean[] inserts = {false};
            return around(Connection.class, connection, (call, method, argument) -> {
                inserts[0] |= String.valueOf(argument).matches("(?s).*INSERT INTO \\S*webhooks_events.*");
                boolean commits = inserts[0] && method.equals("commit");
                if (commits) {
                    at(INSERTED);
                }
                Object result = call.make();
                if (commits) {
                    at(COMMITTED);
                }
                return result;
            });
        }
    }

    private interface Call {
        Object make() throws Throwable;
    }

    private interface Around {
        Object call(Call call, String method, Object firstArgument) throws Throwable;
    }

    private static <T> T around(Class<T> type, T target, Around around) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Call call = () -> {
                try {
                    return method.invoke(target, args);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            };
            return around.call(call, method.getName(), args == null ? "" : args[0]);
        }));
    }
}
