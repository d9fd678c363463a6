package io.github.webhooks4j.housekeeping;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends deliveries that nobody is to send any more, a page at a time: of each webhook that needs it a page in turn, so that none
 * waits for the million of another. What is to be ended is asked anew before each page, so that it goes on after a crash, and
 * stops when somebody changes their mind. Several nodes may be at the same webhook: each delivery is ended by one of them.
 */
public final class Sweeper implements Loop.Step {
    /** Says what is to be swept. */
    public interface Plan {
        /**
         * What of this webhook is to be ended now, as the store has it; empty if nothing is. Called by the sweeping thread.
         */
        Optional<Sweep> sweep(String webhookId);

        /** A sweep came to its end and met nothing to end on its whole way. Called by the sweeping thread. */
        void clean(Sweep sweep);
    }

    private static final int PAGE = 500;
    /** While other nodes end what this one meets, it leaves the webhook to them for a while. */
    private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(5);

    private final DeliveryQueue queue;
    private final Plan plan;
    private final Consumer<Delivery> ended;
    private final Ticker ticker;

    /** Webhooks to look at, in their turn, and not before when, by {@link Ticker#nanos}. Guarded by itself. */
    private final Map<String, Long> waiting = new LinkedHashMap<>();
    /** How far it has come. For the sweeping thread only. */
    private final Map<String, Progress> progress = new HashMap<>();

    /**
     * A sweep that is under way.
     *
     * @param met whether it has met anything to end since it began with the first delivery
     */
    private record Progress(Sweep sweep, boolean met) {}

    /**
     * A sweeper with nothing to do.
     *
     * @param ended told of each delivery that this node has ended
     */
    public Sweeper(DeliveryQueue queue, Plan plan, Consumer<Delivery> ended, Ticker ticker) {
        this.queue = queue;
        this.plan = plan;
        this.ended = ended;
        this.ticker = ticker;
    }

    /** Something of this webhook may have to be ended. Any thread; wake the chore afterwards. */
    public void look(String webhookId) {
        lookAt(webhookId, ticker.nanos());
    }

    private void lookAt(String webhookId, long notBefore) {
        synchronized (waiting) {
            waiting.putIfAbsent(webhookId, notBefore);
        }
    }

    /** Sweeps a page of one webhook. */
    @Override
    public Duration step() {
        long began = ticker.nanos();
        String webhookId = takeNext(began);
        if (webhookId == null) {
            return untilNext(began);
        }
        sweep(webhookId);
        return Duration.ofNanos(ticker.nanos() - began); // so that it takes half of a connection's time at most
    }

    private @Nullable String takeNext(long now) {
        synchronized (waiting) {
            for (Map.Entry<String, Long> each : waiting.entrySet()) {
                if (now - each.getValue() >= 0) {
                    String webhookId = each.getKey();
                    waiting.remove(webhookId); // before it is looked at: it may be asked for again meanwhile
                    return webhookId;
                }
            }
            return null;
        }
    }

    private Duration untilNext(long now) {
        synchronized (waiting) {
            return waiting.values().stream()
                    .map(at -> Duration.ofNanos(Math.max(0, at - now)))
                    .min(Duration::compareTo)
                    .orElse(Loop.UNTIL_WOKEN);
        }
    }

    private void sweep(String webhookId) {
        try {
            plan.sweep(webhookId).ifPresentOrElse(sweep -> sweep(webhookId, sweep), () -> progress.remove(webhookId));
        } catch (RuntimeException | Error e) {
            look(webhookId);
            throw e;
        }
    }

    private void sweep(String webhookId, Sweep wanted) {
        Progress before = progress.get(webhookId);
        Progress now = before != null && isSame(before.sweep, wanted)
                ? new Progress(wanted.from(before.sweep), before.met)
                : new Progress(wanted, false);
        Swept swept = queue.sweep(now.sweep, PAGE);
        swept.ended().forEach(ended);
        boolean met = now.met || swept.matched() > 0;
        if (swept.next().isPresent()) {
            progress.put(webhookId, new Progress(now.sweep.after(swept.next().get()), met));
            again(webhookId, swept);
        } else {
            progress.remove(webhookId);
            if (met) {
                again(webhookId, swept); // from the beginning: others may have given something back behind it
            } else {
                plan.clean(wanted);
            }
        }
    }

    private void again(String webhookId, Swept swept) {
        boolean othersAreAtIt = swept.matched() > 0 && swept.ended().isEmpty();
        lookAt(webhookId, ticker.nanos() + (othersAreAtIt ? LEFT_TO_OTHERS.toNanos() : 0));
    }

    /** Whether both end the same deliveries, but for some that came in between. */
    private static boolean isSame(Sweep one, Sweep other) {
        return one.as() == other.as()
                && one.storedBefore().isPresent() == other.storedBefore().isPresent()
                && one.firstDueBefore().isPresent() == other.firstDueBefore().isPresent();
    }
}
