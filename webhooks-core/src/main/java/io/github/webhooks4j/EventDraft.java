package io.github.webhooks4j;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The one {@link Event}: what the application said, not yet checked and not yet bytes. */
final class EventDraft implements Event {
    private final Draft draft;

    private EventDraft(Draft draft) {
        this.draft = draft;
    }

    @Override
    public String type() {
        return draft.type;
    }

    @Override
    public Optional<String> id() {
        return Optional.ofNullable(draft.id);
    }

    @Override
    public Optional<Instant> timestamp() {
        return Optional.ofNullable(draft.timestamp);
    }

    @Override
    public Optional<String> tenant() {
        return Optional.ofNullable(draft.tenant);
    }

    @Override
    public Optional<Instant> deliverAt() {
        return Optional.ofNullable(draft.deliverAt);
    }

    @Override
    public Map<String, String> headers() {
        return Map.copyOf(draft.headers);
    }

    /** This event, of a tenant. */
    EventDraft of(String tenant) {
        Draft copy = new Draft(draft);
        copy.tenant = tenant;
        return new EventDraft(copy);
    }

    Content content() {
        return draft.content;
    }

    /** Shows no data. */
    @Override
    public String toString() {
        return "Event[type=" + draft.type + id().map(id -> ", id=" + id).orElse("") + "]";
    }

    /** The three ways to give data. */
    sealed interface Content permits ObjectContent, JsonContent, RawContent {}

    record ObjectContent(@Nullable Object value) implements Content {}

    record JsonContent(String json) implements Content {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record RawContent(String contentType, byte[] body) implements Content {}

    static final class Draft implements Builder {
        private final String type;
        private Content content = new ObjectContent(null);
        private @Nullable String id;
        private @Nullable Instant timestamp;
        private @Nullable String tenant;
        private @Nullable Instant deliverAt;
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        Draft(String type) {
            this.type = Objects.requireNonNull(type, "type");
        }

        private Draft(Draft draft) {
            type = draft.type;
            content = draft.content;
            id = draft.id;
            timestamp = draft.timestamp;
            tenant = draft.tenant;
            deliverAt = draft.deliverAt;
            headers.putAll(draft.headers);
        }

        @Override
        public Builder data(@Nullable Object data) {
            content = new ObjectContent(data);
            return this;
        }

        @Override
        public Builder json(String json) {
            content = new JsonContent(Objects.requireNonNull(json, "json"));
            return this;
        }

        @Override
        public Builder raw(String contentType, byte[] body) {
            content = new RawContent(
                    Objects.requireNonNull(contentType, "contentType"),
                    Objects.requireNonNull(body, "body").clone());
            return this;
        }

        @Override
        public Builder id(String id) {
            this.id = Objects.requireNonNull(id, "id");
            return this;
        }

        @Override
        public Builder timestamp(Instant timestamp) {
            this.timestamp = Objects.requireNonNull(timestamp, "timestamp");
            return this;
        }

        @Override
        public Builder tenant(String tenant) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            return this;
        }

        @Override
        public Builder deliverAt(Instant deliverAt) {
            this.deliverAt = Objects.requireNonNull(deliverAt, "deliverAt");
            return this;
        }

        @Override
        public Builder header(String name, String value) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
            headers.remove(name); // which may be spelt differently
            headers.put(name, value);
            return this;
        }

        @Override
        public Event build() {
            return new EventDraft(new Draft(this));
        }
    }
}
