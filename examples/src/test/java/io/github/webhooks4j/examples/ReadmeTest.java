package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first screen of the README: what it says can be done, as somebody would who has just found it. */
class ReadmeTest {
    private static final Path README = Path.of("../README.md");
    private static final String JAVA = "```java\n";

    @Test
    void firstProgramCompilesAsItStandsPrintsADeliveryAndEnds(@TempDir Path directory)
            throws IOException, InterruptedException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(JAVA) + JAVA.length();
        String program = readme.substring(begin, readme.indexOf("```\n", begin));

        String output = CompiledCode.of("Hello", program, directory).run("Hello");

        assertThat(output.lines().filter(line -> line.startsWith("received {\"id\":\"evt_")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("\"type\":\"invoice.paid\"", "in_42", "1999"));
    }

    @Test
    void firstScreenSaysWhatItIsWhichDatabasesAndHowToInstallIt() throws IOException {
        String readme = Files.readString(README);
        String first = readme.substring(0, readme.indexOf("## Contents"));

        assertThat(first)
                .contains("PostgreSQL", "H2", "Java 17")
                .contains("<artifactId>webhooks-okhttp</artifactId>", "<artifactId>webhooks-jdbc-store</artifactId>")
                .contains("implementation(\"io.github.webhooks4j:webhooks-okhttp:")
                .contains("implementation(\"io.github.webhooks4j:webhooks-jdbc-store:");
    }

    @Test
    void tableOfContentsHasEverySection() throws IOException {
        String readme = Files.readString(README);
        List<String> sections = Pattern.compile("(?m)^## (.*)$")
                .matcher(readme)
                .results()
                .map(heading -> heading.group(1))
                .filter(heading -> !heading.equals("Contents"))
                .map(heading -> "[" + heading + "](#"
                        + heading.toLowerCase(Locale.ROOT)
                                .replaceAll("[^a-z0-9 ]", "")
                                .replace(' ', '-') + ")")
                .toList();
        List<String> links = Pattern.compile("\\[[^]\\n]+]\\(#[^)]+\\)")
                .matcher(readme)
                .results()
                .map(MatchResult::group)
                .toList();

        assertThat(links).containsExactlyElementsOf(sections);
    }
}
