package io.github.webhooks4j.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A line of {@code urls.tsv}: a URL, what its name resolves to, and what must become of it where http is allowed. */
record UrlLine(String verdict, String kind, String url, String dns) {
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})|\\\\([rnt\\\\])|\\{x([0-9]+):(.)\\}");

    static Stream<UrlLine> all() {
        try (InputStream file = UrlLine.class.getResourceAsStream("urls.tsv")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> line.split("\t", -1))
                    .map(columns -> new UrlLine(columns[0], columns[1], unescape(columns[2]), columns[3]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean mayBeRegistered() {
        return !verdict.equals("reject-at-registration");
    }

    boolean isLookedUp() {
        return !dns.equals("-");
    }

    /** One answer set for each successive lookup. */
    List<List<InetAddress>> lookups() {
        return Arrays.stream(dns.split(";"))
                .map(answers ->
                        Arrays.stream(answers.split(",")).map(UrlLine::literal).toList())
                .toList();
    }

    private static InetAddress literal(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static String unescape(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        unescaped(match.group(1), match.group(2), match.group(3), match.group(4))));
    }

    private static String unescaped(String hex, String letter, String count, String repeated) {
        if (hex != null) {
            return String.valueOf((char) Integer.parseInt(hex, 16));
        }
        if (count != null) {
            return repeated.repeat(Integer.parseInt(count));
        }
        return switch (letter) {
            case "r" -> "\r";
            case "n" -> "\n";
            case "t" -> "\t";
            default -> letter;
        };
    }
}
