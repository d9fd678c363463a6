package io.github.webhooks4j.egress;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What follows the host of a URL, as HTTP clients put it on the wire. */
final class PathAndQuery {
    private static final Pattern HERE = Pattern.compile("(?i)\\.|%2e");
    private static final Pattern UP = Pattern.compile("(?i)(?:\\.|%2e){2}");

    private PathAndQuery() {}

    /**
     * The one spelling of it: a path that begins with a slash, without dot segments (RFC 3986, section 5.2.4), and a query
     * without apostrophes.
     *
     * @param text empty, or what begins with a slash or a question mark
     */
    static String canonical(String text) {
        int mark = text.indexOf('?');
        String path = mark < 0 ? text : text.substring(0, mark);
        String query = mark < 0 ? "" : text.substring(mark).replace("'", "%27");
        return "/" + (path.isEmpty() ? "" : withoutDots(path.substring(1))) + query;
    }

    private static String withoutDots(String path) {
        List<String> kept = new ArrayList<>();
        boolean endsInDots = false;
        for (String segment : path.split("/", -1)) {
            boolean up = UP.matcher(segment).matches();
            endsInDots = up || HERE.matcher(segment).matches();
            if (!endsInDots) {
                kept.add(segment);
            } else if (up && !kept.isEmpty()) {
                kept.remove(kept.size() - 1);
            }
        }
        if (endsInDots) {
            kept.add("");
        }
        return String.join("/", kept);
    }
}
