package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.telemetry.LogContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls listeners on a thread of their own. One that throws or hangs holds up nothing but later calls. */
final class Announcer {
    private static final Logger log = LoggerFactory.getLogger(Announcer.class);
    private static final int MAX_WAITING = 10_000;

    private final List<DeliveryListener> listeners;
    private final BlockingQueue<Call> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong missed = new AtomicLong();
    private final Loop loop = new Loop("announce", this::step);
    private volatile boolean closing;

    Announcer(List<DeliveryListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /**
     * What all listeners are told.
     *
     * @param context begins what the log shows meanwhile
     */
    private record Call(Supplier<LogContext> context, Consumer<DeliveryListener> made) {}

    void attempted(Delivery delivery, Attempt attempt) {
        offer(new Call(() -> LogContext.of(delivery), listener -> listener.attempted(delivery, attempt)));
    }

    void ended(Delivery delivery) {
        offer(new Call(() -> LogContext.of(delivery), listener -> listener.ended(delivery)));
    }

    void changed(Webhook webhook) {
        offer(new Call(
                () -> LogContext.of(webhook.id(), webhook.tenant()), listener -> listener.webhookChanged(webhook)));
    }

    private void offer(Call call) {
        if (listeners.isEmpty()) {
            return;
        }
        if (!waiting.offer(call) && missed.getAndIncrement() == 0) {
            log.warn("listeners are too slow: {} calls wait, further ones are dropped", MAX_WAITING);
        }
        loop.wake();
    }

    /** What calls the listeners, on a thread of its own, until {@link #close} and nothing is left. */
    Loop loop() {
        return loop;
    }

    /** A listener may have left its interrupt flag behind; that is no reason to end. */
    private void clearInterrupt() {
        if (Thread.interrupted()) {
            log.debug("a listener left its thread interrupted");
        }
    }

    /** Makes every call that waits, on this thread. */
    Duration step() {
        boolean closes = closing; // before it looks: what is offered later wakes it
        for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
            call(call);
        }
        return closes ? Loop.OVER : Loop.UNTIL_WOKEN;
    }

    private void call(Call call) {
        for (DeliveryListener listener : listeners) {
            LogContext context = call.context.get();
            try {
                call.made.accept(listener);
            } catch (RuntimeException | Error e) {
                log.error("a listener threw", e);
            } finally {
                context.end();
            }
            clearInterrupt();
        }
        long dropped = waiting.isEmpty() ? missed.getAndSet(0) : 0;
        if (dropped > 0) {
            log.warn("{} calls to listeners were dropped", dropped);
        }
    }

    void close() {
        closing = true;
        loop.wake();
    }
}
