package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.webhooks4j.json.Json;
import java.net.URLEncoder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a value is written so that it stays a value where it stands. */
enum Escape {
    /** A whole JSON value. */
    JSON_VALUE {
        @Override
        String escape(@Nullable JsonNode value) {
            return value == null ? "null" : Json.text(value);
        }
    },
    /** Within a JSON string. */
    JSON_STRING {
        @Override
        String escape(@Nullable JsonNode value) {
            return jsonString(text(value));
        }
    },
    /** A part of a form: percent-encoded, a space as +. */
    FORM {
        @Override
        String escape(@Nullable JsonNode value) {
            return URLEncoder.encode(whole(text(value)), UTF_8);
        }
    },
    /** Text or the value of an attribute in XML. What XML 1.0 cannot hold becomes U+FFFD. */
    XML {
        @Override
        String escape(@Nullable JsonNode value) {
            StringBuilder escaped = new StringBuilder();
            whole(text(value)).codePoints().forEach(c -> escaped.append(xml(c)));
            return escaped.toString();
        }
    },
    /** Plain text. */
    TEXT {
        @Override
        String escape(@Nullable JsonNode value) {
            return whole(text(value));
        }
    };

    private static final Pattern HALF = Pattern.compile("[\\x{D800}-\\x{DFFF}]");

    /** The value as it is put into the body; null is a value that is not there. */
    abstract String escape(@Nullable JsonNode value);

    /** The text as it stands between the quotes of a JSON string. */
    static String jsonString(String text) {
        return Json.spellingHalves(new String(JsonStringEncoder.getInstance().quoteAsString(text)));
    }

    private static String text(@Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return "";
        }
        return value.isTextual() ? value.textValue() : Json.text(value);
    }

    private static String whole(String text) {
        return HALF.matcher(text).replaceAll("\uFFFD");
    }

    private static String xml(int c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            // Otherwise a parser would turn them into spaces or line feeds.
            case '\t', '\n', '\r' -> "&#" + c + ";";
            default -> c < ' ' || c == 0xFFFE || c == 0xFFFF ? "\uFFFD" : Character.toString(c);
        };
    }
}
