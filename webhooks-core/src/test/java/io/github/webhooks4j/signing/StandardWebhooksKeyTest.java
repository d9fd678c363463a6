package io.github.webhooks4j.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StandardWebhooksKeyTest {
    private static final String KEY = base64(32);

    static Stream<Arguments> refused() {
        return Stream.of(
                argumentSet("empty", "", "must start with whsec_"),
                argumentSet("no prefix", KEY, "must start with whsec_"),
                argumentSet("prefix in capitals", "WHSEC_" + KEY, "must start with whsec_"),
                argumentSet("space before", " whsec_" + KEY, "must start with whsec_"),
                argumentSet("prefix alone", "whsec_", "it holds 0"),
                argumentSet("not base64", "whsec_not base64 at all, not even nearly", "standard base64"),
                argumentSet("base64 for URLs", "whsec_" + "-_".repeat(20), "standard base64"),
                argumentSet("trailing NUL", "whsec_" + KEY + "\u0000", "standard base64"),
                argumentSet("trailing line feed", "whsec_" + KEY + "\n", "standard base64"),
                argumentSet("letter that is not ASCII", "whsec_" + KEY.replace('A', '\u0410'), "standard base64"),
                argumentSet("no padding", "whsec_" + KEY.replace("=", ""), "standard base64"),
                argumentSet("bits to spare", "whsec_" + KEY.replace("A=", "B="), "standard base64"),
                argumentSet("23 bytes", "whsec_" + base64(23), "it holds 23"),
                argumentSet("65 bytes", "whsec_" + base64(65), "it holds 65"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void secretOfAnotherFormIsAProblem(String text, String words) {
        List<String> problems = StoredSigner.problems(Signer.standardWebhooks(Secret.of(text)));

        assertThat(problems).singleElement().asString().contains(words);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void secretOfAnotherFormIsNoKey(String text, String words) {
        assertThatThrownBy(() -> StandardWebhooksKey.bytes(Secret.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 32, 64})
    void keyOfTwentyFourToSixtyFourBytesIsFine(int length) {
        Secret secret = Secret.of("whsec_" + base64(length));

        assertThat(StandardWebhooksKey.problem(secret)).isEmpty();
        assertThat(StandardWebhooksKey.bytes(secret)).hasSize(length);
    }

    @Test
    void problemDoesNotContainTheSecret() {
        Secret secret = Secret.of("whsec_" + base64(23));

        assertThat(StandardWebhooksKey.problem(secret))
                .hasValueSatisfying(problem -> assertThat(problem).doesNotContain(base64(23)));
    }

    @Test
    void privateKeyIsNoSymmetricKey() {
        assertThatThrownBy(() -> StandardWebhooksKey.bytes(Secret.of("whsk_" + KEY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must start with whsec_: take it as the sender shows it");
    }

    private static String base64(int length) {
        return Base64.getEncoder().encodeToString(new byte[length]);
    }
}
