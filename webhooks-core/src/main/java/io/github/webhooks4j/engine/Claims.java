package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims what is due and has room: without a limit, within a rate limit, or, where the breaker is open, one delivery to see whether
 * the receiver is back. For the engine's thread only.
 */
final class Claims {
    private static final Logger log = LoggerFactory.getLogger(Claims.class);
    /** What a rate limit allows is asked for in batches rather than one by one. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(20);
    /** A request that a limit allows may start within so many times of what a claim took lately. */
    private static final int START_FACTOR = 3;

    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    /** After about so many claims, a slow one is forgotten. */
    private static final int FORGETTING = 16;

    private final DeliveryQueue queue;
    private final Targets targets;
    private final Lanes lanes;
    private final Expected expected;
    private final StoreClock clock;
    private final Ticker ticker;
    private final LeaseTerms terms;
    private final Duration lease;
    private final Suspects suspects;
    private final Predicate<String> isGone;
    private final Consumer<Held> release;
    private final Runnable wake;

    /** Webhooks that one delivery is claimed for in this round, though their breaker is open, and until when this node may. */
    private final Map<String, Long> probes = new HashMap<>();

    /** Webhooks whose breaker is open, for which this node has asked for the right to one request, and has no answer yet. */
    private final Set<String> asking = ConcurrentHashMap.newKeySet();
    /** Those for which it has won it, and until when, by {@link Ticker#nanos}. */
    private final Map<String, Long> wonUntil = new ConcurrentHashMap<>();

    /** How long claims within limits took lately. */
    private long slowestNanos;

    /**
     * Claims for one engine.
     *
     * @param suspects which of those that may end this process are sent now
     * @param isGone whether the receiver of a webhook has said that it is gone, though its state does not say so yet
     * @param release gives a delivery back
     * @param wake ends the pause of the engine's thread
     */
    Claims(
            Engine.Parts parts,
            Expected expected,
            Suspects suspects,
            Predicate<String> isGone,
            Consumer<Held> release,
            Runnable wake) {
        queue = parts.queue();
        targets = parts.targets();
        lanes = parts.lanes();
        clock = parts.clock();
        ticker = parts.ticker();
        terms = parts.terms();
        lease = terms.lease();
        this.expected = expected;
        this.suspects = suspects;
        this.isGone = isGone;
        this.release = release;
        this.wake = wake;
    }

    /** Claims for some of the webhooks for which something is due; tells whether there were any. */
    boolean round() {
        probes.clear();
        Map<String, Integer> room = lanes.claimable(ticker.nanos());
        boolean offered = !room.isEmpty();
        room.entrySet().removeIf(this::mayNotBeClaimed); // others may stand behind those
        claim(room);
        return offered;
    }

    /** Paused, broken and unknown webhooks are not claimed for; of one that may be back, one delivery. */
    private boolean mayNotBeClaimed(Map.Entry<String, Integer> room) {
        String webhookId = room.getKey();
        if (targets.isDiscarding(webhookId)) {
            lanes.isNotDue(webhookId); // it is due again when what was held is gone
            return true;
        }
        Optional<Instant> brokenUntil = targets.brokenUntil(webhookId);
        if (brokenUntil.isPresent()) {
            return mayNotBeProbed(room, brokenUntil.get());
        }
        wonUntil.remove(webhookId);
        if (targets.active(webhookId) == null || isGone.test(webhookId)) {
            lanes.drain(webhookId).forEach(release);
            return true;
        }
        return false;
    }

    private boolean mayNotBeProbed(Map.Entry<String, Integer> room, Instant brokenUntil) {
        String webhookId = room.getKey();
        lanes.isNotDue(webhookId); // what waits is given back when its turn comes, but for a probe
        Long until = wonUntil.remove(webhookId);
        if (until != null && ticker.nanos() - until < 0) {
            probes.put(webhookId, until);
            room.setValue(1);
            return false;
        }
        if (clock.now().isBefore(brokenUntil)) {
            expected.at(webhookId, brokenUntil);
        } else if (asking.add(webhookId)) {
            long asked = ticker.nanos();
            targets.probe(webhookId, lease, won -> answered(webhookId, won, asked + lease.toNanos()));
        }
        return true;
    }

    /** This node has, or has not, won the right to one request to a webhook whose breaker is open. */
    private void answered(String webhookId, boolean won, long until) {
        asking.remove(webhookId);
        if (won) {
            wonUntil.put(webhookId, until);
            lanes.isDue(webhookId);
            wake.run();
        } else {
            targets.brokenUntil(webhookId).ifPresent(broken -> expected.at(webhookId, broken));
        }
    }

    /** The webhook was removed. */
    void forget(String webhookId) {
        asking.remove(webhookId);
        wonUntil.remove(webhookId);
    }

    private void claim(Map<String, Integer> room) {
        if (room.isEmpty()) {
            return;
        }
        Map<String, Want> wants = new LinkedHashMap<>();
        room.forEach((webhookId, count) -> wants.put(webhookId, want(webhookId, count)));
        long began = ticker.nanos();
        ClaimBatch batch = queue.claim(List.copyOf(wants.values()), lease);
        if (wants.values().stream().anyMatch(want -> want.allowance().isPresent())) {
            slowestNanos = Math.max(ticker.nanos() - began, slowestNanos - slowestNanos / FORGETTING);
        }
        List<Held> claimed = batch.claimed().stream()
                .filter(each -> !targets.isDiscarding(each.claim().webhookId())) // since just now: it is canceled
                .map(each -> held(each, wants.get(each.claim().webhookId()), began))
                .toList();
        lanes.claimed(room, admitted(claimed)).forEach(release);
        batch.waits().forEach((webhookId, wait) -> {
            Duration atLeast = wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
            lanes.waitUntil(webhookId, ticker.nanos() + atLeast.toNanos());
        });
    }

    /** Those that may be sent now. The others are given back before any of these starts. */
    private List<Held> admitted(List<Held> claimed) {
        List<Held> admitted = new ArrayList<>();
        List<Held> others = new ArrayList<>();
        claimed.forEach(each -> (suspects.admits(each.claimed()) ? admitted : others).add(each));
        if (others.isEmpty()) {
            return admitted; // nearly always
        }
        Map<Claim, Duration> delays = new HashMap<>();
        others.forEach(each -> delays.put(each.claimed().claim(), suspects.untilTurn(each.claimed())));
        try {
            queue.defer(delays);
        } catch (StoreException e) {
            log.debug("suspects are given back later", e);
            others.forEach(release);
        }
        Instant now = clock.now();
        delays.forEach((claim, delay) -> {
            lanes.isDue(claim.webhookId()); // others may be due behind it
            expected.at(claim.webhookId(), now.plus(delay));
        });
        return admitted;
    }

    private Want want(String webhookId, int deliveries) {
        return targets.rateLimit(webhookId)
                .map(limit -> Want.within(limit, startWithin(limit), webhookId, deliveries))
                .orElseGet(() -> Want.of(webhookId, deliveries));
    }

    /** Reckoned from before the claim: a store that is slow takes a part of it, and must leave some. */
    private Duration startWithin(RateLimit limit) {
        Duration needed = Duration.ofNanos(Math.min(START_FACTOR * slowestNanos, LONGEST_START.toNanos()));
        return needed.compareTo(limit.startWithin()) > 0 ? needed : limit.startWithin();
    }

    private Held held(Claimed claimed, @Nullable Want want, long began) {
        Optional<Want.Allowance> allowance = want == null ? Optional.empty() : want.allowance();
        long leaseEnd = began + lease.toNanos();
        long startBy =
                allowance.map(each -> began + each.startWithin().toNanos()).orElse(leaseEnd);
        Long probeUntil = probes.get(claimed.claim().webhookId());
        if (probeUntil == null) {
            return new Held(claimed, leaseEnd, startBy, allowance.isPresent(), false);
        }
        long lastStart = terms.lastStart(probeUntil); // another node may have the right after that
        return new Held(claimed, leaseEnd, lastStart - startBy < 0 ? lastStart : startBy, allowance.isPresent(), true);
    }
}
