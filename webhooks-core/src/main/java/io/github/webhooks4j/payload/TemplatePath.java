package io.github.webhooks4j.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A way into an event: {@code id}, {@code type}, {@code timestamp}, or {@code data} and steps from there, {@code .name} into
 * an object or {@code [n]} into an array.
 */
record TemplatePath(List<Step> steps) {
    static final String FORM =
            "write {{id}}, {{type}}, {{timestamp}}, {{data}}, or a path such as {{data.items[0].name}},"
                    + " without spaces";

    private static final int MAX_STEPS = 16;
    private static final Set<String> ROOTS = Set.of("id", "type", "timestamp", "data");
    private static final Pattern STEP = Pattern.compile("\\G(?:\\.?([A-Za-z_][A-Za-z0-9_-]{0,127})|\\[([0-9]{1,6})])");

    /** One step: a name, or else an index. */
    record Step(@Nullable String name, int index) {}

    TemplatePath {
        steps = List.copyOf(steps);
    }

    /** The path of a text; an {@code IllegalArgumentException} says in customers' words why it is none. */
    static TemplatePath parse(String text) {
        List<Step> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        int end = 0;
        while (matcher.find() && steps.size() <= MAX_STEPS && hasDot(text, end) == (end > 0 && isName(matcher))) {
            steps.add(
                    isName(matcher)
                            ? new Step(matcher.group(1), -1)
                            : new Step(null, Integer.parseInt(matcher.group(2))));
            end = matcher.end();
        }
        if (steps.size() > MAX_STEPS) {
            throw new IllegalArgumentException("the path has more than " + MAX_STEPS + " steps");
        }
        if (text.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "there is a space inside the braces; write {{data.name}} rather than {{ data.name }}");
        }
        if (end < text.length() || steps.isEmpty()) {
            throw new IllegalArgumentException("the text inside the braces is not a path; " + FORM);
        }
        String root = steps.get(0).name();
        if (root == null || !ROOTS.contains(root) || (steps.size() > 1 && !root.equals("data"))) {
            throw new IllegalArgumentException("an event has no such value; " + FORM);
        }
        return new TemplatePath(steps);
    }

    private static boolean isName(Matcher matcher) {
        return matcher.group(1) != null;
    }

    private static boolean hasDot(String text, int offset) {
        return text.startsWith(".", offset);
    }

    /** What the path leads to; null if it leads nowhere. */
    @Nullable
    JsonNode in(JsonNode event) {
        JsonNode node = event;
        for (Step step : steps) {
            node = step.name() == null
                    ? node.isArray() ? node.get(step.index()) : null
                    : node.isObject() ? node.get(step.name()) : null;
            if (node == null) {
                return null;
            }
        }
        return node;
    }
}
