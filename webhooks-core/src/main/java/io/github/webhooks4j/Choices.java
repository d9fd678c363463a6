package io.github.webhooks4j;

import io.github.webhooks4j.settings.Codec;
import io.github.webhooks4j.settings.Secrets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a webhook, or a change of one, says of its {@linkplain SettingTable settings}: values, which of them are kept from the
 * stored webhook, and which settings cannot be read here. Immutable.
 */
final class Choices {
    static final Choices NONE = new Choices(Map.of(), Set.of(), Set.of(), Set.of());

    private final Map<Setting<?>, Object> values;
    private final Set<Setting<?>> leftOut; // chosen to have no value
    private final Set<Setting<?>> kept;
    private final Set<String> unreadable; // by name: a newer version may have others

    private Choices(
            Map<Setting<?>, Object> values, Set<Setting<?>> leftOut, Set<Setting<?>> kept, Set<String> unreadable) {
        this.values = Map.copyOf(values);
        this.leftOut = Set.copyOf(leftOut);
        this.kept = Set.copyOf(kept);
        this.unreadable = Set.copyOf(unreadable);
    }

    // ---- what there is

    /** Whether anything is said of the setting. */
    boolean has(Setting<?> setting) {
        return values.containsKey(setting) || leftOut.contains(setting);
    }

    /** The value that was chosen; empty if none was. */
    @SuppressWarnings("unchecked")
    <T> Optional<T> find(Setting<T> setting) {
        return Optional.ofNullable((T) values.get(setting));
    }

    /** The value of a setting that has a default. Each request asks for some of them: nothing is allocated. */
    @SuppressWarnings("unchecked")
    <T> T get(Setting<T> setting) {
        Object chosen = values.get(setting);
        if (chosen != null) {
            return (T) chosen;
        }
        Optional<T> byDefault = setting.byDefault();
        if (byDefault.isEmpty()) {
            throw new IllegalStateException(setting + " has no default");
        }
        return byDefault.get();
    }

    private <T> Optional<T> effective(Setting<T> setting) {
        return find(setting).or(setting::byDefault);
    }

    /** Whether the value is that of the stored webhook, and was not set again. */
    boolean isKept(Setting<?> setting) {
        return kept.contains(setting);
    }

    /** The names of what cannot be read here. */
    Set<String> unreadable() {
        return unreadable;
    }

    /** What is wrong with the values by themselves. */
    List<Problem> problems(Setting.Allowed allowed) {
        List<Problem> problems = new ArrayList<>();
        SettingTable.ALL.stream()
                .filter(setting -> !unreadable.contains(setting.name()))
                .forEach(setting -> problems.addAll(problems(setting, allowed)));
        return problems;
    }

    private <T> List<Problem> problems(Setting<T> setting, Setting.Allowed allowed) {
        return effective(setting).map(value -> setting.check(value, allowed)).orElse(List.of());
    }

    // ---- changes

    /** With this value, which is new and can be read. */
    <T> Choices with(Setting<T> setting, T value) {
        return new Choices(
                plus(values, setting, value),
                without(leftOut, setting),
                without(kept, setting),
                without(unreadable, setting.name()));
    }

    /** With a value that takes the place of the one before and is as new, and as readable, as that. */
    <T> Choices replacing(Setting<T> setting, T value) {
        return new Choices(plus(values, setting, value), leftOut, kept, unreadable);
    }

    /** With no value for these, which is a choice as well. */
    Choices leavingOut(Collection<Setting<?>> settings) {
        Map<Setting<?>, Object> others = new HashMap<>(values);
        Set<Setting<?>> othersKept = new HashSet<>(kept);
        Set<Setting<?>> without = new HashSet<>(leftOut);
        Set<String> othersUnreadable = new HashSet<>(unreadable);
        for (Setting<?> setting : settings) {
            others.remove(setting);
            othersKept.remove(setting);
            without.add(setting);
            othersUnreadable.remove(setting.name());
        }
        return new Choices(others, without, othersKept, othersUnreadable);
    }

    /** With the mark that a setting can, or cannot, be read here. */
    Choices marked(String name, boolean isReadable) {
        Set<String> marked = new HashSet<>(unreadable);
        if (isReadable) {
            marked.remove(name);
        } else {
            marked.add(name);
        }
        return new Choices(values, leftOut, kept, marked);
    }

    /** With all values marked as those of the stored webhook. */
    Choices allKept() {
        return new Choices(values, leftOut, values.keySet(), unreadable);
    }

    private static Map<Setting<?>, Object> plus(Map<Setting<?>, Object> values, Setting<?> setting, Object value) {
        Map<Setting<?>, Object> more = new HashMap<>(values);
        more.put(setting, value);
        return more;
    }

    private static <E> Set<E> without(Set<E> elements, E element) {
        return elements.stream().filter(each -> !each.equals(element)).collect(Collectors.toUnmodifiableSet());
    }

    // ---- over what is stored

    /** These, with what they do not decide taken from what is stored. */
    Choices over(Choices stored) {
        Map<Setting<?>, Object> merged = new HashMap<>();
        Set<Setting<?>> mergedKept = new HashSet<>();
        for (Setting<?> setting : SettingTable.ALL) {
            merged(setting, stored).ifPresent(value -> {
                merged.put(setting, value);
                if (!isDecided(setting) || isKept(setting)) {
                    mergedKept.add(setting);
                }
            });
        }
        Set<String> mergedUnreadable = new HashSet<>(unreadable);
        stored.unreadable.stream()
                .filter(name -> SettingTable.find(name).filter(this::isDecided).isEmpty())
                .forEach(mergedUnreadable::add);
        return new Choices(merged, leftOut, mergedKept, mergedUnreadable);
    }

    private <T> boolean isDecided(Setting<T> setting) {
        return setting.merge().isDecidedBy(this, setting);
    }

    private <T> Optional<T> merged(Setting<T> setting, Choices stored) {
        Optional<T> before = stored.find(setting);
        return isDecided(setting)
                ? find(setting).map(value -> setting.merge().set(value, before))
                : before.flatMap(value -> setting.merge().kept(value, this));
    }

    // ---- as JSON

    /** The values by the names of their settings, as a plain JSON object; what is secret is added to the secrets. */
    Map<String, Object> write(Secrets secrets) {
        Map<String, Object> members = new LinkedHashMap<>();
        SettingTable.ALL.forEach(setting -> write(setting, members, secrets));
        return members;
    }

    private <T> void write(Setting<T> setting, Map<String, Object> members, Secrets secrets) {
        find(setting)
                .ifPresent(value ->
                        members.put(setting.name(), setting.codec().write(value, secrets.within(setting.name()))));
    }

    /** What was written, by this version or by a newer one: what cannot be read here is marked. */
    static Choices read(Map<String, Object> members, Secrets secrets) {
        Map<Setting<?>, Object> values = new HashMap<>();
        Set<String> unreadable = new HashSet<>();
        members.forEach((name, plain) -> {
            Optional<Setting<?>> setting = SettingTable.find(name);
            Optional<? extends Codec.Reading<?>> reading =
                    setting.flatMap(found -> read(found, plain, secrets.within(name)));
            reading.ifPresent(read -> values.put(setting.get(), read.value()));
            if (reading.filter(Codec.Reading::complete).isEmpty()) {
                unreadable.add(name);
            }
        });
        return new Choices(values, Set.of(), Set.of(), unreadable);
    }

    private static <T> Optional<Codec.Reading<T>> read(Setting<T> setting, Object plain, Secrets secrets) {
        try {
            return Optional.of(setting.codec().read(plain, secrets));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // of a newer version
        }
    }
}
