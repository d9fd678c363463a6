package io.github.webhooks4j.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeNameTest {
    @Test
    void nameIsThatOfTheHostAndFourDigits() {
        assertThat(NodeName.of("web-1.example.com", 0xa)).isEqualTo("web-1.example.com-000a");
        assertThat(NodeName.of("web-1\n", 0xffff)).isEqualTo("web-1-ffff");
        assertThat(NodeName.of("a".repeat(100), 1)).isEqualTo("a".repeat(40) + "-0001");
    }

    @Test
    void hostWithoutANameIsANode() {
        assertThat(NodeName.of("", 1)).isEqualTo("node-0001");
        assertThat(NodeName.of(" \u00e9\n", 1)).isEqualTo("node-0001");
    }

    @Test
    void whateverTheHostIsCalledTheNameIsVisible() {
        assertThat(NodeName.random(new Random(1))).matches("[!-~]{1,40}-[0-9a-f]{4}");
    }
}
