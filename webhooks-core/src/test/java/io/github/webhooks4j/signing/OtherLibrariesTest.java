package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What we sign, verified by the libraries that receivers use; they look at the real clock. */
class OtherLibrariesTest {
    /** A receiver's library: whether it takes the message. */
    private interface Library {
        boolean accepts(Secret secret, Map<String, String> headers, byte[] body);
    }

    private static final Secret SECRET = Secret.random();
    /** Signs with an Ed25519 key and two secrets, the one of the receiver last. */
    private static Signer signer(Instant now) {
        Signer signer = Signer.standardWebhooks(SECRET);
        signer = StoredSigner.rotated(signer, Secret.randomEd25519(), now, Duration.ofHours(24));
        return StoredSigner.rotated(signer, Secret.random(), now, Duration.ofHours(24));
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                argumentSet("ASCII", "{\"a\":1}"),
                argumentSet("beyond ASCII", "{\"name\":\"J\u00f6rg \ud83d\ude00 \u4e2d\"}"),
                argumentSet("CRLF", "{\r\n\"a\": 1\r\n}\r\n"),
                argumentSet("empty", ""),
                argumentSet("form", "a=1&b=%26"),
                argumentSet("1 MB", "{\"a\":\"" + "x".repeat(1_000_000) + "\"}"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void standardWebhooksForJavaAcceptsOursAndNothingElse(String body) {
        assertAcceptsOursOnly(OtherLibrariesTest::standardWebhooks, body);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void svixForJavaAcceptsOursAndNothingElse(String body) {
        assertAcceptsOursOnly(OtherLibrariesTest::svix, body);
    }

    private static void assertAcceptsOursOnly(Library library, String text) {
        byte[] body = text.getBytes(UTF_8);
        Map<String, String> headers = headers("evt_1", body);
        assertThat(library.accepts(SECRET, headers, body)).isTrue();

        assertThat(library.accepts(SECRET, headers, (text + " ").getBytes(UTF_8)))
                .isFalse();
        assertThat(library.accepts(SECRET, with(headers, "webhook-id", "evt_2"), body))
                .isFalse();
        assertThat(library.accepts(SECRET, with(headers, "webhook-timestamp", later(headers)), body))
                .isFalse();
        assertThat(library.accepts(Secret.random(), headers, body)).isFalse();
    }

    /**
     * The npm package {@code standardwebhooks}, where Node and the package are: the environment variable {@code
     * STANDARDWEBHOOKS_NODE_DIR} names the folder that it was installed in.
     */
    @Test
    void standardWebhooksForNodeAcceptsOursAndNothingElse(@TempDir Path folder)
            throws IOException, InterruptedException, InvalidJsonException {
        String installed = System.getenv("STANDARDWEBHOOKS_NODE_DIR");
        Assumptions.assumeTrue(
                installed != null, "set STANDARDWEBHOOKS_NODE_DIR to a folder with npm's standardwebhooks");
        List<String> lines = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Arguments arguments : bodies().toList()) {
            String text = (String) arguments.get()[0];
            byte[] body = text.getBytes(UTF_8);
            Map<String, String> headers = headers("evt_1", body);
            lines.add(line(SECRET, headers, body));
            lines.add(line(SECRET, headers, (text + " ").getBytes(UTF_8)));
            lines.add(line(SECRET, with(headers, "webhook-id", "evt_2"), body));
            lines.add(line(SECRET, with(headers, "webhook-timestamp", later(headers)), body));
            lines.add(line(Secret.random(), headers, body));
            expected.addAll(List.of("ok", "refused", "refused", "refused", "refused"));
        }

        assertThat(node(Path.of(installed), folder, lines)).isEqualTo(expected);
    }

    private static List<String> node(Path installed, Path folder, List<String> lines)
            throws IOException, InterruptedException {
        Path input = Files.write(folder.resolve("input"), lines);
        Path output = folder.resolve("output");
        Process node = new ProcessBuilder("node", "src/test/node/verify.mjs", installed.toString())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(node.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            node.destroyForcibly();
        }
        return Files.readAllLines(output);
    }

    private static String line(Secret secret, Map<String, String> headers, byte[] body) throws InvalidJsonException {
        return new String(
                Json.write(Map.of(
                        "secret",
                        secret.reveal(),
                        "headers",
                        headers,
                        "body",
                        Base64.getEncoder().encodeToString(body))),
                UTF_8);
    }

    private static boolean standardWebhooks(Secret secret, Map<String, String> headers, byte[] body) {
        try {
            new com.standardwebhooks.Webhook(secret.reveal()).verify(new String(body, UTF_8), lists(headers));
            return true;
        } catch (com.standardwebhooks.exceptions.WebhookVerificationException e) {
            return false;
        } catch (com.standardwebhooks.exceptions.EmptyWebhookSecretException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean svix(Secret secret, Map<String, String> headers, byte[] body) {
        try {
            new com.svix.Webhook(secret.reveal()).verify(new String(body, UTF_8), lists(headers));
            return true;
        } catch (com.svix.exceptions.WebhookVerificationException e) {
            return false;
        } catch (com.svix.exceptions.EmptyWebhookSecretException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, List<String>> lists(Map<String, String> headers) {
        return headers.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> Collections.singletonList(entry.getValue())));
    }

    private static Map<String, String> headers(String id, byte[] body) {
        Instant now = Instant.now();
        Map<String, String> headers = new HashMap<>(signer(now).headers(new Message(id, now, body)));
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
        return headers;
    }

    private static String later(Map<String, String> headers) {
        return Long.toString(Long.parseLong(headers.getOrDefault("webhook-timestamp", "0")) + 1);
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> changed = new HashMap<>(headers);
        changed.put(name, value);
        return changed;
    }
}
