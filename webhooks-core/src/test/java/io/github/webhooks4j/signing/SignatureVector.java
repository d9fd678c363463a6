package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/** An entry of {@code signatures.json}: a message and the signature that other implementations make of it. */
record SignatureVector(
        String name,
        String scheme,
        String secret,
        String privateKey,
        String publicKey,
        String id,
        long timestamp,
        String body,
        String signature) {
    static Stream<SignatureVector> symmetric() {
        return all().filter(vector -> vector.scheme.equals("v1"));
    }

    static Stream<SignatureVector> asymmetric() {
        return all().filter(vector -> vector.scheme.equals("v1a"));
    }

    private static Stream<SignatureVector> all() {
        try (InputStream file = SignatureVector.class.getResourceAsStream("signatures.json")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
            return Arrays.stream(Json.read(text, SignatureVector[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Message message() {
        return new Message(id, Instant.ofEpochSecond(timestamp), body.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return name;
    }
}
