package io.github.webhooks4j;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Makes the ids that the library gives. */
final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int WEBHOOK_BYTES = 15;

    private Ids() {}

    static String webhook() {
        byte[] bytes = new byte[WEBHOOK_BYTES];
        RANDOM.nextBytes(bytes);
        return "wh_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The public id of an event that has none of its own: its key. */
    static String event(UUID key) {
        return "evt_" + key.toString().replace("-", "");
    }

    /** A UUID of version 7: 48 bits of milliseconds, then 74 random bits (RFC 9562, section 5.7). */
    static UUID eventKey(Instant now) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = now.toEpochMilli() << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = 0x8000_0000_0000_0000L | random.nextLong() >>> 2;
        return new UUID(high, low);
    }
}
