package io.github.webhooks4j;

import io.github.webhooks4j.Webhook.DisabledReason;
import io.github.webhooks4j.Webhook.State;
import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.machine.Doubling;
import io.github.webhooks4j.store.Document;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened to a webhook, apart from its settings: its state and why, and since when it fails. Each change makes a new one,
 * so that it takes effect by a comparison with what was there before: once in the cluster.
 *
 * @param reason why it is disabled
 * @param resumedAt when it was resumed last; what was held until then is no older than that
 * @param discardBefore what was stored before then is to be canceled: it was held, or left over, when it was resumed. Empty once
 *     nothing of that is left
 * @param failingSince the first failed attempt since the last success
 * @param lastFailureAt about when the last attempt failed: not always written
 * @param failing whether its health is {@link Webhook.Health#FAILING}
 * @param breaker whether requests are held back, since its receiver seems to be down
 */
record WebhookStatus(
        State state,
        Optional<DisabledReason> reason,
        Optional<Instant> resumedAt,
        Optional<Instant> discardBefore,
        Optional<Instant> failingSince,
        Optional<Instant> lastFailureAt,
        boolean failing,
        Breaker breaker) {
    /**
     * A circuit breaker. While it is open nothing is claimed; when its time has come, one node of the cluster wins the right to
     * one request, whose success closes it, and whose failure opens it for longer.
     *
     * @param openUntil empty if it is closed
     * @param trips how often in a row it was opened
     */
    record Breaker(Optional<Instant> openUntil, int trips) {
        static final Breaker CLOSED = new Breaker(Optional.empty(), 0);
        private static final Duration FIRST = Duration.ofSeconds(30);
        private static final Duration LONGEST = Duration.ofMinutes(10);

        boolean isOpen() {
            return openUntil.isPresent();
        }

        private Breaker openedAt(Instant now) {
            return new Breaker(Optional.of(now.plus(new Doubling(FIRST, LONGEST).after(trips))), trips + 1);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(WebhookStatus.class);

    /** How long a webhook may have nothing but failures. */
    static final Duration DISABLED_AFTER = Duration.ofDays(5);
    /** A failure after so long a silence says nothing of the time between. */
    private static final Duration FORGIVEN_AFTER = DISABLED_AFTER.multipliedBy(2);
    /** How exactly the last failure is known; each writes a row otherwise. */
    private static final Duration LAST_FAILURE_STEP = Duration.ofHours(1);

    /** Of a new webhook. */
    static final WebhookStatus NEW = new WebhookStatus(
            State.ACTIVE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Breaker.CLOSED);

    // ---- what people do

    WebhookStatus paused() {
        return state == State.ACTIVE ? in(State.PAUSED, Optional.empty()) : this;
    }

    WebhookStatus disabled(DisabledReason why) {
        boolean already = state == State.DISABLED && (why != DisabledReason.MANUAL || reason.equals(Optional.of(why)));
        return already ? this : in(State.DISABLED, Optional.of(why));
    }

    /** With a clean slate, since whoever resumes it believes that it works again. */
    WebhookStatus resumed(Instant now, WebhookClient.Backlog backlog) {
        if (state == State.ACTIVE) {
            return this;
        }
        // What is left of one that was disabled by hand was to be canceled anyway.
        boolean discards = backlog == WebhookClient.Backlog.DISCARD || !holds();
        return new WebhookStatus(
                State.ACTIVE,
                Optional.empty(),
                Optional.of(now),
                discards ? Optional.of(now) : discardBefore,
                Optional.empty(),
                Optional.empty(),
                false,
                Breaker.CLOSED);
    }

    /** Nothing is left of what was stored before this instant. */
    WebhookStatus discarded(Instant before) {
        return discardBefore.equals(Optional.of(before))
                ? new WebhookStatus(
                        state, reason, resumedAt, Optional.empty(), failingSince, lastFailureAt, failing, breaker)
                : this;
    }

    // ---- what attempts say

    WebhookStatus succeeded() {
        return failingSince.isEmpty() && !failing && !breaker.isOpen()
                ? this
                : new WebhookStatus(
                        state,
                        reason,
                        resumedAt,
                        discardBefore,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Breaker.CLOSED);
    }

    /**
     * After a failed attempt.
     *
     * @param repeatedly whether there were so many that its health is bad
     */
    WebhookStatus failed(Instant now, boolean repeatedly) {
        boolean forgiven = lastFailureAt.isPresent()
                && Duration.between(lastFailureAt.get(), now).compareTo(FORGIVEN_AFTER) > 0;
        Instant since = forgiven ? now : failingSince.orElse(now);
        boolean stale = lastFailureAt.isEmpty()
                || Duration.between(lastFailureAt.get(), now).compareTo(LAST_FAILURE_STEP) >= 0;
        WebhookStatus next = new WebhookStatus(
                state,
                reason,
                resumedAt,
                discardBefore,
                Optional.of(since),
                stale ? Optional.of(now) : lastFailureAt,
                failing || repeatedly,
                breaker);
        boolean forTooLong =
                state == State.ACTIVE && Duration.between(since, now).compareTo(DISABLED_AFTER) >= 0;
        return forTooLong ? next.in(State.DISABLED, Optional.of(DisabledReason.FAILED)) : next;
    }

    private WebhookStatus in(State next, Optional<DisabledReason> why) {
        return new WebhookStatus(next, why, resumedAt, discardBefore, failingSince, lastFailureAt, failing, breaker);
    }

    /** The breaker closes. */
    WebhookStatus mended() {
        return with(Breaker.CLOSED);
    }

    /** The breaker opens; one that is open stays so for longer. */
    WebhookStatus broken(Instant now) {
        return with(breaker.openedAt(now));
    }

    /**
     * One node tries whether the receiver is back.
     *
     * @return the same, if it is not the time for that
     */
    WebhookStatus probed(Instant now, Duration lease) {
        boolean due = breaker.openUntil.isPresent() && !now.isBefore(breaker.openUntil.get());
        return due ? with(new Breaker(Optional.of(now.plus(lease)), breaker.trips)) : this;
    }

    private WebhookStatus with(Breaker changed) {
        return new WebhookStatus(
                state, reason, resumedAt, discardBefore, failingSince, lastFailureAt, failing, changed);
    }

    // ---- what follows from it

    /** Whether events are kept for it until it is resumed. */
    boolean holds() {
        return state == State.PAUSED || (state == State.DISABLED && !reason.equals(Optional.of(DisabledReason.MANUAL)));
    }

    /** Whether events are stored for it. */
    boolean isKept() {
        return state == State.ACTIVE || holds();
    }

    /** Whether what was held for it is being canceled, while it takes what comes. */
    boolean isDiscarding() {
        return state == State.ACTIVE && discardBefore.isPresent();
    }

    /** Whether an owner would notice the difference. */
    boolean differsVisiblyFrom(WebhookStatus other) {
        return state != other.state || failing != other.failing || !reason.equals(other.reason);
    }

    // ---- as it is stored

    /** Whether nothing that is stored tells the two apart: times are stored in milliseconds. */
    boolean isStoredAs(WebhookStatus other) {
        return writeOver(Document.NOTHING).equals(other.writeOver(Document.NOTHING));
    }

    /**
     * The form in which it is stored; times in milliseconds since 1970, the one that is compared with the store's clock as text.
     * What a newer version adds is left alone: its nodes and this one may share the store for a while.
     *
     * @param state null if it is active
     */
    record Form(
            @Nullable String state,
            @Nullable String reason,
            @Nullable Long resumedAt,
            @Nullable String discardBefore,
            @Nullable Long failingSince,
            @Nullable Long lastFailureAt,
            boolean failing,
            @Nullable Long brokenUntil,
            int trips) {}

    static WebhookStatus read(Document document) {
        Form form = Json.readKnown(document.status(), Form.class);
        return new WebhookStatus(
                state(document.id(), form.state),
                reason(form.reason),
                instant(form.resumedAt),
                Optional.ofNullable(form.discardBefore).map(Instant::parse),
                instant(form.failingSince),
                instant(form.lastFailureAt),
                form.failing,
                new Breaker(instant(form.brokenUntil), form.trips));
    }

    /** A state that a newer version wrote is none to send in. */
    private static State state(String id, @Nullable String name) {
        if (name == null) {
            return State.ACTIVE;
        }
        for (State state : State.values()) {
            if (state.name().equals(name)) {
                return state;
            }
        }
        log.warn("webhook {} is in a state that this version does not know; it is left alone", id);
        return State.PAUSED;
    }

    /** As JSON, with what is in an earlier document and unknown to this version: members, and the reason why it is disabled. */
    String writeOver(String earlier) {
        String unknownReason = state == State.DISABLED ? Json.readKnown(earlier, Form.class).reason : null;
        return Json.writeOver(
                earlier,
                new Form(
                        state == State.ACTIVE ? null : state.name(),
                        reason.map(Enum::name).orElse(unknownReason),
                        resumedAt.map(Instant::toEpochMilli).orElse(null),
                        discardBefore.map(Instant::toString).orElse(null),
                        failingSince.map(Instant::toEpochMilli).orElse(null),
                        lastFailureAt.map(Instant::toEpochMilli).orElse(null),
                        failing,
                        breaker.openUntil.map(Instant::toEpochMilli).orElse(null),
                        breaker.trips));
    }

    private static Optional<DisabledReason> reason(@Nullable String name) {
        return Arrays.stream(DisabledReason.values())
                .filter(each -> each.name().equals(name))
                .findFirst();
    }

    private static Optional<Instant> instant(@Nullable Long millis) {
        return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
    }
}
