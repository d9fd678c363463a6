package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No secret shows where it does not belong: not in logs, with everything logged that there is, not in exceptions, {@code
 * toString}, previews and what listeners are told, not in the tables and their file, and not on the wire in any but its own header.
 */
class CanaryTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void searchFindsEachEncoding(Canary canary) {
        byte[] bytes = ("ab" + canary.text() + "c").getBytes(UTF_8);

        assertThat(canary.in("x" + canary.text() + "y")).contains("raw");
        assertThat(canary.in(URLEncoder.encode(canary.text(), UTF_8))).contains("URL");
        assertThat(canary.in(HexFormat.of().withUpperCase().formatHex(bytes))).contains("hex");
        assertThat(canary.in(Base64.getEncoder().encodeToString(bytes))).contains("base64");
        assertThat(canary.in(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
                .contains("base64url");
        assertThat(canary.in("Kan+ri/NOTHING=Tjilpt~Tj")).isEmpty();
    }

    @Test
    void nothingShowsASecret() throws Exception {
        File output = folder.resolve("output").toFile();
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                        "-Dorg.slf4j.simpleLogger.log.io.github.webhooks4j=trace",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CanaryChild.class.getName(),
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(child.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            child.destroyForcibly();
        }

        String text = Files.readString(output.toPath());
        assertThat(child.exitValue()).as(text).isZero();
        assertThat(text)
                .contains(CanaryChild.DONE, "wire: ", "listener: ", "changed: ", "preview: ", "webhooks_attempts: ")
                .contains("DEBUG io.github.webhooks4j", "okhttp3.")
                .contains("|Authorization: ***|", "|X-Key: ***|", "webhooks_attempts: POST *** HTTP/1.1|");
        for (Canary canary : Canary.values()) {
            assertThat(text.lines()
                            .filter(line ->
                                    !mayShow(line, canary) && !canary.in(line).isEmpty()))
                    .as(canary.name())
                    .isEmpty();
        }
        String atRest = filesOfTheDatabase();
        for (Canary canary : Canary.values()) {
            assertThat(canary.in(atRest))
                    .as(canary.name())
                    .matches(shown -> shown.isEmpty() != Canary.OPEN_AT_REST.contains(canary));
        }
    }

    /** A template is a part of the settings, and not a secret; nor is an event, which receivers echo. */
    private static boolean mayShow(String line, Canary canary) {
        return (canary == Canary.TEMPLATE && line.startsWith("webhooks_documents: {"))
                || (Canary.OPEN_AT_REST.contains(canary) && line.startsWith("webhooks_attempts: "));
    }

    /** Their bytes, one character for each. */
    private String filesOfTheDatabase() throws IOException {
        StringBuilder bytes = new StringBuilder();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "store*")) {
            for (Path file : files) {
                bytes.append(Files.readString(file, ISO_8859_1));
            }
        }
        return bytes.toString();
    }
}
