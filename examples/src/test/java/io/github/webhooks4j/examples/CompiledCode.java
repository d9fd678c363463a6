package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A class that somebody would paste into an empty project: compiled with the class path of an application, and run. */
final class CompiledCode {
    private static final Pattern TEST_ONLY = Pattern.compile(
            "test-classes|-tests\\.jar|junit-|assertj-|byte-buddy|opentest4j|apiguardian|surefire|mockwebserver|jazzer|ipaddress");

    private final Path classes;

    private CompiledCode(Path classes) {
        this.classes = classes;
    }

    /** Compiles the source of one public class without any warning. */
    static CompiledCode of(String name, String source, Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        List<String> options =
                List.of("-Xlint:all,-processing,-path", "-proc:none", "-cp", classPath(), "-d", directory.toString());
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
            compiler.getTask(null, files, diagnostics, options, null, files.getJavaFileObjects(file))
                    .call();
        }
        assertThat(diagnostics.getDiagnostics().stream()
                        .filter(each ->
                                each.getKind() == Diagnostic.Kind.ERROR || each.getKind() == Diagnostic.Kind.WARNING)
                        .map(CompiledCode::text))
                .as(source)
                .isEmpty();
        return new CompiledCode(directory);
    }

    private static String text(Diagnostic<? extends JavaFileObject> diagnostic) {
        return diagnostic.getLineNumber() + ": " + diagnostic.getMessage(Locale.ROOT);
    }

    /** This JVM's class path without what only tests need. */
    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator))
                .filter(entry -> !TEST_ONLY.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The class, in this JVM. */
    Class<?> load(String name) throws ClassNotFoundException, MalformedURLException {
        URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, CompiledCode.class.getClassLoader());
        return loader.loadClass(name);
    }

    /** Runs it in a JVM of its own, which must end by itself, without an error; returns what it prints. */
    String run(String name) throws IOException, InterruptedException {
        Path output = classes.resolve("output.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath() + File.pathSeparator + classes,
                        name)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(5, TimeUnit.MINUTES);
            assertThat(ended).as(Files.readString(output)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            return Files.readString(output);
        } finally {
            process.destroyForcibly();
        }
    }
}
