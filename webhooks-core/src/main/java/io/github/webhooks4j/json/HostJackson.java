package io.github.webhooks4j.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.CodeSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Jackson that the application brings: which versions it has is decided by the application's build, and not by ours. */
public final class HostJackson {
    private HostJackson() {}

    /**
     * Tries out what publishing and sending will need.
     *
     * @throws IllegalStateException if versions do not fit together; it names the jars that were found, and what is needed
     */
    public static void check() {
        try {
            tryOut();
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "this Jackson does not work (" + e + "): found " + jars()
                            + "; needed are jackson-databind, jackson-core and jackson-annotations of one version, 2.15 or newer."
                            + " Import com.fasterxml.jackson:jackson-bom of one version in your build, before any other BOM",
                    e);
        }
    }

    private static void tryOut() {
        try {
            byte[] json = Json.write(Map.of("at", Instant.EPOCH, "list", List.of("text", 1.5, true)));
            String text = Json.text(Json.tree(json));
            Json.indented(Json.tree(json));
            Json.checkStrictly(text);
            Json.readKnown(text, Map.class);
            Json.members(Json.writeOver(text, Map.of("more", 1)));
        } catch (InvalidJsonException e) {
            throw new IllegalStateException("Jackson does not read what it wrote", e);
        }
    }

    private static String jars() {
        return Stream.of(ObjectMapper.class, JsonFactory.class, JsonProperty.class)
                .map(HostJackson::jar)
                .collect(Collectors.joining(", "));
    }

    /** The name of a file such as {@code jackson-core-2.15.4.jar}; the folders before it are nobody's business. */
    private static String jar(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return type.getName() + " of an unknown jar";
        }
        String location = source.getLocation().toString().replaceAll("[!/]+$", "");
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
