package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.Outcomes;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.Want;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What is shown of PostgreSQL's errors. */
class PostgresErrorsTest {
    @Test
    void whatAReceiverAnsweredIsNotShownWhenItCannotBeRecorded() throws Exception {
        PGSimpleDataSource database = PostgresServer.dataSource(
                PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        JdbcDeliveryStore store = JdbcDeliveryStore.create(database);
        store.open();
        store.queue().insert(List.of(StoreRows.event("1", "a")));
        Claimed claimed = store.queue()
                .claim(List.of(Want.of("a", 1)), Duration.ofMinutes(1))
                .claimed()
                .get(0);
        PostgresServer.execute(
                database,
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'",
                "CREATE TRIGGER fail BEFORE INSERT ON webhooks_attempts FOR EACH ROW EXECUTE FUNCTION fail()");
        Attempt attempt = new Attempt(
                1,
                Instant.EPOCH,
                Duration.ZERO,
                OptionalInt.of(200),
                Optional.empty(),
                Optional.empty(),
                "said in confidence",
                false);

        StoreException refused = catchThrowableOfType(
                StoreException.class,
                () -> store.queue()
                        .record(List.of(
                                Outcomes.of(claimed, List.of(attempt), DeliveryState.DELIVERED, Duration.ZERO))));

        StringWriter shown = new StringWriter();
        refused.printStackTrace(new PrintWriter(shown));
        assertThat(shown.toString()).contains("full").doesNotContain("said in confidence");
    }
}
