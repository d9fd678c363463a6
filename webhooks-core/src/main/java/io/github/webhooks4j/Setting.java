package io.github.webhooks4j;

import io.github.webhooks4j.settings.Codec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a webhook, which is a row of the {@link SettingTable}: its form in JSON, what can be wrong with it, and what becomes
 * of it when a webhook is changed. Immutable; the methods that set something return a copy.
 */
final class Setting<T> {
    private final String name;
    private final Codec<T> codec;
    private final Rule<T> rule;
    private final Merge<T> merge;
    private final @Nullable T fallback;

    /** What can be wrong with a value. */
    interface Rule<T> {
        List<Problem> check(T value, Allowed allowed);
    }

    private Setting(String name, Codec<T> codec, Rule<T> rule, Merge<T> merge, @Nullable T fallback) {
        this.name = name;
        this.codec = codec;
        this.rule = rule;
        this.merge = merge;
        this.fallback = fallback;
    }

    /**
     * A setting without a rule and a default. An update that does not set it keeps what is stored.
     *
     * @param name that of its method in {@link Webhook}, by which it is stored, and which its problems name
     */
    static <T> Setting<T> of(String name, Codec<T> codec) {
        return new Setting<>(name, codec, (value, allowed) -> List.of(), Merge.keeping(), null);
    }

    Setting<T> checked(Rule<T> rule) {
        return new Setting<>(name, codec, rule, merge, fallback);
    }

    Setting<T> merged(Merge<T> merge) {
        return new Setting<>(name, codec, rule, merge, fallback);
    }

    /** What it is as long as nothing is set. Not stored. */
    Setting<T> byDefault(T fallback) {
        return new Setting<>(name, codec, rule, merge, fallback);
    }

    String name() {
        return name;
    }

    Codec<T> codec() {
        return codec;
    }

    Merge<T> merge() {
        return merge;
    }

    Optional<T> byDefault() {
        return Optional.ofNullable(fallback);
    }

    List<Problem> check(T value, Allowed allowed) {
        return rule.check(value, allowed);
    }

    @Override
    public String toString() {
        return name;
    }
}
