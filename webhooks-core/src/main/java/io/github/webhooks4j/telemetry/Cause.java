package io.github.webhooks4j.telemetry;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Failure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Why attempts failed, as far as it is counted: a small number for each {@link Failure} and each class of statuses. A closed set,
 * whatever a receiver answers, and no object for each attempt.
 */
final class Cause {
    /** Nothing failed. */
    static final int NONE = 0;

    private static final int CLASSES = 5;
    private static final int CLASS_SIZE = 100;
    private static final Map<Failure, Integer> FAILURES = new EnumMap<>(Failure.class);
    private static final List<String> NAMES = names();
    private static final int OTHER = NAMES.size() - 1;
    private static final int FIRST_CLASS = OTHER - CLASSES;

    private Cause() {}

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        names.add("");
        for (Failure failure : Failure.values()) {
            FAILURES.put(failure, names.size());
            names.add(failure.name());
        }
        for (int i = 1; i <= CLASSES; i++) {
            names.add(i + "xx");
        }
        names.add("other status");
        return List.copyOf(names);
    }

    /** How many there are. */
    static int count() {
        return NAMES.size();
    }

    /** How a cause is called: {@code TIMEOUT}, {@code 5xx}; empty for {@link #NONE}. */
    static String name(int cause) {
        return NAMES.get(cause);
    }

    static int of(Failure failure) {
        return Objects.requireNonNull(FAILURES.get(failure));
    }

    /** Why an attempt failed that did. */
    static int of(Attempt attempt) {
        if (attempt.failure().isPresent()) {
            return of(attempt.failure().get());
        }
        int statuses = attempt.status().orElse(0) / CLASS_SIZE;
        return statuses >= 1 && statuses <= CLASSES ? FIRST_CLASS + statuses - 1 : OTHER;
    }
}
