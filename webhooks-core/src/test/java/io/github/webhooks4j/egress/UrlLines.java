package io.github.webhooks4j.egress;

import java.util.stream.Stream;

/** {@code urls.tsv} for the tests of other packages. */
public final class UrlLines {
    private UrlLines() {}

    /** URLs that must be refused by their text alone. */
    public static Stream<String> deniedByText() {
        return UrlLine.all().filter(line -> !line.mayBeRegistered()).map(UrlLine::url);
    }
}
