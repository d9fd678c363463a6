package io.github.webhooks4j.payload;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;

/**
 * Finds the places in a template for JSON. The text is known to be JSON before it is looked at, so that a string is whatever
 * is between two quotes, and a key is a string before a colon. Everything else is kept to the letter.
 */
final class JsonTemplate {
    private JsonTemplate() {}

    static void read(String text, TemplateParts parts) throws InvalidTemplateException {
        try {
            Json.checkStrictly(text);
        } catch (InvalidJsonException e) {
            int unquoted = unquoted(text);
            throw unquoted < 0
                    ? new InvalidTemplateException("the template is not JSON: " + e.getMessage())
                    : InvalidTemplateException.at(
                            text,
                            unquoted,
                            "the braces need quotes around them; write \"{{data.name}}\" for the value itself, also if it"
                                    + " is a number or an object");
        }
        int done = 0;
        for (int quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', done)) {
            int end = endOfString(text, quote);
            if (parts.hasPlace(quote, end)) {
                if (isKey(text, end)) {
                    throw InvalidTemplateException.at(
                            text, quote, "no value can be put into a name; only into a string");
                }
                done = addString(parts, done, quote, end);
            } else {
                parts.addFixed(done, end);
                done = end;
            }
        }
        parts.addFixed(done, text.length());
    }

    /** Where the first braces stand outside of strings, if quotes around all of those would make the text JSON; else -1. */
    private static int unquoted(String text) {
        StringBuilder quoted = new StringBuilder();
        int lastClose = text.lastIndexOf(TemplateParts.CLOSE); // so that no search is in vain
        int first = -1;
        int done = 0;
        while (done < text.length()) {
            boolean opens = done < lastClose && text.startsWith(TemplateParts.OPEN, done);
            int close = opens ? text.indexOf(TemplateParts.CLOSE, done) : -1;
            int end = text.charAt(done) == '"' ? Math.min(endOfString(text, done), text.length()) : done + 1;
            if (close >= 0) {
                first = first < 0 ? done : first;
                end = close + TemplateParts.CLOSE.length();
                quoted.append("\"\"");
            } else {
                quoted.append(text, done, end);
            }
            done = end;
        }
        try {
            Json.checkStrictly(quoted.toString());
            return first;
        } catch (InvalidJsonException e) {
            return -1;
        }
    }

    private static int addString(TemplateParts parts, int done, int quote, int end) throws InvalidTemplateException {
        if (parts.isPlace(quote + 1, end - 1)) {
            parts.addFixed(done, quote); // and not the quotes
            parts.addPlace(quote + 1, end - 1, Escape.JSON_VALUE);
        } else {
            parts.addFixed(done, quote + 1);
            parts.addAll(quote + 1, end - 1, Escape.JSON_STRING);
            parts.addFixed(end - 1, end);
        }
        return end;
    }

    private static int endOfString(String text, int quote) {
        int i = quote + 1;
        while (i < text.length() && text.charAt(i) != '"') {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    private static boolean isKey(String text, int end) {
        int i = end;
        while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i < text.length() && text.charAt(i) == ':';
    }
}
