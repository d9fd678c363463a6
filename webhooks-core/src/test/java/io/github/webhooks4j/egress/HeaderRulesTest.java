package io.github.webhooks4j.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
    private static final EgressPolicy POLICY = EgressPolicy.strict();

    /** A line of {@code headers.tsv}. */
    record Line(String verdict, String kind, String name, String value, String note) {
        static Stream<Line> all() {
            try (InputStream file = HeaderRulesTest.class.getResourceAsStream("headers.tsv")) {
                String text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
                return text.lines()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .map(line -> line.split("\t", -1))
                        .map(columns -> new Line(
                                columns[0],
                                columns[1],
                                UrlLine.unescape(columns[2]),
                                UrlLine.unescape(columns[3]),
                                columns[4]));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Map<String, String> headers() {
            if (!name.equals("*SET*")) {
                return Map.of(name, value);
            }
            Map<String, String> set = new LinkedHashMap<>();
            Arrays.stream(value.split(" \\|\\| ", -1))
                    .map(pair -> pair.split("=", 2))
                    .forEach(pair -> set.put(pair[0], pair[1]));
            return set;
        }

        /** The value after its template was filled, as the note says. */
        String rendered() {
            String[] quoted = UrlLine.unescape(note).split("\"", -1);
            return quoted[1];
        }
    }

    @Test
    void signersMaySetSignaturesAndNothingElseThatIsReserved() {
        assertThat(POLICY.checkSigned(List.of(
                        Set.of("Webhook-Signature", "content-digest"),
                        Set.of("Authorization", "X-Sig"),
                        Set.of("Date", "X-Amz-Date", "x-amz-security-token"))))
                .isEmpty();
        assertThat(POLICY.checkSigned(List.of(Set.of("Webhook-Id"), Set.of("Content-Length"), Set.of("x y"))))
                .extracting(Refusal::code)
                .containsExactly("header.reserved", "header.reserved", "header.name");
        assertThat(POLICY.checkSigned(List.of(Set.of("X-Sig"), Set.of("x_sig"))))
                .extracting(Refusal::code)
                .containsExactly("header.twice");
        assertThat(POLICY.isSignedValue("x".repeat(16_384))).isTrue();
        for (String bad : List.of("", " x", "x ", "a\r\nb", "x".repeat(16_385))) {
            assertThat(POLICY.isSignedValue(bad)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Date",
                "From",
                "Alt-Used",
                "X-Amz-Security-Token",
                "x_amz_date",
                "Early-Data",
                "X-AMZ-Content-Sha256"
            })
    void whatSpeaksForTheSenderOrACloudIsRefused(String name) {
        assertThat(check(Map.of(name, "x"))).extracting(Refusal::code).containsExactly("header.reserved");
    }

    static Stream<Line> lines() {
        return Line.all();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void headerIsJudgedAsTheTableSays(Line line) {
        boolean passes = !line.verdict().equals("reject-at-registration");

        assertThat(check(line.headers()).isEmpty()).isEqualTo(passes);
    }

    static Stream<Line> renderedLines() {
        return Line.all().filter(line -> line.verdict().equals("reject-at-send"));
    }

    @ParameterizedTest
    @MethodSource("renderedLines")
    void valueThatWasFilledInIsJudgedAgain(Line line) {
        assertThat(check(Map.of(line.name(), line.rendered())))
                .extracting(Refusal::code)
                .containsExactly("header.value");
    }

    @Test
    void everyProblemIsReportedAtOnceWithoutAnyValue() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", "hush-hush");
        headers.put("X-Key", "hush-hush\r\nX: y");
        headers.put("X Y", "hush-hush");
        headers.put("X-A", "hush-hush");
        headers.put("x_a", "hush-hush");
        headers.put("Authorization", "hush-hush");

        List<Refusal> refusals = POLICY.checkHeaders(headers, Set.of("authorization"));

        assertThat(refusals)
                .extracting(Refusal::code)
                .containsExactly("header.reserved", "header.value", "header.name", "header.twice", "header.signed");
        assertThat(refusals).extracting(Refusal::message).noneMatch(message -> message.contains("hush"));
        assertThat(refusals.get(0).message()).contains("Host");
    }

    @Test
    void messageShowsNoControlCharactersOfAName() {
        assertThat(check(Map.of("X\r\nEvil: \u202e", "v")).get(0).message())
                .contains("X??Evil???")
                .matches("[\\x20-\\x7E]*");
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 33})
    void thereAreAtMost32Headers(int count) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            headers.put("X-" + i, "v");
        }

        assertThat(check(headers).isEmpty()).isEqualTo(count == 32);
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 4097})
    void valueHasAtMost4096Characters(int length) {
        assertThat(check(Map.of("X", "v".repeat(length))).isEmpty()).isEqualTo(length == 4096);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 129})
    void nameHasAtMost128Characters(int length) {
        assertThat(check(Map.of("n".repeat(length), "v")).isEmpty()).isEqualTo(length == 128);
    }

    @ParameterizedTest
    @ValueSource(ints = {4092, 4093})
    void headersHaveAtMost16KiBTogether(int length) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            headers.put("X-A" + i, "v".repeat(length));
        }

        assertThat(check(headers).isEmpty()).isEqualTo(length == 4092);
    }

    private static List<Refusal> check(Map<String, String> headers) {
        return POLICY.checkHeaders(headers, Set.of());
    }
}
