package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.Logged;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the operator finds in the log of names that resolve to denied addresses. */
class DeniedNamesTest {
    private static final Map<String, List<String>> NAMES = Map.of(
            "inside.example.com", List.of("8.8.8.8", "10.1.2.3", "fd12::1"),
            "metadata.example.com", List.of("10.1.2.3", "169.254.169.254"));

    private final OkHttpTransport transport =
            new TransportSettings().resolver(DeniedNamesTest::lookup).build();

    private static List<InetAddress> lookup(String host) throws UnknownHostException {
        List<String> literals = NAMES.getOrDefault(host, List.of("10.0.0.1"));
        InetAddress[] addresses = new InetAddress[literals.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.getByName(literals.get(i));
        }
        return List.of(addresses);
    }

    @BeforeEach
    void open() {
        transport.open(EgressPolicy.strict());
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private void deny(String host) {
        assertThat(transport
                        .send(Requests.post("https://" + host + "/hush?hush"))
                        .failure())
                .hasValue(Failure.DENIED);
    }

    @Test
    void nameThatIsDeniedIsNamedOnceWithWhatWouldAllowIt() {
        try (Logged logged = new Logged()) {
            deny("inside.example.com");
            deny("inside.example.com");

            assertThat(logged.lines("inside.example.com"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("WARN")
                            .endsWith("EgressPolicy.builder(): .allow(\"10.1.2.3\").allow(\"fd12::1\")")
                            .doesNotContain("hush"));
        }
    }

    @Test
    void nobodyIsToldToAllowMetadata() {
        try (Logged logged = new Logged()) {
            deny("metadata.example.com");

            assertThat(logged.lines("metadata.example.com"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).doesNotContain("EgressPolicy"));
        }
    }

    /** Names are entered by customers: their memory is bounded. */
    @Test
    void nameIsForgottenAfterAThousandOthers() {
        try (Logged logged = new Logged()) {
            deny("inside.example.com");
            for (int i = 0; i < 1000; i++) {
                deny("n" + i + ".example.com");
            }
            deny("inside.example.com");

            assertThat(logged.lines("inside.example.com")).hasSize(2);
        }
    }
}
