package io.github.webhooks4j;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What holds for all of the core's code. */
class HouseRulesTest {
    private static final String ROOT = "io.github.webhooks4j";

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void leavesNeverLookBackUp() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".signing..", ROOT + ".payload..", ROOT + ".egress..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(CORE);
    }

    @Test
    void packagesHaveNoCycle() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void coreKnowsNeitherDatabaseNorHttpClient() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "okhttp3..", "okio..", "java.net.http..")
                .check(CORE);
    }

    @Test
    void jacksonStaysWhereJsonIsMade() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".json", ROOT + ".payload")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(CORE);
    }

    @Test
    void nobodySleepsOrAsksTheWallClock() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CORE);
        noClasses().should().callMethod(TimeUnit.class, "sleep", long.class).check(CORE);
        noClasses().should().callMethod(Instant.class, "now").check(CORE);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(CORE);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".machine.SystemMachine")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".store.DeliveryStore")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".signing.Verifier")
                .should()
                .callMethod(InstantSource.class, "system")
                .check(CORE);
    }

    @Test
    void nobodyPrints() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CORE);
    }

    @Test
    void nothingIsNamedAfterNothing() {
        classes()
                .should()
                .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl|Common)$")
                .andShould()
                .resideOutsideOfPackages("..util..", "..common..", "..impl..", "..manager..", "..helper..")
                .check(CORE);
    }

    @Test
    void stateIsPrivateOrPackagePrivate() {
        fields().that()
                .arePublic()
                .and()
                .areNotStatic()
                .should()
                .beFinal()
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void underTwoFifthsOfTheTypesArePublic() {
        long types = CORE.stream().filter(HouseRulesTest::isOfTheRoot).count();
        long visible = CORE.stream()
                .filter(HouseRulesTest::isOfTheRoot)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .count();

        assertThat(visible * 5).as("%d of %d types are public", visible, types).isLessThan(types * 3);
    }

    private static boolean isOfTheRoot(JavaClass type) {
        return type.isTopLevelClass() && not(resideInAPackage("..contract..")).test(type);
    }
}
