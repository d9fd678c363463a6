package io.github.webhooks4j.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {
    /** Rows can be edited, so that a URL that is denied may hold anything. */
    @ParameterizedTest
    @CsvSource({
        "https://a.example.com/hooks/secret?key=1, https://a.example.com",
        "https://a.example.com:8443/, https://a.example.com:8443",
        "https://a.example.com, https://a.example.com",
        "https://a.example.com?secret, https://a.example.com",
        "https://a.example.com#secret, https://a.example.com",
        "https://a.example.com\\secret, https://a.example.com",
        "https://me:secret@a.example.com/, https://a.example.com",
        "https://me:se@cret@a.example.com/, https://a.example.com",
        "https://a.example.com/?u=me@secret, https://a.example.com",
        "http://[::1]:80/x, http://[::1]:80",
        "https:///secret, https://",
        "secret, ''",
        "'', ''"
    })
    void nothingSecretIsShownOfAUrl(String url, String origin) {
        assertThat(Origin.shown(url)).isEqualTo(origin);
    }
}
