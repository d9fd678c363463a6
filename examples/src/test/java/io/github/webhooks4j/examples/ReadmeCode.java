package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Code that is marked in a source file, and the code of the README. */
final class ReadmeCode {
    private static final String BEGIN = "// README begins\n";
    private static final String END = "// README ends";

    private ReadmeCode() {}

    /** Fails unless the README shows each piece of code that is marked in this file. */
    static void shows(Path source) throws IOException {
        List<String> marked = between(Files.readString(source), BEGIN, END);
        List<String> shown = between(Files.readString(Path.of("../README.md")), "```java\n", "```\n");

        assertThat(marked).isNotEmpty();
        assertThat(shown).containsAll(marked);
    }

    private static List<String> between(String text, String begin, String end) {
        List<String> pieces = new ArrayList<>();
        for (int at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
            int from = at + begin.length();
            at = text.indexOf(end, from);
            pieces.add(text.substring(from, at).stripTrailing().stripIndent());
        }
        return pieces;
    }
}
