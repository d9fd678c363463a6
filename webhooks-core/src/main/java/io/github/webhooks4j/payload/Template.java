package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import java.util.List;

/**
 * A body with places for values of the event: {@code {{path}}}, and nothing else. A template cannot call, loop or reach anything
 * but the event. Each value is inserted once, escaped for its place, and not parsed again. So even if strangers write both the
 * template and the event, the body is well-formed and has the template's structure.
 *
 * <p>In JSON, places are in strings. A string that consists of one place becomes the value itself, with its type. A path that leads
 * nowhere becomes null in JSON, and empty text elsewhere. In text, an object or array becomes its JSON.
 *
 * <p>Immutable and safe for use by any thread.
 */
final class Template {
    static final int MAX_BYTES = 256 * 1024;
    static final int MAX_PLACES = 256;
    static final int MAX_BODY = 1024 * 1024;

    private final List<Part> parts;

    /** A piece of the body: text as it is, or a place for a value. */
    sealed interface Part {}

    record Fixed(String text) implements Part {}

    record Place(TemplatePath path, Escape escape) implements Part {}

    private Template(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * Reads a template.
     *
     * @throws InvalidTemplateException if it is too long, is not well-formed for its syntax, or has something in braces that
     *     is no path or stands where no value can be put
     */
    static Template parse(TemplateSyntax syntax, String text) throws InvalidTemplateException {
        if (text.length() > MAX_BYTES || text.getBytes(UTF_8).length > MAX_BYTES) {
            throw new InvalidTemplateException("the template is larger than " + MAX_BYTES / 1024 + " KiB");
        }
        if (!UTF_8.newEncoder().canEncode(text)) {
            throw new InvalidTemplateException("the template has half of a surrogate pair, which UTF-8 cannot hold");
        }
        TemplateParts parts = new TemplateParts(text);
        switch (syntax) {
            case JSON -> JsonTemplate.read(text, parts);
            case FORM -> FormTemplate.read(text, parts);
            case XML -> XmlTemplate.read(text, parts);
            case TEXT -> parts.addAll(0, text.length(), Escape.TEXT);
        }
        return new Template(parts.finish());
    }

    /**
     * The body for an event.
     *
     * @throws RenderException if the event's data is not JSON, or the body is larger than 1 MiB
     */
    byte[] render(EventContent event) {
        JsonNode root = tree(event);
        BoundedText body = new BoundedText(MAX_BODY);
        for (Part part : parts) {
            if (part instanceof Place place) {
                body.append(place.escape().escape(place.path().in(root)));
            } else if (part instanceof Fixed fixed) {
                body.append(fixed.text());
            }
        }
        return body.bytes();
    }

    private static JsonNode tree(EventContent event) {
        JsonNode data;
        try {
            data = Json.tree(event.data());
        } catch (InvalidJsonException e) {
            throw new RenderException("the event's data is not JSON, and a template takes values from JSON only");
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("id", event.id());
        root.put("type", event.type());
        root.put("timestamp", event.timestamp().toString());
        root.set("data", data);
        return root;
    }

    /** Text that must not grow beyond a number of bytes; it fails before it does. */
    private static final class BoundedText {
        private final StringBuilder text = new StringBuilder();
        private final int maxBytes;

        BoundedText(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        void append(String more) {
            if (text.length() + more.length() > maxBytes) {
                throw tooLarge();
            }
            text.append(more);
        }

        byte[] bytes() {
            byte[] bytes = text.toString().getBytes(UTF_8);
            if (bytes.length > maxBytes) {
                throw tooLarge();
            }
            return bytes;
        }

        private RenderException tooLarge() {
            return new RenderException("the template makes a body of more than " + maxBytes / 1024 + " KiB");
        }
    }
}
