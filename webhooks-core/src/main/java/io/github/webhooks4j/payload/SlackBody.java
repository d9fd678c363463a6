package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A message for Slack in Block Kit: the type as a header, the data as fields or, where it is not flat, as JSON, and time and
 * id below. Values cannot mention people or channels, and are cut where Slack's limits are.
 */
final class SlackBody {
    /** The media type of the body. */
    static final String CONTENT_TYPE = "application/json";

    private static final int MAX_HEADER = 150;
    private static final int MAX_SECTION = 3000;
    private static final int MAX_FIELD = 2000;
    private static final int MAX_FIELDS = 10;
    /** Discord's limit; Slack and Mattermost take more. */
    private static final int MAX_TEXT = 2000;

    private static final int MAX_TITLE = 1000;
    private static final String MORE = "…";
    private static final Pattern UNIT = Pattern.compile("&[a-z]+;|.", Pattern.DOTALL);
    private static final String FENCE = "```";

    private SlackBody() {}

    /**
     * The body for an event.
     *
     * @throws RenderException if the event's data is not JSON
     */
    static byte[] of(EventContent event) {
        JsonNode data;
        try {
            data = Json.tree(event.data());
        } catch (InvalidJsonException e) {
            throw new RenderException("the event's data is not JSON, so that it cannot be shown in Slack");
        }
        return of(event, data);
    }

    /** The body for an event whose data is no text that could be shown: type, time and id. */
    static byte[] withoutData(EventContent event) {
        return of(event, JsonNodeFactory.instance.nullNode());
    }

    private static byte[] of(EventContent event, JsonNode data) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("text", text(event, data));
        ArrayNode blocks = body.putArray("blocks");
        ObjectNode header = blocks.addObject().put("type", "header");
        header.putObject("text")
                .put("type", "plain_text")
                .put("text", cut(event.type(), MAX_HEADER))
                .put("emoji", false);
        addData(data, blocks);
        ArrayNode below = blocks.addObject().put("type", "context").putArray("elements");
        markdown(below.addObject(), date(event.timestamp()));
        markdown(below.addObject(), "`" + escaped(event.id(), MAX_FIELD - 2) + "`");
        return Json.text(body).getBytes(UTF_8);
    }

    /** All that receivers show that know no blocks. In a code block, no name in the data is a mention for them either. */
    private static String text(EventContent event, JsonNode data) {
        // An id may be @everyone, or begin a code block.
        String title = escaped(event.type() + " (" + event.id() + ")", MAX_TITLE)
                .replace("@", "@\u200B")
                .replace('`', '\'');
        if (isNothing(data)) {
            return title;
        }
        String open = "\n" + FENCE + "\n";
        String close = "\n" + FENCE;
        return title + open + escaped(code(data), MAX_TEXT - title.length() - open.length() - close.length()) + close;
    }

    /** A fence in the data would end ours. */
    private static String code(JsonNode data) {
        return Json.indented(data).replace(FENCE, "'''");
    }

    private static boolean isNothing(JsonNode data) {
        return data.isNull() || (data.isContainerNode() && data.isEmpty());
    }

    private static void addData(JsonNode data, ArrayNode blocks) {
        if (isNothing(data)) {
            return;
        }
        ObjectNode section = blocks.addObject().put("type", "section");
        if (isFlat(data)) {
            ArrayNode fields = section.putArray("fields");
            for (Map.Entry<String, JsonNode> member : data.properties()) {
                String name = "*" + escaped(member.getKey(), MAX_FIELD / 4) + "*\n";
                String value = member.getValue().asText().isBlank()
                        ? "–"
                        : member.getValue().asText();
                markdown(fields.addObject(), name + escaped(value, MAX_FIELD - name.length()));
            }
        } else {
            String text = FENCE + escaped(code(data), MAX_SECTION - 2 * FENCE.length()) + FENCE;
            markdown(section.putObject("text"), text);
        }
    }

    private static boolean isFlat(JsonNode data) {
        List<JsonNode> values = new ArrayList<>();
        data.elements().forEachRemaining(values::add);
        return data.isObject() && data.size() <= MAX_FIELDS && values.stream().allMatch(JsonNode::isValueNode);
    }

    /** Verbatim, so that no name in it becomes a link or a mention. */
    private static void markdown(ObjectNode target, String text) {
        target.put("type", "mrkdwn").put("text", text).put("verbatim", true);
    }

    /** Shown in the reader's time zone. */
    private static String date(Instant time) {
        return "<!date^" + time.getEpochSecond() + "^{date_short_pretty} {time_secs}|" + time + ">";
    }

    /** The text with Slack's special characters escaped, at most so long, and not cut within an escape or a character. */
    private static String escaped(String text, int max) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        if (escaped.length() <= max) {
            return escaped;
        }
        StringBuilder cut = new StringBuilder();
        Matcher units = UNIT.matcher(escaped);
        while (units.find() && cut.length() + units.group().length() < max) {
            cut.append(units.group());
        }
        return cut.append(MORE).toString();
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max - 1) + MORE;
    }
}
