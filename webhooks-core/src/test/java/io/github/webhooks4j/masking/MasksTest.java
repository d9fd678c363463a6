package io.github.webhooks4j.masking;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {
    /** With what URLs, JSON and HTML escape, and characters of two and of four bytes. */
    private static final String SECRET = "K+a/n=\"r\\i\"&<y> ~é€'😀%2Ftjilp_t";

    private static String mask(String text, String... secrets) {
        return mask(text, false, secrets);
    }

    private static String mask(String text, boolean isCut, String... secrets) {
        List<byte[]> bytes =
                Arrays.stream(secrets).map(secret -> secret.getBytes(UTF_8)).toList();
        return new String(Masks.of(bytes).mask(text.getBytes(UTF_8), isCut), UTF_8);
    }

    static Stream<String> spellings() {
        byte[] bytes = SECRET.getBytes(UTF_8);
        String json = SECRET.replace("\\", "\\\\").replace("\"", "\\\"");
        String ascii = json.chars()
                .mapToObj(c -> c < 0x80 ? Character.toString(c) : String.format("\\u%04x", c))
                .reduce("", String::concat);
        String url = URLEncoder.encode(SECRET, UTF_8);
        String html = SECRET.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
        String all = SECRET.codePoints()
                .mapToObj(point -> "&#x" + Integer.toHexString(point) + ";")
                .reduce("", String::concat);
        return Stream.of(
                SECRET,
                url,
                lowerEscapes(url),
                url.replace("+", "%20"),
                SECRET.replace("%", "%25").replace("\"", "%22").replace("é", "%c3%A9"), // only what must be
                URLEncoder.encode(url, UTF_8),
                json,
                json.replace("/", "\\/"),
                ascii,
                ascii.replace("<", "\\u003C").replace("&", "\\u0026").replace("=", "\\u003d"),
                ascii.replace("\\", "\\\\").replace("\"", "\\\""),
                URLEncoder.encode(json, UTF_8),
                html,
                html.replace("&quot;", "&#34;").replace("'", "&#39;").replace("/", "&#x2F;"),
                all,
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes),
                "0" + HexFormat.of().formatHex(bytes),
                Base64.getEncoder().encodeToString(bytes),
                Base64.getEncoder().encodeToString(("a" + SECRET).getBytes(UTF_8)),
                Base64.getEncoder().encodeToString(("ab" + SECRET + "c").getBytes(UTF_8)),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                Base64.getMimeEncoder(20, new byte[] {'\r', '\n'}).encodeToString(bytes),
                Base64.getEncoder().encodeToString(bytes).replace("/", "\\/").replace("+", "\\u002b"),
                URLEncoder.encode(Base64.getEncoder().encodeToString(bytes), UTF_8));
    }

    private static String lowerEscapes(String url) {
        StringBuilder lower = new StringBuilder(url);
        for (int at = url.indexOf('%'); at >= 0; at = url.indexOf('%', at + 1)) {
            lower.replace(at, at + 3, url.substring(at, at + 3).toLowerCase(Locale.ROOT));
        }
        return lower.toString();
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void secretIsFoundInEachSpelling(String spelling) {
        for (String before : List.of("", "{\"a\":\"", "é€ ", "C: ")) {
            String masked = mask(before + spelling + "\"}", SECRET);

            // In base64 the first and the last character may have only a few bits of the secret.
            assertThat(masked).startsWith(before).endsWith("\"}").contains("***");
            assertThat(masked.length()).isLessThanOrEqualTo(before.length() + "***\"}".length() + 6);
        }
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void secretAcrossTheCutIsFoundInEachSpelling(String spelling) {
        for (int length = 12; length < spelling.length(); length++) {
            String cut = spelling.substring(0, length);
            if (!Character.isHighSurrogate(cut.charAt(length - 1))) {
                assertThat(mask("see {" + cut, true, SECRET)).matches("see \\{.{0,6}\\*\\*\\*[=%3DYw]*");
            }
        }
    }

    @Test
    void whatAReceiverHasDecodedIsFound() {
        String path = "/hooks/Kan%2Bri%2FTjilpt?key=a%20b";

        assertThat(mask("no route for /hooks/Kan+ri/Tjilpt?key=a b", path)).isEqualTo("no route for ***");
        assertThat(mask("{\"path\":\"\\/hooks\\/Kan+ri\\/Tjilpt?key=a+b\"}", path))
                .isEqualTo("{\"path\":\"***\"}");
        assertThat(mask("<p>/hooks/Kan%2bri%2fTjilpt?key&#61;a b", path)).isEqualTo("<p>***");
    }

    @Test
    void backslashBeforeACharacterOfTwoBytesIsLeftOut() {
        assertThat(mask("C:\\\u00e9t\u00e9-\\/-1234", "\u00e9t\u00e9-/-1234")).isEqualTo("C:***");
    }

    @Test
    void textOfTwoBytesACharacterIsRead() {
        byte[] text = "the token is Kanarienvogel.".getBytes(UTF_16LE);

        String masked =
                new String(Masks.of(List.of("Kanarienvogel".getBytes(UTF_8))).mask(text, false), UTF_8);

        assertThat(masked.replace("\0", "")).isEqualTo("the token is ***.");
    }

    @Test
    void secretsThatOverlapAreMaskedTogether() {
        assertThat(mask("-abcdefghijklmnop-", "abcdefghij", "ghijklmnop")).isEqualTo("-***-");
        assertThat(mask("-abcdefghijklmnop-", "abcdefghijklmnop", "efghijkl")).isEqualTo("-***-");
        assertThat(mask("-abcdefghijklmnoX-", "abcdefghijklmnop", "efghijkl")).isEqualTo("-abcd***mnoX-");
        assertThat(mask("-aaaaaaaaaaaa-", "aaaaaaaa")).isEqualTo("-***-");
        assertThat(mask("abababababacabab", "ababacab")).isEqualTo("ababab***");
        assertThat(mask("abcdefgh abcdefgh", "abcdefgh", "abcdefgh")).isEqualTo("*** ***");
    }

    /** An answer may break off anywhere, and nobody knows. */
    @Test
    void secretThatTheEndOfAnAnswerDividesIsMaskedFromItsFourthByteOn() {
        String echo = "the token is " + SECRET;
        for (int length = "the token is ".length() + 4; length <= echo.length(); length++) {
            if (!Character.isHighSurrogate(echo.charAt(length - 1))) {
                assertThat(mask(echo.substring(0, length), SECRET)).isEqualTo("the token is ***");
            }
        }
        assertThat(mask("token%20abcd%2", "abcd+efg")).isEqualTo("token%20***");
    }

    /** A secret is whole, whatever its end looks like. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct horse&battery1",
                "p w&secret99",
                "plain text %4",
                "plain text \\",
                "a b c d e &#6",
                "some text \\u00"
            })
    void secretMayEndLikeAnEscapeThatIsCutOff(String secret) {
        String html = secret.replace("&", "&amp;");
        String json = secret.replace("\\", "\\\\").replace("&", "\\u0026");

        for (String echo : List.of(secret, html, json, URLEncoder.encode(secret, UTF_8))) {
            assertThat(mask("<" + echo + ">", secret)).isEqualTo("<***>");
            assertThat(mask("<" + echo, secret)).isEqualTo("<***");
        }
    }

    @Test
    void nothingElseIsMasked() {
        assertThat(mask("{\"token\":\"short12\"}", "short12")).isEqualTo("{\"token\":\"short12\"}");
        assertThat(mask("{\"ok\":true}", SECRET)).isEqualTo("{\"ok\":true}");
        assertThat(mask("abcdefg", true, "1bcdefgh")).isEqualTo("abcdefg");
        assertThat(mask("1 abc", "abcdefgh")).isEqualTo("1 abc");
        assertThat(mask("text %zz \\q & &amp &bogus; %", "12345678")).isEqualTo("text %zz \\q & &amp &bogus; %");
        assertThat(mask("", "12345678")).isEmpty();
        assertThat(mask("anything", new String[0])).isEqualTo("anything");
    }

    /** A secret that is short once it is read as a URL would be found everywhere. */
    @Test
    void whatBecomesShortIsNotMasked() {
        assertThat(mask("abc", "%61%62%63")).isEqualTo("abc");
        assertThat(mask("%61%62%63", "%61%62%63")).isEqualTo("***");
    }

    @Test
    void secretsAreBoundedInSize() {
        String[] some =
                IntStream.range(0, 16).mapToObj(i -> "s" + i + "x".repeat(4000)).toArray(String[]::new);
        String[] many =
                IntStream.range(0, 17).mapToObj(i -> "s" + i + "x".repeat(4000)).toArray(String[]::new);
        String text = "y".repeat(8000);

        assertThat(mask(text, some)).isEqualTo(text);
        assertThat(mask(text, many)).isEqualTo("***");
    }

    static Stream<List<String>> hostile() {
        String half = "a".repeat(2000);
        return Stream.of(
                // Each place of the text begins a secret, and none is one.
                List.of("a".repeat(16_384), half + "b"),
                List.of((half + "b").repeat(8), half + "a".repeat(1999) + "b"),
                List.of("ab".repeat(8_192), "ab".repeat(2000) + "c"),
                // Many secrets begin in the same way.
                Stream.concat(
                                Stream.of("a".repeat(16_384)),
                                IntStream.range(0, 200).mapToObj(i -> "a".repeat(100 + i) + (char) ('!' + i % 90)))
                        .toList(),
                // Escapes within escapes, and what looks like encodings.
                List.of("%25".repeat(5_461), "%25".repeat(1000) + "x"),
                List.of("%2525252525252525".repeat(1_024), "%2525252525252525252525"),
                List.of("\\\\\\\\".repeat(4_096), "\\\\\\\\\\\\\\\\\\\\"),
                List.of("&amp;".repeat(3_276), "&amp;&amp;&amp;x"),
                List.of("&#000000".repeat(2_048), "&#0000000"),
                List.of("YWFh".repeat(4_096), half),
                List.of("61".repeat(8_192), half));
    }

    /** Counted, not measured: in how many places of the text, of readings of it, and of the secrets the search looks. */
    @ParameterizedTest
    @MethodSource("hostile")
    void hostileTextCostsNoMoreThanItIsLong(List<String> input) {
        byte[] text = input.get(0).getBytes(UTF_8);
        List<byte[]> secrets =
                input.stream().skip(1).map(secret -> secret.getBytes(UTF_8)).toList();
        Patterns patterns = new Patterns(secrets);
        long built = patterns.steps();
        Search search = new Search(patterns, text, 1);

        Reading plain = Reading.of(text);
        search.in(plain);

        assertThat(built)
                .isLessThanOrEqualTo(
                        2L * secrets.stream().mapToInt(secret -> secret.length).sum());
        assertThat(patterns.steps() - built).isLessThanOrEqualTo(2L * text.length);
        Reading unescaped = plain.unescaped(false);
        assertThat(unescaped.size()).isLessThanOrEqualTo(text.length);
        assertThat(unescaped.base64(0).size()).isLessThanOrEqualTo(text.length);
        assertThat(Masks.of(secrets).mask(text, true)).hasSizeLessThanOrEqualTo(text.length + 3);
    }

    /** What a plain search finds for each secret by itself, the fast one finds for all at once. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsWhatAPlainSearchFinds(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<String> secrets = IntStream.range(0, 1 + random.nextInt(8))
                    .mapToObj(i -> letters(random, 8 + random.nextInt(6)))
                    .toList();
            String text = letters(random, 60) + secrets.get(0) + letters(random, 60) + "-";

            assertThat(mask(text, secrets.toArray(String[]::new)))
                    .as("%s %s", secrets, text)
                    .isEqualTo(plainly(text, secrets));
        }
    }

    private static String letters(Random random, int length) {
        return random.ints(length, 'x', 'z').mapToObj(Character::toString).reduce("", String::concat);
    }

    private static String plainly(String text, List<String> secrets) {
        boolean[] covered = new boolean[text.length()];
        for (String secret : secrets) {
            for (int at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
                Arrays.fill(covered, at, at + secret.length(), true);
            }
        }
        StringBuilder masked = new StringBuilder();
        for (int at = 0; at < covered.length; at++) {
            if (!covered[at]) {
                masked.append(text.charAt(at));
            } else if (at == 0 || !covered[at - 1]) {
                masked.append("***");
            }
        }
        return masked.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyBytesAreRead(long seed) {
        Random random = new Random(seed);
        byte[] alphabet = "%\\ux0123456789abcdefn&#;ampltgQ+/=\0\r\n \u00e9".getBytes(UTF_8);
        for (int round = 0; round < 2_000; round++) {
            byte[] text = some(random, alphabet, random.nextInt(40));
            byte[] secret = some(random, alphabet, 8 + random.nextInt(8));

            assertThat(Masks.of(Collections.nCopies(2, secret)).mask(text, random.nextBoolean()))
                    .hasSizeLessThanOrEqualTo(text.length + 3);
        }
    }

    private static byte[] some(Random random, byte[] alphabet, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = alphabet[random.nextInt(alphabet.length)];
        }
        return bytes;
    }
}
