package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls listeners on a thread of their own. One that throws or hangs holds up nothing but later calls. */
public final class Announcer {
    private static final Logger log = LoggerFactory.getLogger(Announcer.class);
    private static final int MAX_WAITING = 10_000;

    private final List<DeliveryListener> listeners;
    private final BlockingQueue<Consumer<DeliveryListener>> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong missed = new AtomicLong();
    private volatile boolean closing;

    Announcer(List<DeliveryListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    public void attempted(Delivery delivery, Attempt attempt) {
        offer(listener -> listener.attempted(delivery, attempt));
    }

    public void ended(Delivery delivery) {
        offer(listener -> listener.ended(delivery));
    }

    void changed(Webhook webhook) {
        offer(listener -> listener.webhookChanged(webhook));
    }

    private void offer(Consumer<DeliveryListener> call) {
        if (!listeners.isEmpty() && !waiting.offer(call) && missed.getAndIncrement() == 0) {
            log.warn("listeners are too slow: {} calls wait, further ones are dropped", MAX_WAITING);
        }
    }

    /** Calls until it is closed and nothing is left, or the thread is interrupted. */
    public void run() {
        try {
            while (!closing || !waiting.isEmpty()) {
                Consumer<DeliveryListener> call = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (call != null) {
                    call(call);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A listener may have left its interrupt flag behind; that is no reason to end. */
    private void clearInterrupt() {
        if (Thread.interrupted()) {
            log.debug("a listener left its thread interrupted");
        }
    }

    /** Makes every call that waits, on this thread. */
    void step() {
        List<Consumer<DeliveryListener>> calls = new ArrayList<>();
        waiting.drainTo(calls);
        calls.forEach(this::call);
    }

    private void call(Consumer<DeliveryListener> call) {
        for (DeliveryListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException | Error e) {
                log.error("a listener threw", e);
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
    }
}
