package io.github.webhooks4j.jdbc;

import java.sql.Types;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A column of the history, as rows are added to it.
 *
 * @param type of {@link Types}
 * @param array PostgreSQL's name of the type
 * @param value of a row, as a parameter; null for none
 */
record HistoryColumn(String name, int type, String array, Function<HistoryEntry, @Nullable Object> value) {
    /** All of them, for a database to which keys and instants are given so; none for {@code started_at} stands for now. */
    static List<HistoryColumn> all(Sql sql) {
        Dialect dialect = sql.dialect();
        return List.of(
                new HistoryColumn("event_key", Types.OTHER, "uuid", entry -> dialect.key(entry.event())),
                text("webhook_id", HistoryEntry::webhookId),
                number("number", HistoryEntry::number),
                number("repetition", HistoryEntry::repetition),
                new HistoryColumn(
                        STARTED_AT,
                        Types.TIMESTAMP_WITH_TIMEZONE,
                        "timestamptz",
                        entry -> entry.startedAt().map(dialect::timestamp).orElse(null)),
                number("duration_ms", HistoryEntry::durationMillis),
                number("status", HistoryEntry::status),
                text("failure", HistoryEntry::failure),
                text("failure_detail", HistoryEntry::failureDetail),
                new HistoryColumn("retry_after_ms", Types.BIGINT, "bigint", HistoryEntry::retryAfterMillis),
                text("excerpt", HistoryEntry::excerpt),
                new HistoryColumn("skipped_verification", Types.BOOLEAN, "boolean", HistoryEntry::skippedVerification),
                number("fence", HistoryEntry::fence),
                number("final_state", HistoryEntry::finalState),
                number("standing", HistoryEntry::standing),
                text("tenant", HistoryEntry::tenant),
                text("event_id", HistoryEntry::eventId),
                text("type", HistoryEntry::type),
                new HistoryColumn("is_test", Types.BOOLEAN, "boolean", HistoryEntry::test),
                text("origin", HistoryEntry::origin),
                new HistoryColumn("webhook_version", Types.BIGINT, "bigint", HistoryEntry::webhookVersion),
                text("request", HistoryEntry::request),
                text("answer", HistoryEntry::answer),
                text("node", HistoryEntry::node),
                number("dns_ms", HistoryEntry::dnsMillis),
                number("connect_ms", HistoryEntry::connectMillis),
                number("tls_ms", HistoryEntry::tlsMillis),
                number("first_byte_ms", HistoryEntry::firstByteMillis));
    }

    /** The one column that the database fills if it is not given. */
    static final String STARTED_AT = "started_at";

    private static HistoryColumn text(String name, Function<HistoryEntry, @Nullable Object> value) {
        return new HistoryColumn(name, Types.VARCHAR, "text", value);
    }

    private static HistoryColumn number(String name, Function<HistoryEntry, @Nullable Object> value) {
        return new HistoryColumn(name, Types.INTEGER, "int4", value);
    }

    /** Their names. */
    static String names(List<HistoryColumn> columns) {
        return columns.stream().map(HistoryColumn::name).collect(Collectors.joining(", "));
    }
}
