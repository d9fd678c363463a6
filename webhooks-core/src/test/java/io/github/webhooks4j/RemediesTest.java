package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator finds in the log when the egress policy refuses a webhook. */
class RemediesTest {
    private static final String HINT = "if it is to be allowed: ";

    private static Webhook.Builder webhook(String url) {
        return Webhook.builder(url).id("a").events("*").unsigned();
    }

    private static void refuse(SteppedClient node, Webhook.Builder webhook) {
        assertThatThrownBy(() -> node.client.register(webhook.build()))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageNotContaining("EgressPolicy");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://hooks.example.com/hush | allowHttp()",
                "https://HOOKS.internal/hush?hush | allowHost(\"hooks.internal\").allow(\"…\") with the address of that host",
                "http://hooks:8080/hush | allowHttp().allowHost(\"hooks\").allow(\"…\") with the address of that host",
                "https://10.1.2.3/hush | allow(\"10.1.2.3\")",
                "https://localhost/hush | allowHost(\"localhost\").allow(\"127.0.0.1\").allow(\"::1\"), or"
                        + " EgressPolicy.development() on a developer's machine",
                "https://[FD12:0:0::1]/hush | allow(\"fd12::1\")",
                "https://hooks.example.com:25/hush | ports(25, …)",
            })
    void refusedRegistrationSaysWhatWouldAllowIt(String url, String remedy) {
        try (SteppedClient node = new SteppedClient();
                Logged logged = new Logged()) {
            refuse(node, webhook(url));
            refuse(node, webhook(url).id("b"));

            assertThat(logged.lines(HINT))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("INFO")
                            .endsWith(HINT + "EgressPolicy.builder()." + remedy)
                            .doesNotContain("hush"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://169.254.169.254/latest",
                "https://0.0.0.0/",
                "https://[::ffff:10.0.0.1]/",
                "https://127.1/",
                "https://bob:hush@hooks.internal/",
                "ftp://hooks.internal/",
                "https://hooks.internal:70000/",
                "https://hooks.example.com/\n",
            })
    void nothingIsSaidOfWhatNobodyShouldAllow(String url) {
        try (SteppedClient node = new SteppedClient();
                Logged logged = new Logged()) {
            refuse(node, webhook(url));

            assertThat(logged.lines("EgressPolicy")).isEmpty();
        }
    }

    @Test
    void skippedVerificationHasARemedyToo() {
        try (SteppedClient node = new SteppedClient();
                Logged logged = new Logged()) {
            refuse(
                    node,
                    webhook("https://a.example.com/").tls(TlsSettings.standard().skipVerification()));

            assertThat(logged.lines(HINT))
                    .singleElement()
                    .satisfies(line -> assertThat(line).endsWith("EgressPolicy.builder().allowSkipVerification()"));
        }
    }

    private static Webhook.Builder withToken(String tokenUrl) {
        return webhook("https://a.example.com/").signer(Signer.oauth2(tokenUrl, "me", Secret.of("hush")));
    }

    @Test
    void refusedTokenUrlHasARemedyToo() {
        try (SteppedClient node = new SteppedClient();
                Logged logged = new Logged()) {
            refuse(node, withToken("https://login.internal/hush"));
            refuse(node, withToken("https://169.254.169.254/hush"));

            assertThat(logged.lines(HINT))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .endsWith(
                                    "EgressPolicy.builder().allowHost(\"login.internal\").allow(\"…\") with the address of that host")
                            .doesNotContain("hush"));
        }
    }

    @Test
    void webhookWhoseTokenUrlIsDeniedIsNotSentToAndNamed() {
        EgressPolicy before = EgressPolicy.builder().allowHost("login.internal").build();
        try (SteppedClient lenient = new SteppedClient(settings -> settings.egress(before));
                Logged logged = new Logged()) {
            lenient.client.register(withToken("https://login.internal/hush").build());
            try (SteppedClient strict = new SteppedClient(lenient).open()) {
                strict.client.publish(Event.of("x", 1));
                strict.elapse(Duration.ofSeconds(1));

                assertThat(strict.transport.requests()).isEmpty();
                assertThat(strict.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.DENIED));
                assertThat(logged.lines(HINT))
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .contains("WARN", "nothing is sent to webhook a")
                                .endsWith(
                                        "EgressPolicy.builder().allowHost(\"login.internal\").allow(\"…\") with the address of that host")
                                .doesNotContain("hush"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\n2026-01-15 ERROR all is lost", "\u001b[2J", "", "a\u2028b"})
    void malformedIdIsNotLogged(String id) {
        try (SteppedClient node = new SteppedClient();
                Logged logged = new Logged()) {
            refuse(node, webhook("https://hooks.internal/").id(id));

            assertThat(logged.lines("")).isEmpty();
        }
    }

    @Test
    void webhookThatIsNotSentToIsNamedOnce() {
        EgressPolicy before = EgressPolicy.builder().allowHost("hooks.internal").build();
        try (SteppedClient lenient = new SteppedClient(settings -> settings.egress(before));
                Logged logged = new Logged()) {
            lenient.client.register(webhook("https://hooks.internal/hush").build());
            assertThat(logged.lines(HINT)).isEmpty();

            try (SteppedClient strict = new SteppedClient(lenient).open()) {
                strict.client.publish(Event.of("x", 1));
                strict.client.publish(Event.of("x", 2));
                strict.elapse(Duration.ofMinutes(6)); // reads all webhooks again

                assertThat(strict.transport.requests()).isEmpty();
                assertThat(logged.lines(HINT))
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .contains("WARN", "nothing is sent to webhook a")
                                .endsWith(
                                        "EgressPolicy.builder().allowHost(\"hooks.internal\").allow(\"…\") with the address of that host")
                                .doesNotContain("hush"));
            }
        }
    }
}
