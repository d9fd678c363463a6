package io.github.webhooks4j.settings;

/** What somebody entered, as an error text shows it: in quotes, in printable ASCII, and not at any length. */
public final class Quoted {
    private static final int LONGEST = 40;

    private Quoted() {}

    public static String of(String text) {
        String start = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        return '"' + start.replaceAll("[^\\x20-\\x7E…]", "?") + '"';
    }
}
