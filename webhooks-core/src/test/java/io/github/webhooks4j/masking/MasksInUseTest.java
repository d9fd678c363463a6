package io.github.webhooks4j.masking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MasksInUseTest {
    private int asked;
    private final MasksInUse inUse = new MasksInUse(() -> {
        asked++;
        return List.of("stored-secret");
    });

    private static String mask(Masks masks, String text) {
        return new String(masks.mask(text.getBytes(UTF_8), false), UTF_8);
    }

    @Test
    void whatIsInUseIsMadeOnce() {
        assertThat(asked).isZero();
        Masks masks = inUse.of(List.of("Bearer sent-secret"));

        assertThat(inUse.of(List.of("Bearer sent-secret"))).isSameAs(masks);
        assertThat(asked).isEqualTo(1);
        assertThat(mask(masks, "stored-secret sent-secret")).isEqualTo("*** ***");
        assertThat(mask(masks, "stored-secret again")).isEqualTo("*** again");
    }

    @Test
    void otherSecretsThatWereSentAreMaskedByOthers() {
        Masks masks = inUse.of(List.of("first-secret"));

        Masks others = inUse.of(List.of("second-secret"));

        assertThat(mask(masks, "stored-secret first-secret second-secret")).isEqualTo("*** *** second-secret");
        assertThat(mask(others, "stored-secret first-secret second-secret")).isEqualTo("*** first-secret ***");
    }
}
