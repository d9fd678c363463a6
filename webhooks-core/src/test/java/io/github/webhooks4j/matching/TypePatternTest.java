package io.github.webhooks4j.matching;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypePatternTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "user", "user.created", "User_2.is-new.v1", "-", "_._", "0.0.0"})
    void nameIsATypeAndAPattern(String type) {
        assertThat(TypePattern.isType(type)).isTrue();
        assertThat(TypePattern.isPattern(type)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "user.",
                ".user",
                "user..created",
                "user created",
                " user",
                "user\n",
                "us\u00e9r",
                "user/created",
                "user:created",
                "user\u0000",
                "\u0661"
            })
    void otherTextIsNeitherTypeNorPattern(String text) {
        assertThat(TypePattern.isType(text)).isFalse();
        assertThat(TypePattern.isPattern(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "user.*", "user.created.*"})
    void starMakesAPatternButNoType(String pattern) {
        assertThat(TypePattern.isPattern(pattern)).isTrue();
        assertThat(TypePattern.isType(pattern)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user*", "*.created", "user.*.created", "user.**", "**", ".*", "user.*."})
    void starElsewhereIsNoPattern(String pattern) {
        assertThat(TypePattern.isPattern(pattern)).isFalse();
    }

    @Test
    void oneHundredTwentyEightCharactersAreFine() {
        assertThat(TypePattern.isType("a".repeat(128))).isTrue();
        assertThat(TypePattern.isPattern("a".repeat(126) + ".*")).isTrue();
    }

    @Test
    void moreCharactersAreNot() {
        assertThat(TypePattern.isType("a".repeat(129))).isFalse();
        assertThat(TypePattern.isPattern("a".repeat(127) + ".*")).isFalse();
        assertThat(TypePattern.isType("a.".repeat(1_000_000) + "a")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "user.created, user.created, true",
        "user.created, user.created.at, false",
        "user.created, user.Created, false",
        "user.created, user, false",
        "user.*, user.created, true",
        "user.*, user.created.at, true",
        "user.*, user, false",
        "user.*, username, false",
        "user.*, users.created, false",
        "user.*, User.created, false",
        "user.created.*, user.created, false",
        "*, user, true",
        "*, user.created.at, true",
    })
    void patternMeansTypes(String pattern, String type, boolean matches) {
        assertThat(TypePattern.matches(pattern, type)).isEqualTo(matches);
    }
}
