package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.settings.Codec;
import io.github.webhooks4j.settings.Extensions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A setting of a webhook, which is a row of the {@link SettingTable}: its form in JSON, what can be wrong with it, and what becomes
 * of it when a webhook is changed. Immutable; the methods that set something return a copy.
 */
final class Setting<T> {
    private final String name;
    private final Codec<T> codec;
    private final Rule<T> rule;
    private final Merge<T> merge;
    private final Optional<T> fallback;

    private Setting(String name, Codec<T> codec, Rule<T> rule, Merge<T> merge, Optional<T> fallback) {
        this.name = name;
        this.codec = codec;
        this.rule = rule;
        this.merge = merge;
        this.fallback = fallback;
    }

    /**
     * A setting without a rule and a default. A change that does not set it keeps what is stored.
     *
     * @param name that of its method in {@link Webhook}, by which it is stored, and which its problems name
     */
    static <T> Setting<T> of(String name, Codec<T> codec) {
        return new Setting<>(name, codec, (value, allowed) -> List.of(), new Merge<>() {}, Optional.empty());
    }

    /** What can be wrong with a value. */
    interface Rule<T> {
        List<Problem> check(T value, Allowed allowed);
    }

    /**
     * What a client allows.
     *
     * @param policy where requests may go, and with which headers
     * @param extensions what webhooks may refer to by name
     * @param requestTimeout the longest time for one exchange
     */
    record Allowed(EgressPolicy policy, Extensions extensions, Duration requestTimeout) {}

    /** What becomes of the stored value when a webhook is changed; unless it says otherwise, a value that is not set is kept. */
    interface Merge<T> {
        /** Whether the change decides what the setting is; otherwise what is stored does. */
        default boolean isDecidedBy(Choices change, Setting<T> setting) {
            return change.has(setting);
        }

        /** What is to be stored of a value that the change sets, over the stored one if there is any. */
        default T set(T value, Optional<T> stored) {
            return value;
        }

        /** What is kept of a stored value that the change does not decide; empty if nothing is. */
        default Optional<T> kept(T stored, Choices change) {
            return Optional.of(stored);
        }
    }

    Setting<T> checked(Rule<T> rule) {
        return new Setting<>(name, codec, rule, merge, fallback);
    }

    Setting<T> merged(Merge<T> merge) {
        return new Setting<>(name, codec, rule, merge, fallback);
    }

    /** Each change says what it is: what is not set is not there any more. */
    Setting<T> stated() {
        return merged(new Merge<>() {
            @Override
            public Optional<T> kept(T stored, Choices change) {
                return Optional.empty();
            }
        });
    }

    /** All of the group are kept if none of them is set; otherwise those that are set are all that there are. */
    Setting<T> keptTogetherWith(List<Setting<?>> group) {
        return merged(new Merge<>() {
            @Override
            public boolean isDecidedBy(Choices change, Setting<T> setting) {
                return group.stream().anyMatch(change::has);
            }
        });
    }

    /** What it is as long as nothing is set. Not stored. */
    Setting<T> byDefault(T fallback) {
        return new Setting<>(name, codec, rule, merge, Optional.of(fallback));
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
        return fallback;
    }

    List<Problem> check(T value, Allowed allowed) {
        return rule.check(value, allowed);
    }

    @Override
    public String toString() {
        return name;
    }
}
