package io.github.webhooks4j.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A plain JSON object that is read member by member: what nobody asked for in the end is of a newer version. */
final class Form {
    private static final String SECRETS = "secrets";
    private static final Codec<List<String>> NAMES = Codec.list(Codec.text());

    private final Map<String, Object> members = new LinkedHashMap<>();

    private Form() {}

    static Form of(Object plain) {
        if (!(plain instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("must be an object");
        }
        Form form = new Form();
        map.forEach((name, value) -> {
            if (value != null) {
                form.members.put(String.valueOf(name), value);
            }
        });
        return form;
    }

    /** A member without secrets. */
    <T> Optional<T> take(String name, Codec<T> codec) {
        Object plain = members.remove(name);
        if (plain == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(codec.read(plain, Secrets.none()).value());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its " + name + " " + e.getMessage(), e);
        }
    }

    <T> T need(String name, Codec<T> codec) {
        return take(name, codec).orElseThrow(() -> new IllegalArgumentException("lacks its " + name));
    }

    /** The names of the secrets that are kept apart. */
    Set<String> secrets() {
        return Set.copyOf(take(SECRETS, NAMES).orElse(List.of()));
    }

    /** Whether the one secret that there may be is kept apart. */
    boolean hasSecret(String name) {
        Set<String> names = secrets();
        if (!Set.of(name).containsAll(names)) {
            throw new IllegalArgumentException("has secrets that are unknown");
        }
        return !names.isEmpty();
    }

    /** All that there is has been read. */
    void end() {
        if (!members.isEmpty()) {
            throw new IllegalArgumentException("has members that are unknown: " + new TreeSet<>(members.keySet()));
        }
    }

    static void putSecrets(Map<String, Object> form, Set<String> names) {
        if (!names.isEmpty()) {
            form.put(SECRETS, List.copyOf(new TreeSet<>(names)));
        }
    }
}
