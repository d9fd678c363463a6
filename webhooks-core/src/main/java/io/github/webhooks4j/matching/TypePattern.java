package io.github.webhooks4j.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which event types a subscription means: an exact name, {@code user.*} for all that begin so, {@code *} for all. */
public final class TypePattern {
    private static final String NAME = "[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*";
    private static final Pattern TYPE = Pattern.compile(NAME);
    private static final Pattern PATTERN = Pattern.compile(NAME + "(\\.\\*)?|\\*");
    private static final int MAX_LENGTH = 128;

    private TypePattern() {}

    public static boolean isType(String type) {
        return type.length() <= MAX_LENGTH && TYPE.matcher(type).matches();
    }

    public static boolean isPattern(String pattern) {
        return pattern.length() <= MAX_LENGTH && PATTERN.matcher(pattern).matches();
    }

    /** All patterns that mean this type. */
    public static List<String> matching(String type) {
        List<String> patterns = new ArrayList<>(List.of(type, "*"));
        for (int dot = type.indexOf('.'); dot >= 0; dot = type.indexOf('.', dot + 1)) {
            patterns.add(type.substring(0, dot) + ".*");
        }
        return patterns;
    }

    public static boolean matches(String pattern, String type) {
        if (pattern.endsWith("*")) {
            return type.startsWith(pattern.substring(0, pattern.length() - 1));
        }
        return pattern.equals(type);
    }
}
