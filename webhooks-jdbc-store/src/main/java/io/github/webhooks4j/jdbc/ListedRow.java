package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.StoredEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A row of the unfinished deliveries or of the history, as lists read them.
 *
 * @param state the state of the delivery; empty if this row of the history does not tell
 * @param attempts how many count
 * @param fence as the column has it
 * @param at when the next attempt is due, or when the delivery ended
 * @param last the last attempt, if the row has it
 * @param event what names the event, if the row has it
 */
record ListedRow(
        Place place,
        Optional<DeliveryState> state,
        int attempts,
        int fence,
        Instant at,
        Optional<Last> last,
        Optional<Event> event) {
    /** What is selected of the history. */
    static final String ENDED =
            "event_key, webhook_id, standing, number, fence, started_at, duration_ms, status, failure,"
                    + " failure_detail, final_state, tenant, event_id, type, is_test";

    /** What is selected of the unfinished, in the same columns. One that was redelivered is due since then. */
    static final String PENDING = "event_key, webhook_id, 0, attempts, fence, GREATEST(next_at, first_due_at), 0, NULL,"
            + " NULL, NULL, NULL, NULL, NULL, NULL, NULL";

    /**
     * The last attempt of a delivery.
     *
     * @param failed whether it was not taken
     */
    record Last(OptionalInt status, String text, boolean failed) {
        /** What columns say, the failure in the second; empty if they say nothing. */
        static Optional<Last> of(ResultSet row, int index) throws SQLException {
            OptionalInt status = HistoryRows.status(row, index);
            String failure = row.getString(index + 1);
            if (status.isEmpty() && failure == null) {
                return Optional.empty();
            }
            String text = status.isPresent()
                    ? Attempt.answered(status.getAsInt())
                    : HistoryRows.detail(row.getString(index + 2))
                            .map(FailureDetail::text)
                            .orElseGet(() -> Failure.valueOf(failure).text());
            boolean delivered = States.of(row.getInt(index + 3)).equals(Optional.of(DeliveryState.DELIVERED));
            return Optional.of(new Last(status, text, !delivered));
        }
    }

    /** What names an event. */
    record Event(Optional<String> tenant, String id, String type, boolean test) {
        static Event of(EventRows.Name name) {
            return new Event(name.tenant(), name.id(), name.type(), name.test());
        }
    }

    static ListedRow read(ResultSet row, Sql sql) throws SQLException {
        Place place = new Place(sql.key(row, 1), row.getString(2));
        int standing = row.getInt(3);
        boolean silent = row.wasNull();
        boolean pending = standing == 0 && !silent;
        int attempts = row.getInt(4);
        int fence = row.getInt(5);
        Instant at = sql.instant(row, 6);
        if (pending) {
            return new ListedRow(
                    place,
                    Optional.of(DeliveryState.PENDING),
                    DeliveryRows.attempts(attempts),
                    fence,
                    at,
                    Optional.empty(),
                    Optional.empty());
        }
        return new ListedRow(
                place,
                States.of(standing),
                attempts,
                fence,
                at.plus(Duration.ofMillis(row.getLong(7))),
                Last.of(row, 8),
                silent ? Optional.empty() : Optional.of(event(row, place)));
    }

    /** The row that this entry has just ended, without an attempt. */
    static ListedRow ended(HistoryEntry entry, Instant now) {
        HistoryEntry.End end = entry.end().orElseThrow();
        return new ListedRow(
                new Place(entry.event(), entry.webhookId()),
                Optional.of(end.standing()),
                entry.number(),
                entry.fence(),
                now,
                Optional.empty(),
                Optional.of(new Event(end.tenant(), end.eventId(), end.type(), end.test())));
    }

    private static Event event(ResultSet row, Place place) throws SQLException {
        String id = row.getString(13);
        return new Event(
                Optional.ofNullable(row.getString(12)),
                id == null ? StoredEvent.idOf(place.event()) : id,
                Optional.ofNullable(row.getString(14)).orElse(""),
                row.getBoolean(15));
    }

    boolean isPending() {
        return state.equals(Optional.of(DeliveryState.PENDING));
    }

    /** Whether there was an attempt, and this row does not have it. */
    boolean lacksLast() {
        return attempts > 0 && last.isEmpty();
    }

    ListedRow with(Event named) {
        return new ListedRow(place, state, attempts, fence, at, last, Optional.of(named));
    }

    ListedRow with(Optional<Last> found) {
        return new ListedRow(place, state, attempts, fence, at, found, event);
    }

    /** The delivery, once its event is known. */
    Delivery delivery() {
        Event named = event.orElseThrow();
        return new Delivery(
                DeliveryId.of(place.event(), place.webhookId()).toString(),
                named.id,
                named.type,
                place.webhookId(),
                named.tenant,
                state.orElseThrow(),
                attempts,
                DeliveryId.publishedAt(place.event()),
                isPending() ? Optional.of(at) : Optional.empty(),
                isPending() ? Optional.empty() : Optional.of(at),
                last.map(Last::status).orElse(OptionalInt.empty()),
                last.filter(Last::failed).map(Last::text),
                named.test);
    }
}
