package io.github.webhooks4j.payload;

import java.util.ArrayList;
import java.util.List;

/** Takes a template's text apart, strictly from its beginning to its end, into fixed text and places. */
final class TemplateParts {
    static final String OPEN = "{{";
    static final String CLOSE = "}}";

    private final String text;
    private final List<Template.Part> parts = new ArrayList<>();
    private int places;
    private int nextOpen = -1;

    TemplateParts(String text) {
        this.text = text;
    }

    /** Whether there are braces between the two offsets. */
    boolean hasPlace(int start, int end) {
        return nextOpen(start) < end;
    }

    /** Where the next braces open; searched for once, as a template may have 100,000 strings and no braces. */
    private int nextOpen(int from) {
        if (nextOpen < from) {
            int found = text.indexOf(OPEN, from);
            nextOpen = found < 0 ? Integer.MAX_VALUE : found;
        }
        return nextOpen;
    }

    /** Adds the text between the offsets as it is. */
    void addFixed(int start, int end) {
        if (start < end) {
            parts.add(new Template.Fixed(text.substring(start, end)));
        }
    }

    /** Adds the text between the offsets, with a place for each {@code {{path}}}. */
    void addAll(int start, int end, Escape escape) throws InvalidTemplateException {
        int done = start;
        for (int open = nextOpen(done); open < end; open = nextOpen(done)) {
            addFixed(done, open);
            done = addPlace(open, end, escape);
        }
        addFixed(done, end);
    }

    /** Adds the place that begins at an offset; returns where it ends. */
    int addPlace(int open, int end, Escape escape) throws InvalidTemplateException {
        int close = text.indexOf(CLOSE, open);
        if (close < 0 || close + CLOSE.length() > end) {
            throw InvalidTemplateException.at(text, open, "{{ is not closed by }}; " + TemplatePath.FORM);
        }
        if (++places > Template.MAX_PLACES) {
            throw InvalidTemplateException.at(
                    text, open, "the template has more than " + Template.MAX_PLACES + " places for values");
        }
        try {
            TemplatePath path = TemplatePath.parse(text.substring(open + OPEN.length(), close));
            parts.add(new Template.Place(path, escape));
        } catch (IllegalArgumentException e) {
            throw InvalidTemplateException.at(text, open, String.valueOf(e.getMessage()));
        }
        return close + CLOSE.length();
    }

    /** Whether the text between the offsets is one place and nothing else. */
    boolean isPlace(int start, int end) {
        return text.startsWith(OPEN, start) && text.indexOf(CLOSE, start) == end - CLOSE.length();
    }

    List<Template.Part> finish() {
        return List.copyOf(parts);
    }
}
