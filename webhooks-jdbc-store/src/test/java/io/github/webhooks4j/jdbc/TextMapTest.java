package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextMapTest {
    @Test
    void secretsAreWrittenAsJsonInTheOrderOfTheirNames() {
        assertThat(TextMap.write(Map.of("b", "x\"\\\n", "a", "ü")))
                .isEqualTo("{\"a\":\"ü\",\"b\":\"x\\\"\\\\\\u000a\"}");
        assertThat(TextMap.write(Map.of())).isEqualTo("{}");
    }

    @Test
    void whatWasWrittenIsReadBack() {
        Map<String, String> texts =
                Map.of("", "", "a", "\u0000\u001f\uD83D \uDE00\uD83D\uDE00 {}[],:\"\\/", "b", "whsec_x=");

        assertThat(TextMap.read(TextMap.write(texts))).isEqualTo(texts);
    }

    @Test
    void jsonOfOtherWritersIsRead() {
        assertThat(TextMap.read(" { \"a\" : \"1\\n\\/\\u00fc\" ,\n\"b\":\"\" } "))
                .isEqualTo(Map.of("a", "1\n/ü", "b", ""));
    }

    @Test
    void brokenJsonIsRefusedWithoutShowingIt() {
        for (String json :
                List.of("", "{", "[]", "{\"geheim\"}", "{\"geheim\":1}", "{\"a\":\"geheim", "{\"a\":\"\"\"b\":\"\"}")) {
            assertThatThrownBy(() -> TextMap.read(json))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageNotContaining("geheim");
        }
    }
}
