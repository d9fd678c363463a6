package io.github.webhooks4j.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonVerifiedTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "1.10",
                "-0",
                "1E400",
                "[1e2147483647, -1.5E-2147483000]",
                "12345678901234567890123456789012345678901234567890",
                "\"\"",
                " \t\r\n{ \"b\" : 1.10 ,\n \"a\" : [ 1.0e0 ] }\n ",
                "{\"a\":1,\"a\":2}",
                "\"\ud83d\ude00\"",
                "\"\\ud83d\\ude00 \\u0000 \\/\"",
                "\"\u2028\ufeff\"",
            })
    void bytesStayAsTheyAre(String json) throws InvalidJsonException {
        assertThat(Json.verified(json)).isEqualTo(json.getBytes(UTF_8));
    }

    @Test
    void longTextStaysAsItIs() throws InvalidJsonException {
        String json = "[\"" + "\u20ac".repeat(100_000) + "\"]";

        assertThat(Json.verified(json)).isEqualTo(json.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t\r "})
    void emptyTextIsRefused(String json) {
        assertThatThrownBy(() -> Json.verified(json))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessage("the text is empty");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                argumentSet("two values", "{\"confidential\":1} {\"confidential\":2}", "line 1, column 20"),
                argumentSet("two numbers", "1\n2", "line 2, column 1"),
                argumentSet("garbage after", "{\"confidential\":1}confidential", "line 1"),
                argumentSet("bracket after", "[]]", "line 1"),
                argumentSet("not JSON", "confidential", "line 1"),
                argumentSet("not ended", "{\"confidential\":\n[1,", "line 2"),
                argumentSet("text not ended", "\"confidential", "line 1"),
                argumentSet("no comma", "[1\n 2]", "line 2"),
                argumentSet("comma too many", "[1,]", "line 1"),
                argumentSet("single quotes", "{'confidential':1}", "line 1"),
                argumentSet("comment", "/* confidential */ 1", "line 1"),
                argumentSet("leading zero", "01", "line 1"),
                argumentSet("no number", "NaN", "line 1"),
                argumentSet("unknown escape", "[\"\\x\"]", "line 1"),
                argumentSet("line feed in text", "[\"confi\ndential\"]", "line 1"),
                argumentSet("NUL before", "\u00001", "line 1"),
                argumentSet("NUL after", "1\u0000", "line 1"),
                argumentSet("NULs between", "\u0000{\u0000}", "line 1"),
                argumentSet("exponent", "9127e99999999999", "a number has too large an exponent at line 1, column 1"),
                argumentSet(
                        "exponent below", "{\"a\":\n[9127e-99999999999]}", "too large an exponent at line 2, column 2"),
                argumentSet("exponent of ten digits", "9127e3147483648", "too large an exponent at line 1"),
                argumentSet("digits", "9127".repeat(251), "beyond a limit"),
                argumentSet("fraction", "[0." + "9127".repeat(251) + "]", "beyond a limit"),
                argumentSet("byte order mark", "\ufeff{}", "line 1"),
                argumentSet("first half of a pair", "[\n\"confidential\ud83d\"]", "line 2, column 14"),
                argumentSet("second half of a pair", "\"\ude00confidential\"", "line 1, column 2"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void otherTextIsRefusedWithThePosition(String json, String position) {
        assertThatThrownBy(() -> Json.verified(json))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining(position);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void reasonDoesNotQuoteTheText(String json, String position) {
        assertThatThrownBy(() -> Json.verified(json)).satisfies(e -> {
            assertThat(e).hasMessageNotContainingAny("confi", "9127");
            assertThat(String.valueOf(e.getCause())).doesNotContain("confi", "9127");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 500, 1000})
    void nestingIsAccepted(int depth) throws InvalidJsonException {
        String json = "[".repeat(depth) + "]".repeat(depth);

        assertThat(Json.verified(json)).hasSize(2 * depth);
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 100_000})
    void deeperNestingIsBeyondALimit(int depth) {
        String json = "[".repeat(depth) + "]".repeat(depth);

        assertThatThrownBy(() -> Json.verified(json))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("beyond a limit")
                .hasMessageContaining("1000");
    }
}
