package io.github.webhooks4j.settings;

import io.github.webhooks4j.signing.Secret;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Headers whose values are secret. Their names are the same without regard to case.
 *
 * @param values the values, by name
 * @param kept the names of those that are stored and were not set again
 */
public record SecretHeaders(Map<String, Secret> values, Set<String> kept) {
    /** No headers. */
    public static final SecretHeaders NONE = of(Map.of());

    /** Stands for a value that cannot be read here; no header can have it. */
    static final Secret UNREADABLE = Secret.of("\0");

    /** Copies both. */
    public SecretHeaders {
        Map<String, Secret> copied = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        copied.putAll(values);
        values = Collections.unmodifiableMap(copied);
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(kept);
        kept = Collections.unmodifiableSet(names);
    }

    /** These, of which none is kept. */
    public static SecretHeaders of(Map<String, Secret> values) {
        return new SecretHeaders(values, Set.of());
    }

    /** These, all of them kept. */
    public SecretHeaders allKept() {
        return new SecretHeaders(values, values.keySet());
    }

    /** These and another one, instead of the one of its name. */
    public SecretHeaders with(String name, Secret value) {
        SecretHeaders others = without(Set.of(name));
        Map<String, Secret> all = new TreeMap<>(others.values);
        all.put(name, value);
        return new SecretHeaders(all, others.kept);
    }

    /** These without those of the names. */
    public SecretHeaders without(Collection<String> names) {
        Map<String, Secret> others = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        others.putAll(values);
        Set<String> othersKept = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        othersKept.addAll(kept);
        names.forEach(name -> {
            others.remove(name);
            othersKept.remove(name);
        });
        return new SecretHeaders(others, othersKept);
    }

    /** Whether all values can be read here. */
    public boolean areReadable() {
        return !values.containsValue(UNREADABLE);
    }
}
