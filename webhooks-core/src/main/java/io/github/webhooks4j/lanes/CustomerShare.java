package io.github.webhooks4j.lanes;

/**
 * How much of what a node has one customer may take: a part if it is the only one, and the same part of what is left if others
 * have taken some, so that a few who take all they may leave something to the next. The dynamic thresholds of Choudhury and
 * Hahne (1998) divide the memory of a switch among its ports in this way.
 *
 * @param part what a customer may have if it is the only one
 * @param whole of so much
 */
public record CustomerShare(int part, int whole) {
    /** How much more a customer may take, of so much that is free, if it has so much already; not positive if it may take nothing. */
    long more(long free, long has) {
        // What it has then is to be at most part / (whole - part) of what is free then.
        return (part * free - (whole - part) * has) / whole;
    }
}
