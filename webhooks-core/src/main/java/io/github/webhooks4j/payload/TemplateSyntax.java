package io.github.webhooks4j.payload;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of text that a template can make. The content type decides which. */
enum TemplateSyntax {
    /** {@code application/json} and {@code …+json}. */
    JSON,
    /** {@code application/x-www-form-urlencoded}. */
    FORM,
    /** {@code application/xml}, {@code text/xml} and {@code …+xml}. */
    XML,
    /** {@code text/plain}. */
    TEXT;

    private static final Pattern CONTENT_TYPE = Pattern.compile(
            "([a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63})( ?; ?charset=(utf-8|\"utf-8\"))?",
            Pattern.CASE_INSENSITIVE); // of ASCII letters

    /**
     * The syntax of a content type; empty if there is none for it, or if it has a parameter other than {@code charset=utf-8}: bodies
     * are UTF-8, and values are escaped for the type by which the receiver reads them.
     */
    static Optional<TemplateSyntax> of(String contentType) {
        Matcher matcher = CONTENT_TYPE.matcher(contentType);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String type = matcher.group(1).toLowerCase(Locale.ROOT);
        return switch (type) {
            case "application/json" -> Optional.of(JSON);
            case "application/x-www-form-urlencoded" -> Optional.of(FORM);
            case "application/xml", "text/xml" -> Optional.of(XML);
            case "text/plain" -> Optional.of(TEXT);
            default ->
                type.endsWith("+json")
                        ? Optional.of(JSON)
                        : type.endsWith("+xml") ? Optional.of(XML) : Optional.empty();
        };
    }
}
