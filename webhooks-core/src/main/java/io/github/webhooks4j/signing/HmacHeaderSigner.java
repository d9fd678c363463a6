package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

record HmacHeaderSigner(Hmac hash, String header, boolean inBase64, String prefix, boolean isTimestamped, Keys keys)
        implements HmacSigner, RotatingSigner {
    static final String KIND_256 = "hmac-sha256";
    static final String KIND_512 = "hmac-sha512";

    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Pattern PREFIX = Pattern.compile("[\\x21-\\x7E]{0,64}");
    /** A shorter one can be guessed. Old secrets, which a rotation is to end, may be as short as they are. */
    private static final int MIN_SECRET = 8;

    private static final int MAX_SECRET = 4000;

    HmacHeaderSigner {
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(header, "header");
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(keys, "keys");
    }

    static HmacHeaderSigner of(Hmac hash, Secret secret) {
        return new HmacHeaderSigner(hash, "X-Webhook-Signature", false, "", false, Keys.of(secret));
    }

    @Override
    public HmacSigner header(String name) {
        return new HmacHeaderSigner(hash, name, inBase64, prefix, isTimestamped, keys);
    }

    @Override
    public HmacSigner base64() {
        return new HmacHeaderSigner(hash, header, true, prefix, isTimestamped, keys);
    }

    @Override
    public HmacSigner prefix(String text) {
        return new HmacHeaderSigner(hash, header, inBase64, text, isTimestamped, keys);
    }

    @Override
    public HmacSigner timestamped() {
        return new HmacHeaderSigner(hash, header, inBase64, prefix, true, keys);
    }

    @Override
    public Map<String, String> headers(Message message) {
        if (!isTimestamped) {
            return Map.of(header, prefix + signature(keys.current(), "", message));
        }
        long seconds = message.timestamp().getEpochSecond();
        return Map.of(
                header,
                keys.at(message.timestamp()).stream()
                        .map(secret -> ",v1=" + signature(secret, seconds + ".", message))
                        .collect(Collectors.joining("", "t=" + seconds, "")));
    }

    private String signature(Secret secret, String before, Message message) {
        byte[] signature = hash.of(secret.reveal().getBytes(UTF_8), before.getBytes(UTF_8), message.body());
        return inBase64 ? StrictBase64.encode(signature) : HexFormat.of().formatHex(signature);
    }

    @Override
    public HmacHeaderSigner with(Keys others) {
        return new HmacHeaderSigner(hash, header, inBase64, prefix, isTimestamped, others);
    }

    @Override
    public HmacHeaderSigner rotated(Secret next, Instant now, Duration grace) {
        if (!grace.isZero() && !isTimestamped) {
            throw new IllegalArgumentException("the header " + header
                    + " has room for one signature, so the old and the new secret cannot overlap; rotate with grace zero,"
                    + " at the moment at which the receiver changes its secret");
        }
        return with(keys.rotated(next, now, grace));
    }

    @Override
    public Secret fresh() {
        return Secret.random();
    }

    @Override
    public boolean overlaps() {
        return isTimestamped;
    }

    @Override
    public StoredSigner stored() {
        Map<String, String> settings = new HashMap<>();
        settings.put("header", header);
        if (inBase64) {
            settings.put("encoding", "base64");
        }
        if (!prefix.isEmpty()) {
            settings.put("prefix", prefix);
        }
        if (isTimestamped) {
            settings.put("timestamped", "true");
        }
        Map<String, Secret> secrets = new HashMap<>();
        keys.store(settings, secrets);
        return new StoredSigner(hash == Hmac.SHA_256 ? KIND_256 : KIND_512, settings, secrets);
    }

    /** What {@link #stored} made; whatever else is in it, the caller finds out. */
    static HmacHeaderSigner restore(Hmac hash, StoredSigner stored) {
        Map<String, String> settings = stored.settings();
        return new HmacHeaderSigner(
                hash,
                stored.setting("header"),
                settings.containsKey("encoding"),
                settings.getOrDefault("prefix", ""),
                settings.containsKey("timestamped"),
                Keys.restore(stored));
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!HEADER_NAME.matcher(header).matches()) {
            problems.add("the name of the signature header must be 1 to 128 letters, digits or any of !#$%&'*+.^_`|~-");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            problems.add("the prefix of the signature must be at most 64 visible ASCII characters without a space");
        }
        if (isTimestamped && !prefix.isEmpty()) {
            problems.add("a timestamped signature takes no prefix; it begins with t=");
        }
        problems.addAll(secretProblems(keys.current().reveal()));
        return problems;
    }

    private static List<String> secretProblems(String text) {
        List<String> problems = new ArrayList<>();
        if (text.length() < MIN_SECRET || text.length() > MAX_SECRET) {
            problems.add("the HMAC secret must have " + MIN_SECRET + " to " + MAX_SECRET + " characters; it has "
                    + text.length() + "; Secret.random() makes one");
        }
        if (!text.equals(text.strip())) {
            problems.add(
                    "the HMAC secret has white space at an end, as a file or a form adds it; remove it on both sides");
        }
        if (!UTF_8.newEncoder().canEncode(text)) {
            problems.add("the HMAC secret has half of a surrogate pair, which UTF-8 cannot hold");
        }
        return problems;
    }

    @Override
    public Set<String> headerNames() {
        return Set.of(header);
    }
}
