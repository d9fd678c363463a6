package io.github.webhooks4j.settings;

import io.github.webhooks4j.signing.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The secrets of what is otherwise in the open, by name: those that were taken apart, or those that a store gave. */
public final class Secrets {
    private final Map<String, String> texts;
    private final String prefix;

    private Secrets(Map<String, String> texts, String prefix) {
        this.texts = texts;
        this.prefix = prefix;
    }

    /** None yet. */
    public static Secrets none() {
        return of(Map.of());
    }

    /** These, as a store keeps them. */
    public static Secrets of(Map<String, String> texts) {
        return new Secrets(new HashMap<>(texts), "");
    }

    /** Those of a part: the names of all that are added or looked for there begin with this one and a dot. */
    public Secrets within(String part) {
        return new Secrets(texts, prefix + part + ".");
    }

    void put(String name, Secret secret) {
        texts.put(prefix + name, secret.reveal());
    }

    Optional<Secret> find(String name) {
        return Optional.ofNullable(texts.get(prefix + name)).map(Secret::of);
    }

    /** All of them, as a store keeps them. */
    public Map<String, String> texts() {
        return Map.copyOf(texts);
    }

    /** Shows none. */
    @Override
    public String toString() {
        return "Secrets[" + texts.size() + "]";
    }
}
