package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Checks a received message: the receiver's side of {@link Signer#standardWebhooks}. Works with any HTTP framework, which
 * only has to hand over the raw bytes of the body and a way to look up a header.
 *
 * <p>Immutable and safe for use by any thread.
 */
public final class Verifier {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final int MAX_SIGNATURES = 20;
    private static final int MAX_HEADER_LENGTH = 8192;

    private final List<Secret> secrets;
    private final InstantSource clock;

    private Verifier(List<Secret> secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * A verifier of Standard Webhooks v1 signatures (HMAC-SHA256) that takes a message signed with any of these secrets:
     * the current one and, while a rotation is under way, the one before.
     *
     * @throws IllegalArgumentException if there is no secret, or one is not {@code whsec_} and base64 of 24 to 64 bytes
     */
    public static Verifier standardWebhooks(Secret... secrets) {
        return standardWebhooks(InstantSource.system(), secrets);
    }

    static Verifier standardWebhooks(InstantSource clock, Secret... secrets) {
        if (secrets.length == 0) {
            throw new IllegalArgumentException("secrets is empty; pass the secret that the sender signs with");
        }
        for (Secret secret : secrets) {
            StandardWebhooksKey.bytes(secret); // refuses a key it cannot use
        }
        return new Verifier(List.of(secrets), clock);
    }

    /**
     * The message, if its signature is right and its timestamp is at most 300 seconds from now.
     *
     * @param body the raw bytes of the request body, before any parsing
     * @param header the value of the header with the given lower-case name, or null if the request has none
     * @return the message; remember its {@link Message#id} to recognise a duplicate
     * @throws VerificationException if the message must not be trusted; the reason says what did not hold
     */
    public Message verify(byte[] body, UnaryOperator<@Nullable String> header) throws VerificationException {
        String id = required(header, "webhook-id");
        if (id.indexOf('.') >= 0) {
            // The signed text is id.timestamp.body: with a dot, an old message could be read as a fresh one.
            throw new VerificationException("webhook-id contains a dot");
        }
        Instant timestamp = timestamp(required(header, "webhook-timestamp"));
        String signatures = required(header, StandardWebhooksSigner.HEADER);
        Message message = new Message(id, timestamp, body);
        if (!anyMatches(message, signatures)) {
            throw new VerificationException("no v1 signature in webhook-signature matches the message");
        }
        Duration age = Duration.between(timestamp, clock.instant());
        if (age.abs().compareTo(TOLERANCE) > 0) {
            throw new VerificationException("webhook-timestamp is " + age.abs().toSeconds() + " s "
                    + (age.isNegative() ? "ahead of" : "behind") + " this machine's clock; at most "
                    + TOLERANCE.toSeconds() + " s are tolerated");
        }
        return message;
    }

    private boolean anyMatches(Message message, String header) throws VerificationException {
        String[] candidates = header.split(" ", MAX_SIGNATURES + 1);
        if (candidates.length > MAX_SIGNATURES) {
            throw new VerificationException("webhook-signature holds more than " + MAX_SIGNATURES + " signatures");
        }
        boolean matches = false;
        for (Secret secret : secrets) {
            byte[] expected = StandardWebhooksSigner.signature(secret, message);
            for (String candidate : candidates) {
                matches |= candidate.startsWith("v1,") && MessageDigest.isEqual(expected, decode(candidate));
            }
        }
        return matches;
    }

    private static byte[] decode(String candidate) {
        try {
            return Base64.getDecoder()
                    .decode(candidate.substring("v1,".length()).getBytes(US_ASCII));
        } catch (IllegalArgumentException e) {
            return new byte[0]; // matches nothing
        }
    }

    private static String required(UnaryOperator<@Nullable String> header, String name) throws VerificationException {
        String value = header.apply(name);
        if (value == null || value.isEmpty()) {
            throw new VerificationException("the header " + name + " is missing");
        }
        if (value.length() > MAX_HEADER_LENGTH) {
            throw new VerificationException("the header " + name + " is longer than " + MAX_HEADER_LENGTH);
        }
        return value;
    }

    private static Instant timestamp(String seconds) throws VerificationException {
        if (!seconds.matches("[0-9]{1,11}")) {
            throw new VerificationException("webhook-timestamp is not a whole number of seconds since 1970");
        }
        return Instant.ofEpochSecond(Long.parseLong(seconds));
    }
}
