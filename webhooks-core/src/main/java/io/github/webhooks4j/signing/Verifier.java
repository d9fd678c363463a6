package io.github.webhooks4j.signing;

import io.github.webhooks4j.signing.VerificationException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks a received message: the receiver's side of {@link Signer#standardWebhooks}. It works with any HTTP framework, and needs
 * only the raw bytes of the body and a way to look up a header.
 *
 * <p>Safe for use by any thread.
 */
public final class Verifier {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final int MAX_SIGNATURES = 20;
    private static final int MAX_HEADER_LENGTH = 8192;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

    private final VerificationKeys keys;
    private final InstantSource clock;
    private final @Nullable ReplayGuard guard;

    private Verifier(VerificationKeys keys, InstantSource clock, @Nullable ReplayGuard guard) {
        this.keys = keys;
        this.clock = clock;
        this.guard = guard;
    }

    /**
     * A verifier of Standard Webhooks signatures. It accepts a message that is signed with any of these keys: the current one and,
     * during a rotation, the previous ones.
     *
     * <p>The keys decide the scheme, not the message: with secrets, only {@code v1} signatures count; with public keys, only {@code
     * v1a}. Both kinds together are refused, because anyone who knows the secret could bypass the public key. To move from one to
     * the other, make two verifiers, and drop the first when the sender has moved.
     *
     * @param keys either secrets, {@code whsec_} and base64 of 24 to 64 bytes, or public keys, {@code whpk_} and base64 of
     *     the 32 bytes of the key or of its SubjectPublicKeyInfo; at most 11
     * @throws IllegalArgumentException if there is no key, a key is malformed, or both kinds are given
     */
    public static Verifier standardWebhooks(Secret... keys) {
        return standardWebhooks(InstantSource.system(), keys);
    }

    static Verifier standardWebhooks(InstantSource clock, Secret... keys) {
        return new Verifier(VerificationKeys.of(keys), clock, null);
    }

    /**
     * This verifier with a memory: it refuses a message with the same id and timestamp as one that it accepted before. When the
     * sender repeats an attempt, the timestamp is new and the message is accepted, unless the repetition follows within the same
     * second. A sender whose connection broke may repeat at once a message that was accepted and never processed. So answer a
     * replay with 409 or 503, and not with success: the sender then tries again later.
     *
     * <p>It remembers up to 100,000 messages for ten minutes, in this object only, and not across processes or restarts. If a
     * message must not be processed twice, remember its {@link Message#id} as well.
     */
    public Verifier refusingReplays() {
        return new Verifier(keys, clock, new ReplayGuard(clock, TOLERANCE.multipliedBy(2)));
    }

    /**
     * The message, if its signature is right and its timestamp is within 300 seconds of now.
     *
     * @param body the raw bytes of the request body, before any parsing
     * @param header the value of the header with the given lower-case name, or null if the request has none
     * @return the message; remember its {@link Message#id} to recognise a duplicate
     * @throws VerificationException if the message must not be trusted; the reason says which check failed
     */
    public Message verify(byte[] body, UnaryOperator<@Nullable String> header) throws VerificationException {
        Objects.requireNonNull(body, "body");
        String id = required(header, "webhook-id");
        if (id.indexOf('.') >= 0) {
            // The signed text is id.timestamp.body: with a dot, an old message could be read as a fresh one.
            throw new VerificationException(Reason.MALFORMED_HEADER, "webhook-id contains a dot");
        }
        Instant timestamp = timestamp(required(header, "webhook-timestamp"));
        String signatures = required(header, StandardWebhooksSigner.HEADER);
        Message message = new Message(id, timestamp, body);
        checkSignatures(message, signatures);
        checkAge(timestamp);
        if (guard != null && !guard.isNew(message)) {
            throw new VerificationException(
                    Reason.REPLAYED, "a message with this webhook-id and webhook-timestamp was accepted before");
        }
        return message;
    }

    private void checkSignatures(Message message, String header) throws VerificationException {
        String[] candidates = header.split(" ", MAX_SIGNATURES + 1);
        if (candidates.length > MAX_SIGNATURES) {
            throw new VerificationException(
                    Reason.MALFORMED_HEADER, "webhook-signature has more than " + MAX_SIGNATURES + " signatures");
        }
        List<String> signatures = Arrays.stream(candidates)
                .filter(candidate -> candidate.startsWith(keys.scheme()))
                .map(candidate -> candidate.substring(keys.scheme().length()))
                .toList();
        String scheme = keys.scheme().replace(",", "");
        if (signatures.isEmpty()) {
            throw new VerificationException(
                    Reason.NO_MATCH, "there is no " + scheme + " signature in webhook-signature");
        }
        if (!keys.anyMatches(message, signatures)) {
            throw new VerificationException(
                    Reason.NO_MATCH, "no " + scheme + " signature in webhook-signature matches the message");
        }
    }

    private void checkAge(Instant timestamp) throws VerificationException {
        Duration age = Duration.between(timestamp, clock.instant());
        if (age.abs().compareTo(TOLERANCE) > 0) {
            throw new VerificationException(
                    age.isNegative() ? Reason.TOO_NEW : Reason.TOO_OLD,
                    "webhook-timestamp is " + age.abs().toSeconds() + " s "
                            + (age.isNegative() ? "ahead of" : "behind") + " this machine's clock; at most "
                            + TOLERANCE.toSeconds() + " s are tolerated");
        }
    }

    private static String required(UnaryOperator<@Nullable String> header, String name) throws VerificationException {
        String value = header.apply(name);
        if (value == null || value.isEmpty()) {
            throw new VerificationException(Reason.MISSING_HEADER, "the header " + name + " is missing");
        }
        if (value.length() > MAX_HEADER_LENGTH) {
            throw new VerificationException(
                    Reason.MALFORMED_HEADER, "the header " + name + " is longer than " + MAX_HEADER_LENGTH);
        }
        return value;
    }

    private static Instant timestamp(String seconds) throws VerificationException {
        if (!SECONDS.matcher(seconds).matches()) {
            throw new VerificationException(
                    Reason.MALFORMED_HEADER, "webhook-timestamp is not a whole number of seconds since 1970");
        }
        return Instant.ofEpochSecond(Long.parseLong(seconds));
    }
}
