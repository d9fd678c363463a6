package io.github.webhooks4j.signing;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The secret that a signer signs with, and those before it: receivers may still hold them, and an application that registers
 * with one of them knows nothing of the rotation.
 *
 * @param current the secret of today, which has no end
 * @param old what was current before, newest first, at most {@value #MAX_OLD}; those that have ended sign nothing
 */
record Keys(Secret current, List<Old> old) {
    static final int MAX_OLD = 10;
    private static final Duration MAX_GRACE = Duration.ofDays(7);
    /** The end of what must not sign any more; not the moment of the rotation, since the clocks of nodes may differ. */
    private static final Instant AT_ONCE = Instant.EPOCH;

    /**
     * A secret that is on its way out, or has ended.
     *
     * @param until the first moment at which it does not sign any more
     */
    record Old(Secret secret, Instant until) {
        Old {
            Objects.requireNonNull(secret, "secret");
            Objects.requireNonNull(until, "until");
        }

        boolean signs(Instant now) {
            return now.isBefore(until);
        }
    }

    Keys {
        Objects.requireNonNull(current, "secret");
        old = List.copyOf(old);
        if (old.size() > MAX_OLD) {
            throw new IllegalArgumentException("has " + old.size() + " old secrets; at most " + MAX_OLD + " are kept");
        }
    }

    static Keys of(Secret current) {
        return new Keys(current, List.of());
    }

    /** What signs at this moment: the current secret first, then every old one that has not ended. */
    List<Secret> at(Instant now) {
        return Stream.concat(
                        Stream.of(current),
                        old.stream().filter(key -> key.signs(now)).map(Old::secret))
                .toList();
    }

    /** The current secret, and every one that was, whether it signs or has ended. */
    List<Secret> all() {
        return Stream.concat(Stream.of(current), old.stream().map(Old::secret)).toList();
    }

    /**
     * These keys with a new current secret. Without grace no old one signs any more, not even those from before. If there are
     * too many, the last but one of those that have ended is forgotten: the last is what the application itself has set.
     */
    Keys rotated(Secret next, Instant now, Duration grace) {
        if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException("grace is " + grace + "; it must be zero to " + MAX_GRACE.toDays()
                    + " days, zero if the old secret is known to others");
        }
        if (all().contains(next)) {
            throw new IllegalArgumentException("the new secret has been in use before; make one with Secret.random()");
        }
        List<Old> kept = new ArrayList<>();
        kept.add(new Old(current, grace.isZero() ? AT_ONCE : now.plus(grace)));
        old.forEach(key -> kept.add(grace.isZero() ? new Old(key.secret(), AT_ONCE) : key));
        if (kept.size() > MAX_OLD) {
            kept.remove(forgettable(kept, now));
        }
        return new Keys(next, kept);
    }

    private static Old forgettable(List<Old> keys, Instant now) {
        List<Old> ended = keys.stream().filter(key -> !key.signs(now)).toList();
        if (ended.isEmpty()) {
            throw new IllegalArgumentException(MAX_OLD
                    + " old secrets have not ended yet, and no more are kept: wait for one to end, or rotate with"
                    + " grace zero, which ends them all");
        }
        return ended.get(Math.max(0, ended.size() - 2));
    }

    void store(Map<String, String> settings, Map<String, Secret> secrets) {
        secrets.put("secret", current);
        for (int i = 0; i < old.size(); i++) {
            secrets.put(name(i), old.get(i).secret());
            settings.put(name(i) + ".until", old.get(i).until().toString());
        }
    }

    static Keys restore(StoredSigner stored) {
        List<Old> old = new ArrayList<>();
        for (int i = 0; i < MAX_OLD && stored.secrets().containsKey(name(i)); i++) {
            try {
                old.add(new Old(stored.secret(name(i)), Instant.parse(stored.setting(name(i) + ".until"))));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("the stored signer " + stored.kind() + " has a " + name(i)
                        + ".until that is not a time in ISO 8601");
            }
        }
        return new Keys(stored.secret("secret"), old);
    }

    private static String name(int index) {
        return "old." + (index + 1);
    }
}
