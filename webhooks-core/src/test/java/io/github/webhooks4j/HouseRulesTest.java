package io.github.webhooks4j;

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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for all of the core's code. */
class HouseRulesTest {
    private static final String ROOT = "io.github.webhooks4j";

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** The rooms, those above before those below; the root is above all of them. */
    private static final List<String> FLOORS = List.of(
            "",
            ".operations",
            ".history",
            ".engine",
            ".housekeeping",
            ".documents",
            ".lanes",
            ".matching",
            ".settings",
            ".telemetry",
            ".payload",
            ".store",
            ".transport",
            ".delivery",
            ".egress",
            ".signing",
            ".json",
            ".masking",
            ".machine");

    private static final Set<String> EXPORTED =
            Set.of("", ".delivery", ".egress", ".history", ".payload", ".signing", ".store", ".transport");

    private static final int MOST_FILES = 45;

    @Test
    void nobodyLooksUp() {
        for (int i = 1; i < FLOORS.size(); i++) {
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + FLOORS.get(i))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(FLOORS.subList(0, i).stream()
                            .map(floor -> ROOT + floor)
                            .toArray(String[]::new))
                    .check(CORE);
        }
    }

    @Test
    void everyRoomHasItsFloor() {
        assertThat(CORE.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        FLOORS.stream().map(floor -> ROOT + floor).toList());
    }

    /** Only the root and these rooms themselves use the rooms that deliver; only the root and the engine use lanes. */
    @Test
    void deliveryIsWiredByTheRootOnly() {
        classes()
                .that()
                .resideInAnyPackage(ROOT + ".engine", ROOT + ".housekeeping", ROOT + ".documents", ROOT + ".matching")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(
                        ROOT, ROOT + ".engine", ROOT + ".housekeeping", ROOT + ".documents", ROOT + ".matching")
                .check(CORE);
        classes()
                .that()
                .resideInAPackage(ROOT + ".lanes")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(ROOT, ROOT + ".engine", ROOT + ".lanes")
                .check(CORE);
    }

    @Test
    void whatIsInsideIsNotExported() {
        assertThat(exportedBy(Path.of("src/main/java/module-info.java"))).isEqualTo(EXPORTED);
        for (String floor : FLOORS) {
            assertThat(packageDoc(floor).contains("Not exported"))
                    .as("the package %s says whether it is exported", ROOT + floor)
                    .isEqualTo(!EXPORTED.contains(floor));
        }
    }

    private static Set<String> exportedBy(Path moduleInfo) {
        return lines(moduleInfo)
                .map(String::strip)
                .filter(line -> line.startsWith("exports "))
                .map(line -> line.substring("exports ".length() + ROOT.length(), line.length() - 1))
                .collect(Collectors.toSet());
    }

    private static String packageDoc(String floor) {
        return lines(folder(floor).resolve("package-info.java")).collect(Collectors.joining("\n"));
    }

    private static Path folder(String floor) {
        return Path.of("src/main/java", (ROOT + floor).replace('.', '/'));
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void noRoomIsCrowded() throws IOException {
        for (String floor : FLOORS) {
            try (Stream<Path> files = Files.list(folder(floor))) {
                assertThat(files.filter(file -> file.toString().endsWith(".java")))
                        .as("files of %s", ROOT + floor)
                        .hasSizeLessThanOrEqualTo(MOST_FILES);
            }
        }
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

    /** So that a simulation can have all of them. */
    @Test
    void threadsAndParkingAreTheMachines() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".machine")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(LockSupport.class.getName())
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(Executors.class.getName())
                .orShould()
                .callConstructor(Thread.class, Runnable.class)
                .orShould()
                .callConstructor(Thread.class, Runnable.class, String.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ThreadPoolExecutor.class.getName())
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ForkJoinPool.class.getName())
                .orShould()
                .callMethod(Thread.class, "start")
                .orShould()
                .callMethod(System.class, "nanoTime")
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
    void twoFifthsOfTheTypesAtMostArePublicAndExported() {
        long types = CORE.stream().filter(JavaClass::isTopLevelClass).count();
        long visible = CORE.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> EXPORTED.contains(type.getPackageName().substring(ROOT.length())))
                .count();

        assertThat(visible * 5)
                .as("%d of %d types are public and exported", visible, types)
                .isLessThanOrEqualTo(types * 2);
    }
}
