package io.github.webhooks4j.masking;

import java.util.Arrays;
import java.util.List;

/**
 * Finds many patterns in one pass over a text (Aho and Corasick, 1975). A node stands for the beginning of one or more patterns,
 * and a text leads from node to node: to that of the longest beginning that the text ends with at each place.
 *
 * <p>The nodes are numbered by length, so that those a byte longer than a node, its children, are one after the other, in the
 * order of their last bytes.
 */
final class Patterns {
    static final int ROOT = 0;
    private static final int NONE = -1;

    private final int[] firstChild; // of each node, and one more that ends the last
    private final byte[] lastByte;
    private final int[] length;
    private final int[] shorter; // the node of the longest beginning that it ends with, itself aside
    private final int[] longest; // how long the longest whole pattern is that it ends with; 0 if there is none
    private final boolean[] begins; // whether any pattern begins with this byte
    private int count = 1;
    private long steps;

    Patterns(List<byte[]> patterns) {
        byte[][] sorted = patterns.stream().sorted(Arrays::compareUnsigned).toArray(byte[][]::new);
        int most = 1 + Arrays.stream(sorted).mapToInt(pattern -> pattern.length).sum();
        firstChild = new int[most + 1];
        lastByte = new byte[most];
        length = new int[most];
        shorter = new int[most];
        longest = new int[most];
        begins = new boolean[256];
        for (byte[] pattern : sorted) {
            begins[pattern[0] & 0xFF] = true;
        }
        grow(sorted, new int[most], new int[most]);
    }

    private Patterns(Patterns same) {
        firstChild = same.firstChild;
        lastByte = same.lastByte;
        length = same.length;
        shorter = same.shorter;
        longest = same.longest;
        begins = same.begins;
        count = same.count;
    }

    /** The same, which counts its steps by itself: threads that search at once would wait for each other's counts. */
    Patterns forOneSearch() {
        return new Patterns(this);
    }

    /**
     * Adds all nodes. Patterns with the same beginning are neighbours.
     *
     * @param low the first pattern that begins with a node
     * @param high the first one after it that does not
     */
    private void grow(byte[][] sorted, int[] low, int[] high) {
        high[ROOT] = sorted.length;
        for (int node = ROOT; node < count; node++) {
            firstChild[node] = count;
            firstChild[node + 1] = count;
            int depth = length[node];
            int next = low[node];
            while (next < high[node] && sorted[next].length == depth) {
                longest[node] = depth;
                next++;
            }
            if (longest[node] == 0) {
                longest[node] = longest[shorter[node]];
            }
            while (next < high[node]) {
                byte last = sorted[next][depth];
                int child = count++;
                low[child] = next;
                while (next < high[node] && sorted[next][depth] == last) {
                    next++;
                }
                high[child] = next;
                lastByte[child] = last;
                length[child] = depth + 1;
                shorter[child] = node == ROOT ? ROOT : after(shorter[node], last & 0xFF);
            }
        }
        firstChild[count] = count;
    }

    /** The node that a further byte, from 0 to 255, leads to. */
    int after(int node, int symbol) {
        if (node == ROOT && !begins[symbol]) {
            steps++;
            return ROOT; // nearly always
        }
        int from = node;
        int child = child(from, symbol);
        while (child == NONE && from != ROOT) {
            from = shorter[from];
            child = child(from, symbol);
        }
        return child == NONE ? ROOT : child;
    }

    private int child(int node, int symbol) {
        steps++;
        int low = firstChild[node];
        int high = firstChild[node + 1];
        while (low < high) {
            int middle = (low + high) >>> 1;
            int last = lastByte[middle] & 0xFF;
            if (last == symbol) {
                return middle;
            }
            if (last < symbol) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return NONE;
    }

    /** How long the beginning of patterns is that a text ends with here. */
    int length(int node) {
        return length[node];
    }

    /** How long the longest pattern is that a text ends with here; 0 if it ends with none. */
    int longest(int node) {
        return longest[node];
    }

    /** How many nodes were looked at until now, each in constant time: what hostile texts and patterns could raise. */
    long steps() {
        return steps;
    }
}
