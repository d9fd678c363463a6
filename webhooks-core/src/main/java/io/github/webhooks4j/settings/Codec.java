package io.github.webhooks4j.settings;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Turns values of one type into plain JSON values and back: text, numbers, booleans, lists and maps. Secrets are never among them;
 * they are kept apart, by name.
 */
public interface Codec<T> {
    /** The plain value; secrets are added to {@code secrets}. Of a kind that {@link #read} understands. */
    Object write(T value, Secrets secrets);

    /**
     * The value again.
     *
     * @param plain as it was written, or as a newer version would write it
     * @throws IllegalArgumentException if it has a form that this version does not know; the text says what is wrong
     */
    Reading<T> read(Object plain, Secrets secrets);

    /**
     * What was read.
     *
     * @param complete whether it is all there; otherwise a secret is missing, or a newer version wrote a part of it
     */
    record Reading<T>(T value, boolean complete) {
        /** Shows no value, which may be a URL. */
        @Override
        public String toString() {
            return "Reading[complete=" + complete + "]";
        }
    }

    /** Values of another type, made from these and turned into these. */
    default <U> Codec<U> as(Function<T, U> made, Function<U, T> back) {
        Codec<T> codec = this;
        return new Codec<>() {
            @Override
            public Object write(U value, Secrets secrets) {
                return codec.write(back.apply(value), secrets);
            }

            @Override
            public Reading<U> read(Object plain, Secrets secrets) {
                Reading<T> reading = codec.read(plain, secrets);
                return new Reading<>(made.apply(reading.value()), reading.complete());
            }
        };
    }

    // ---- plain values

    /** Any text. */
    static Codec<String> text() {
        return PlainCodec.TEXT;
    }

    /** A whole number. */
    static Codec<Integer> number() {
        return PlainCodec.NUMBER;
    }

    /** True or false. */
    static Codec<Boolean> flag() {
        return PlainCodec.FLAG;
    }

    /** A part of a whole, such as 0.2. */
    static Codec<Double> fraction() {
        return PlainCodec.FRACTION;
    }

    /** A time in whole milliseconds. */
    static Codec<Duration> millis() {
        return PlainCodec.MILLIS;
    }

    /** Text by name. Written in the order of the names. */
    static Codec<Map<String, String>> textByName() {
        return PlainCodec.TEXT_BY_NAME;
    }

    /** A list; the secrets of its elements have names that begin with their number, from 0. */
    static <E> Codec<List<E>> list(Codec<E> elements) {
        return new ListCodec<>(elements);
    }

    // ---- what webhooks have

    /** A URL, whose path and query are a secret. Read from text, too. */
    static Codec<String> url() {
        return new UrlCodec();
    }

    /** A signer that can be stored. One that cannot be read is an {@link UnreadableSigner}. */
    static Codec<Signer> signer() {
        return new SignerCodec();
    }

    /** Headers whose values are secret. */
    static Codec<SecretHeaders> secretHeaders() {
        return new SecretHeadersCodec();
    }

    /** A payload format that can be stored. */
    static Codec<PayloadFormat> payloadFormat() {
        return new PayloadFormatCodec();
    }

    /** How connections are secured. */
    static Codec<TlsSettings> tls() {
        return new TlsCodec();
    }

    /** A retry policy that can be stored. */
    static Codec<RetryPolicy> retryPolicy() {
        return new RetryPolicyCodec();
    }

    /** A rate limit within its bounds. */
    static Codec<RateLimit> rateLimit() {
        return new RateLimitCodec();
    }
}
