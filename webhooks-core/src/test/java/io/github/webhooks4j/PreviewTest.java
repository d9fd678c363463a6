package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.Transport;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PreviewTest {
    private static final Event EVENT =
            Event.builder("x").id("e1").json("{\"a\":1}").header("X-Trace", "t").build();

    private final SteppedClient node = new SteppedClient(
                    settings -> settings.signer("mine", message -> Map.of("X-Mine", "geheim"))
                            .signer("broken", message -> {
                                throw new IllegalStateException("geheim");
                            }))
            .open();

    @AfterEach
    void close() {
        node.close();
    }

    private static Webhook.Builder full() {
        return SteppedClient.webhook("a", "*")
                .url("https://a.example.com/hook?key=geheim")
                .method("PUT")
                .header("X-Open", "open")
                .secretHeader("X-Key", Secret.of("geheim-geheim"))
                .payload(PayloadFormat.template("text/plain", "{{data.a}}"))
                .signer(Signer.hmacSha256(Secret.of("geheim-geheim")))
                .signer(Signer.bearer(Secret.of("geheim-geheim")))
                .signer(Signer.custom("mine"));
    }

    @Test
    void previewIsTheRequestThatIsSentWithSecretsMasked() {
        Webhook webhook = node.client.register(full().build());

        RequestPreview preview = node.client.preview(webhook, EVENT);
        assertThat(node.transport.requests()).isEmpty();
        assertThat(node.attempts).isEmpty();

        node.client.publish(EVENT);
        node.step();
        Transport.Request sent = node.transport.requests().get(0);
        Map<String, String> masked = new HashMap<>(sent.headers());
        assertThat(masked).hasSize(11);
        masked.replaceAll((name, value) -> value.contains("geheim") ? "***" : value);
        assertThat(preview.headers())
                .isEqualTo(masked)
                .containsEntry("X-Key", "***")
                .containsEntry("X-Mine", "***");
        assertThat(preview.headers().get("webhook-signature")).startsWith("v1,");
        assertThat(preview.method()).isEqualTo(sent.method());
        assertThat(preview.url()).isEqualTo(sent.url());
        assertThat(preview.body()).isEqualTo(sent.body()).isEqualTo(new byte[] {'1'});
        assertThat(preview.toString()).doesNotContain("geheim");
    }

    @Test
    void urlOfADraftIsInTheSpellingThatIsSent() {
        Webhook draft = full().url("HTTPS://A.Example.com:443/x/../hook").build();

        assertThat(node.client.preview(draft, EVENT).url())
                .isEqualTo("https://a.example.com/hook")
                .isEqualTo(node.client.register(draft).url());
    }

    @Test
    void draftNeedsNoRegistration() {
        assertThat(node.client.preview(full().build(), EVENT).headers()).containsEntry("X-Open", "open");
        assertThat(node.client.find("a")).isEmpty();
    }

    @Test
    void draftOfARegisteredWebhookHasTheSecretsThatAreStored() {
        node.register("a", "*");
        Webhook draft = Webhook.builder(SteppedClient.url("a"))
                .id("a")
                .events("*")
                .header("X-New", "1")
                .build();

        assertThat(node.client.preview(draft, EVENT).headers()).containsKeys("X-New", "webhook-signature");
        assertThat(node.client.find("a").orElseThrow().headers()).isEmpty();
    }

    @Test
    void noTokenIsFetched() {
        Webhook webhook = SteppedClient.webhook("a", "*")
                .signer(Signer.oauth2("https://login.example.com/token", "me", Secret.of("geheim-geheim")))
                .build();

        assertThat(node.client.preview(webhook, EVENT).headers()).containsEntry("Authorization", "***");
        assertThat(node.transport.requests()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsSaidWithoutSecrets() {
        Webhook template = SteppedClient.webhook("a", "*")
                .payload(PayloadFormat.template("text/plain", "{{data}}"))
                .build();
        assertThatThrownBy(() -> node.client.preview(
                        template, Event.builder("x").raw("a/b", new byte[1]).build()))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("not JSON");
        Webhook broken =
                SteppedClient.webhook("a", "*").signer(Signer.custom("broken")).build();
        assertThatThrownBy(() -> node.client.preview(broken, EVENT))
                .isInstanceOf(IllegalStateException.class)
                .hasNoCause()
                .hasMessageNotContaining("geheim");
        Webhook invalid = SteppedClient.webhook("a", "*").method("GET").build();
        assertThatThrownBy(() -> node.client.preview(invalid, EVENT)).isInstanceOf(InvalidWebhookException.class);
        assertThatThrownBy(() ->
                        node.client.preview(SteppedClient.webhook("a", "*").build(), Event.of("a b", 1)))
                .isInstanceOf(InvalidEventException.class);
    }

    @Test
    void draftOfAnotherTenantGetsNothingOfAWebhookThatHasItsId() {
        node.client.register(SteppedClient.webhook("a", "*")
                .tenant("acme")
                .signer(Signer.hmacSha256("X-Own", Secret.of("secret-of-s")))
                .build());
        Webhook draft = Webhook.builder("https://other.example.com/")
                .id("a")
                .tenant("other")
                .events("*")
                .build();

        assertThat(node.client.check(draft))
                .extracting(Problem::code)
                .containsExactly("signers.missing", "tenant.changed");
        assertThat(node.client.check(draft.toBuilder().header("X-Own", "1").build()))
                .as("no word of the header that the other's signer sets")
                .extracting(Problem::code)
                .containsExactly("signers.missing", "tenant.changed");
        Webhook unsigned = draft.toBuilder().unsigned().build();
        assertThatThrownBy(() -> node.client.register(unsigned))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageStartingWith("tenant ");
        assertThatThrownBy(() -> node.client.preview(unsigned, EVENT))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageStartingWith("tenant ");
    }
}
