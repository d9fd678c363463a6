package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** {@code urls.tsv} for the tests of other packages. */
public final class UrlLines {
    private UrlLines() {}

    /**
     * A URL and what must become of it.
     *
     * @param url the text
     * @param isAllowed whether all attempts may be made, where http is allowed
     * @param lookups what its name resolves to, each time
     */
    public record Case(String url, boolean isAllowed, List<List<InetAddress>> lookups) {}

    /** URLs that must be refused by their text alone. */
    public static Stream<String> deniedByText() {
        return UrlLine.all().filter(line -> !line.mayBeRegistered()).map(UrlLine::url);
    }

    /** All URLs. */
    public static Stream<Case> cases() {
        return UrlLine.all()
                .map(line -> new Case(
                        line.url(), line.verdict().equals("allow"), line.isLookedUp() ? line.lookups() : List.of()));
    }
}
