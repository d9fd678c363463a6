package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The libraries are those of the host, which may have others than we build with. Each folder of {@code target/versions/works} and
 * {@code refused} is a host: its jars replace ours of the same name on the class path of a JVM of its own. The build puts the
 * oldest and the newest there, and {@code .ci/versions} those between them.
 */
class VersionsTest {
    private static final Path HOSTS = Path.of("target", "versions");
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[^/]*)\\.jar");
    private static final String DATA = "{\"name\":\"J\u00f6rg \ud83d\ude00 <&>\",\"at\":\"1970-01-01T00:00:00Z\","
            + "\"lines\":[{\"item\":\"A-1\",\"price\":1.50,\"note\":null}],\"numbers\":[1E+400,-0.0,9223372036854775807]}";

    @TempDir
    static Path folder;

    private static Path keys;
    private static String certificate;

    @BeforeAll
    static void makeTheReceiversKey() throws IOException, GeneralSecurityException {
        HeldCertificate held = new HeldCertificate.Builder()
                .addSubjectAlternativeName("127.0.0.1")
                .build();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "receiver", held.keyPair().getPrivate(), VersionsChild.PASSWORD.toCharArray(), new Certificate[] {
                    held.certificate()
                });
        keys = folder.resolve("keys.p12");
        try (OutputStream file = Files.newOutputStream(keys)) {
            store.store(file, VersionsChild.PASSWORD.toCharArray());
        }
        certificate = held.certificatePem();
    }

    static Stream<Path> hostsThatWork() throws IOException {
        return folders("works").stream();
    }

    /** The bytes are the same whatever the versions: they are signed, and receivers may compare them. */
    @ParameterizedTest
    @MethodSource("hostsThatWork")
    void receiverGetsTheSameBytesWhateverTheHostBrings(Path host) throws Exception {
        assertThat(output(host).filter(line -> !line.startsWith("/slack ")))
                .containsExactlyInAnyOrder(
                        "/standard {\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"timestamp\":\"1970-01-01T00:00:00Z\",\"data\":"
                                + DATA + "}",
                        "/template {\"all\":" + DATA + ",\"n\":\"n=1.50\"}",
                        "/xml <a b='J\u00f6rg \ud83d\ude00 &lt;&amp;&gt;'>[{&quot;item&quot;:&quot;A-1&quot;,&quot;price&quot;:1.50,"
                                + "&quot;note&quot;:null}]</a>");
    }

    @Test
    void whatDoesNotFitTogetherIsRefusedWhenTheClientIsBuiltWithWhatToDo() throws Exception {
        Map<String, String[]> words = Map.of(
                "old-jackson",
                        new String[] {
                            "jackson-databind-2.14.3.jar", "jackson-core-2.14.3.jar", "2.15 or newer", "jackson-bom"
                        },
                "old-annotations",
                        new String[] {
                            "jackson-databind-2.21.8.jar",
                            "jackson-annotations-2.20.jar",
                            "of one version",
                            "jackson-bom"
                        },
                "okhttp-4",
                        new String[] {"this is OkHttp 4.12.0", "okhttp-4.12.0.jar", "okhttp-jvm 5.0 or newer", "5.5.1"},
                "old-okio",
                        new String[] {"okhttp-jvm-5.5.1.jar", "okio-jvm-3.6.0.jar", "kotlin-stdlib-1.8.21.jar", "3.18.1"
                        });
        List<Path> hosts = folders("refused");
        assertThat(hosts)
                .extracting(host -> host.getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(words.keySet());
        for (Path host : hosts) {
            assertThat(output(host))
                    .as(host.toString())
                    .singleElement()
                    .asString()
                    .startsWith(VersionsChild.REFUSED)
                    .contains(words.get(host.getFileName().toString()));
        }
    }

    /** What the README says of the oldest versions is what runs here. */
    @Test
    void readmeNamesTheOldestAndTheNewest() throws IOException {
        List<String> table = Files.readAllLines(Path.of("..", "README.md"));
        Map<String, String> oldest = versions(HOSTS.resolve("works").resolve("oldest"));
        Map<String, String> newest = versions(HOSTS.resolve("works").resolve("newest"));
        Map<String, String> rows = Map.of(
                "Jackson", "jackson-databind",
                "OkHttp", "okhttp-jvm",
                "okio", "okio-jvm",
                "Kotlin library", "kotlin-stdlib",
                "Caffeine", "caffeine",
                "SLF4J", "slf4j-api");

        rows.forEach((name, jar) ->
                assertThat(table).contains("| " + name + " | " + oldest.get(jar) + " | " + newest.get(jar) + " |"));
    }

    private static List<Path> folders(String kind) throws IOException {
        try (Stream<Path> folders = Files.list(HOSTS.resolve(kind))) {
            return folders.sorted().toList();
        }
    }

    /** What a JVM with this host's libraries prints. */
    private static Stream<String> output(Path host) throws IOException, InterruptedException {
        File output = Files.createTempFile(folder, "output", "").toFile();
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dfile.encoding=UTF-8",
                        "-Dstdout.encoding=UTF-8",
                        "-Dsun.stdout.encoding=UTF-8",
                        "-cp",
                        classPath(host),
                        VersionsChild.class.getName(),
                        keys.toString(),
                        certificate))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            boolean ended = child.waitFor(5, TimeUnit.MINUTES);
            List<String> lines = Files.readAllLines(output.toPath(), UTF_8);
            assertThat(ended).as("%s: %s", host, lines).isTrue();
            return lines.stream();
        } finally {
            child.destroyForcibly();
        }
    }

    /** This JVM's class path with the jars of the host, which come first, in the place of those of the same name. */
    private static String classPath(Path host) throws IOException {
        Set<String> replaced = versions(host).keySet();
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Matcher jar = JAR.matcher(Path.of(entry).getFileName().toString());
            if (!jar.matches() || !replaced.contains(jar.group(1))) {
                entries.add(entry);
            }
        }
        try (Stream<Path> jars = Files.list(host)) {
            entries.addAll(0, jars.map(Path::toString).toList());
        }
        return String.join(File.pathSeparator, entries);
    }

    /** The versions of a host's jars, by the name of the jar. */
    private static Map<String, String> versions(Path host) throws IOException {
        try (Stream<Path> jars = Files.list(host)) {
            return jars.map(jar -> JAR.matcher(jar.getFileName().toString()))
                    .filter(Matcher::matches)
                    .collect(Collectors.toMap(jar -> jar.group(1), jar -> jar.group(2)));
        }
    }
}
