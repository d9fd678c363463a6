package io.github.webhooks4j.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What holds for the two modules beside the core, whose own rules are tested there. */
class ModuleRulesTest {
    private static final String JDBC = "io.github.webhooks4j.jdbc";
    private static final String OKHTTP = "io.github.webhooks4j.okhttp";
    private static final JavaClasses MODULES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages(JDBC, OKHTTP);

    @Test
    void onlyWhatAnApplicationNeedsIsPublic() {
        Set<String> visible = MODULES.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());

        assertThat(visible)
                .containsExactlyInAnyOrder(
                        "JdbcDeliveryStore", "ConnectionSource", "SecretKeys", "Work", "OkHttpTransport");
    }

    @Test
    void modulesDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage(JDBC)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(OKHTTP, "okhttp3..")
                .check(MODULES);
        noClasses()
                .that()
                .resideInAPackage(OKHTTP)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JDBC, "java.sql..", "javax.sql..")
                .check(MODULES);
    }

    @Test
    void nobodySleepsPrintsOrAsksTheWallClock() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(MODULES);
        noClasses().should().callMethod(Instant.class, "now").check(MODULES);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(MODULES);
        noClasses().should().accessField(System.class, "out").check(MODULES);
        noClasses().should().accessField(System.class, "err").check(MODULES);
    }

    @Test
    void nothingIsNamedAfterNothing() {
        classes()
                .should()
                .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl|Common)$")
                .check(MODULES);
    }
}
