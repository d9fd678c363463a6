package io.github.webhooks4j.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.webhooks4j.signing.Secret;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How ready-made formats are stored and known again. */
class ReadyMadeFormatTest {
    static Stream<PayloadFormat> factories() {
        return Stream.of(
                PayloadFormat.standard(),
                PayloadFormat.standardWithCreatedAt(),
                PayloadFormat.raw(),
                PayloadFormat.slack(),
                PayloadFormat.cloudEvents("/shop"),
                PayloadFormat.template("text/plain", "{{id}}"),
                PayloadFormat.apiCall(),
                PayloadFormat.apiCall(Secret.of("s")),
                PayloadFormat.custom("mine"));
    }

    @ParameterizedTest
    @MethodSource("factories")
    void formatOfAFactoryIsKnownWhenItIsReadAgain(ReadyMadeFormat format) {
        ReadyMadeFormat read = ReadyMadeFormat.of(format.kind(), format.settings(), format.secret());

        assertThat(read).isEqualTo(format);
        assertThat(read.isKnown()).isTrue();
        assertThat(read.problem()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everyKindHasAFactoryAndKeepsItsName(FormatKind kind) {
        assertThat(factories().map(format -> ((ReadyMadeFormat) format).kind())).contains(kind.storedName());
        assertThat(FormatKind.of(kind.storedName())).contains(kind);
    }

    @Test
    void namesInStoresDoNotChange() {
        assertThat(FormatKind.values())
                .extracting(FormatKind::storedName)
                .containsExactlyInAnyOrder(
                        "standard", "standard-created-at", "raw", "slack", "cloudevents", "template", "call", "custom");
    }

    @ParameterizedTest
    @EnumSource
    void settingThatIsUnknownOrMissingMakesAFormatUnknown(FormatKind kind) {
        Map<String, String> settings = kind.settingNames().stream().collect(Collectors.toMap(name -> name, name -> ""));
        assertThat(ReadyMadeFormat.of(kind, settings).isKnown()).isTrue();

        settings.put("later", "");
        assertThat(ReadyMadeFormat.of(kind, settings).isKnown()).isFalse();
        assertThat(ReadyMadeFormat.of(kind, Map.of()).isKnown())
                .isEqualTo(kind.settingNames().isEmpty());
    }

    @Test
    void kindOfALaterVersionIsUnknownAndHasNoProblemOfItsOwn() {
        ReadyMadeFormat later = ReadyMadeFormat.of("later", Map.of("a", "b"));

        assertThat(later.isKnown()).isFalse();
        assertThat(later.problem()).isEmpty();
        assertThat(later.customName()).isEmpty();
        assertThatThrownBy(later::prepared)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the payload format later is unknown to this version; update this application");
    }

    @Test
    void nameOfAnApplicationsFormatMakesNoBodies() {
        ReadyMadeFormat custom = (ReadyMadeFormat) PayloadFormat.custom("mine");

        assertThat(custom.customName()).contains("mine");
        assertThatThrownBy(custom::prepared)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("registered in the client's builder");
    }

    @Test
    void onlyTheseAreForOtherPackages() {
        Set<String> visible = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackagesOf(PayloadFormat.class)
                        .stream()
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toSet());

        assertThat(visible).containsExactlyInAnyOrder("PayloadFormat", "ReadyMadeFormat", "RenderException");
    }
}
