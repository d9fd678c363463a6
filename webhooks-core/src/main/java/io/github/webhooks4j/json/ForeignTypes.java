package io.github.webhooks4j.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Types that other JSON libraries understand and Jackson 2 does not: it would take their trees for beans, and overlook their
 * annotations. They are refused by name.
 */
final class ForeignTypes extends Module {
    private static final String JACKSON_3 = "tools.jackson.";
    private static final Set<String> TREES = Set.of(
            "tools.jackson.core.TreeNode",
            "org.codehaus.jackson.JsonNode",
            "com.google.gson.JsonElement",
            "org.json.JSONObject",
            "org.json.JSONArray",
            "jakarta.json.JsonValue",
            "javax.json.JsonValue",
            "org.codehaus.jettison.json.JSONObject",
            "org.codehaus.jettison.json.JSONArray",
            "io.vertx.core.json.JsonObject",
            "io.vertx.core.json.JsonArray",
            "kotlinx.serialization.json.JsonElement");

    @Override
    public String getModuleName() {
        return "webhooks4j-foreign-types";
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void setupModule(SetupContext context) {
        context.addSerializers(new Refusals());
    }

    private static final class Refusals extends Serializers.Base {
        @Override
        public @Nullable JsonSerializer<?> findSerializer(
                SerializationConfig config, JavaType type, BeanDescription bean) {
            return refusal(type.getRawClass());
        }

        @Override
        public @Nullable JsonSerializer<?> findMapSerializer(
                SerializationConfig config,
                MapType type,
                BeanDescription bean,
                JsonSerializer<Object> keys,
                TypeSerializer types,
                JsonSerializer<Object> values) {
            return refusal(type.getRawClass());
        }

        @Override
        public @Nullable JsonSerializer<?> findCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription bean,
                TypeSerializer types,
                JsonSerializer<Object> elements) {
            return refusal(type.getRawClass());
        }
    }

    private static @Nullable JsonSerializer<?> refusal(Class<?> type) {
        if (isTree(type)) {
            return new Refusal(type.getName()
                    + " is a JSON tree of another library, which Jackson 2 takes for a bean; give its text"
                    + " instead: Event.builder(type).json(tree.toString())");
        }
        if (isAnnotated(type)) {
            return new Refusal(type.getName()
                    + " has annotations of Jackson 3, which Jackson 2 overlooks; write it with your Jackson 3"
                    + " mapper, and give the text: Event.builder(type).json(mapper.writeValueAsString(data))");
        }
        return null;
    }

    private static boolean isTree(Class<?> type) {
        return TREES.contains(type.getName()) || above(type).anyMatch(ForeignTypes::isTree);
    }

    private static Stream<Class<?>> above(Class<?> type) {
        return Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()));
    }

    private static boolean isAnnotated(Class<?> type) {
        if (type.getName().startsWith("java.")) {
            return false;
        }
        try {
            Stream<AnnotatedElement> members =
                    Stream.concat(Arrays.stream(type.getDeclaredFields()), Arrays.stream(type.getDeclaredMethods()));
            return Stream.concat(Stream.of(type), members)
                            .flatMap(each -> Arrays.stream(each.getAnnotations()))
                            .anyMatch(each -> each.annotationType().getName().startsWith(JACKSON_3))
                    || above(type).anyMatch(ForeignTypes::isAnnotated);
        } catch (LinkageError e) {
            return false; // a member is of a type that is not there, which Jackson may never look at
        }
    }

    /** Refuses every value of a type. */
    private static final class Refusal extends JsonSerializer<Object> {
        private final String reason;

        Refusal(String reason) {
            this.reason = reason;
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializerProvider provider)
                throws JsonMappingException {
            throw JsonMappingException.from(generator, reason);
        }

        @Override
        public void serializeWithType(
                Object value, JsonGenerator generator, SerializerProvider provider, TypeSerializer types)
                throws JsonMappingException {
            serialize(value, generator, provider);
        }
    }
}
