package io.github.webhooks4j.jdbc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Writes texts by name, such as secrets or headers, as a JSON object of strings, and reads it back. */
final class TextMap {
    private final String json;
    private int at;

    private TextMap(String json) {
        this.json = json;
    }

    static String write(Map<String, String> texts) {
        StringBuilder json = new StringBuilder("{");
        new TreeMap<>(texts).forEach((name, text) -> {
            json.append(json.length() > 1 ? "," : "");
            quote(json, name);
            json.append(':');
            quote(json, text);
        });
        return json.append('}').toString();
    }

    static Map<String, String> read(String json) {
        return new TextMap(json).object();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append("\\u").append(String.format("%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private Map<String, String> object() {
        Map<String, String> texts = new LinkedHashMap<>();
        expect('{');
        while (peek() != '}') {
            if (!texts.isEmpty()) {
                expect(',');
            }
            String name = string();
            expect(':');
            texts.put(name, string());
        }
        return texts;
    }

    private String string() {
        expect('"');
        StringBuilder text = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            text.append(c == '\\' ? escaped() : c);
        }
        return text.toString();
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case 'u' -> (char) Integer.parseInt(json, at, at += 4, 16);
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> c;
        };
    }

    private void expect(char expected) {
        if (peek() != expected) {
            throw broken();
        }
        at++;
    }

    /** The next character that is not white space. */
    private char peek() {
        while (at < json.length() && Character.isWhitespace(json.charAt(at))) {
            at++;
        }
        if (at == json.length()) {
            throw broken();
        }
        return json.charAt(at);
    }

    private char next() {
        if (at == json.length()) {
            throw broken();
        }
        return json.charAt(at++);
    }

    private IllegalStateException broken() {
        return new IllegalStateException("what is stored is not a JSON object of strings (position " + at
                + "); the row was changed from outside");
    }
}
