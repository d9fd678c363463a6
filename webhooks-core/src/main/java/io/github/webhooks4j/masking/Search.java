package io.github.webhooks4j.masking;

import java.io.ByteArrayOutputStream;

/** Searches a text in several readings, and puts masks over what was found in any of them. */
final class Search {
    private final Patterns patterns;
    private final byte[] text;
    private final int leastAtEnd; // how much of a pattern has to begin at the end to count
    private final int[] opened; // how many finds begin at a place, less those that end there

    Search(Patterns patterns, byte[] text, int leastAtEnd) {
        this.patterns = patterns;
        this.text = text;
        this.leastAtEnd = leastAtEnd;
        opened = new int[text.length + 1];
    }

    void in(Reading reading) {
        int node = Patterns.ROOT;
        for (int at = 0; at < reading.size(); at++) {
            int symbol = reading.symbol(at);
            node = symbol == Reading.GAP ? Patterns.ROOT : patterns.after(node, symbol);
            int found = node == Patterns.ROOT ? 0 : patterns.longest(node);
            if (found > 0) {
                cover(reading.from(at - found + 1), reading.to(at));
            }
        }
        int begun = patterns.length(node);
        if (begun >= leastAtEnd) {
            cover(reading.from(reading.size() - begun), text.length);
        }
    }

    private void cover(int from, int to) {
        opened[from]++;
        opened[to]--;
    }

    /** The text, with a mask in the place of each part that is covered. */
    byte[] masked(byte[] mask) {
        ByteArrayOutputStream masked = new ByteArrayOutputStream(text.length);
        int open = 0;
        for (int at = 0; at < text.length; at++) {
            int before = open;
            open += opened[at];
            if (open == 0) {
                masked.write(text[at]);
            } else if (before == 0) {
                masked.writeBytes(mask);
            }
        }
        return masked.toByteArray();
    }
}
