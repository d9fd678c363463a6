package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a JSON object member by member; values that are JSON already keep their bytes. For one thread. */
final class JsonObject {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean isEmpty = true;

    JsonObject() {
        bytes.write('{');
    }

    /** A member that is text, or null. */
    JsonObject text(String name, @Nullable String value) {
        return raw(name, (value == null ? "null" : quoted(value)).getBytes(UTF_8));
    }

    JsonObject number(String name, long value) {
        return raw(name, Long.toString(value).getBytes(UTF_8));
    }

    /** A member that is one JSON value already. */
    JsonObject raw(String name, byte[] json) {
        if (!isEmpty) {
            bytes.write(',');
        }
        isEmpty = false;
        bytes.writeBytes((quoted(name) + ":").getBytes(UTF_8));
        bytes.writeBytes(json);
        return this;
    }

    byte[] end() {
        bytes.write('}');
        return bytes.toByteArray();
    }

    private static String quoted(String text) {
        return '"' + Escape.jsonString(text) + '"';
    }
}
