package io.github.webhooks4j.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    private static final String TEXT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @Test
    void toStringShowsNoPartOfIt() {
        assertThat(Secret.of(TEXT)).hasToString("Secret[***]");
    }

    @Test
    void toStringOfWhatHoldsItShowsNoPartOfIt() {
        assertThat(Signer.standardWebhooks(Secret.of(TEXT)).toString()).doesNotContain("MfKQ9r8G");
    }

    @Test
    void hashCodeIsNoFingerprintOfIt() {
        assertThat(Secret.of(TEXT)).hasSameHashCodeAs(Secret.of("another"));
    }

    @Test
    void secretsOfTheSameTextAreEqual() {
        assertThat(Secret.of(TEXT)).isEqualTo(Secret.of(String.valueOf(TEXT.toCharArray())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw "})
    void secretsOfAnotherTextDiffer(String other) {
        assertThat(Secret.of(TEXT)).isNotEqualTo(Secret.of(other));
    }

    @Test
    void differsFromItsText() {
        assertThat((Object) Secret.of(TEXT)).isNotEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " padded ", "pass\u0000word", "p\u00e4ss\ud83d\udd11"})
    void revealsTheTextAsItWasEntered(String text) {
        assertThat(Secret.of(text).reveal()).isEqualTo(text);
    }

    @Test
    void jsonMapperFindsNoPropertyInIt() {
        assertThatThrownBy(() -> Json.write(Secret.of(TEXT)))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageNotContaining("MfKQ9r8G");
    }

    @Test
    void randomSecretIsThePrefixAndThirtyTwoBytes() {
        String text = Secret.random().reveal();

        assertThat(text).startsWith("whsec_").hasSize("whsec_".length() + 44);
        assertThat(Base64.getDecoder().decode(text.substring("whsec_".length())))
                .hasSize(32);
    }

    @Test
    void randomSecretCanSign() {
        assertThat(StoredSigner.problems(Signer.standardWebhooks(Secret.random())))
                .isEmpty();
    }

    @Test
    void randomSecretsDiffer() {
        assertThat(Stream.generate(Secret::random)
                        .limit(100)
                        .map(Secret::reveal)
                        .collect(Collectors.toSet()))
                .hasSize(100);
    }
}
