package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.Transport.Request;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which request the settings of a webhook and an event make. */
class RequestTest {
    private static final Instant HAPPENED = Instant.parse("2026-01-15T12:30:00Z");

    private final SteppedClient node = new SteppedClient(settings -> settings.signer(
                            "mine", message -> Map.of("X-Mine", "m"))
                    .payloadFormat(
                            "upper",
                            event -> new PayloadFormat.Payload(
                                    "text/plain",
                                    event.type()
                                            .toUpperCase(java.util.Locale.ROOT)
                                            .getBytes(UTF_8)))
                    .payloadFormat("broken", event -> new PayloadFormat.Payload("no type", new byte[0])))
            .open();

    @AfterEach
    void close() {
        node.close();
    }

    private static Event.Builder event() {
        return Event.builder("user.created")
                .id("evt_1")
                .timestamp(HAPPENED)
                .json("{\"name\":\"J\\u00fc\\\"rgen & <Co>\",\"n\":1.50}");
    }

    private Request request(UnaryOperator<Webhook.Builder> settings, Event event) {
        node.client.register(settings.apply(SteppedClient.webhook("a", "*")).build());
        node.client.publish(event);
        node.step();
        List<Request> requests = node.transport.requests();
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    private static String body(Request request) {
        return new String(request.body(), UTF_8);
    }

    @Test
    void headersOfTheWebhookAreSent() {
        Request request = request(
                webhook -> webhook.method("PUT").header("X-Open", "1").secretHeader("X-Key", Secret.of("geheim")),
                event().header("X-Trace", "t").build());

        assertThat(request.method()).isEqualTo("PUT");
        assertThat(request.headers())
                .containsEntry("X-Open", "1")
                .containsEntry("X-Key", "geheim")
                .containsEntry("X-Trace", "t");
    }

    @Test
    void eventCannotOverrideHeadersOfWebhookAndSigner() {
        Request request = request(
                webhook -> webhook.header("X-Open", "1")
                        .secretHeader("X-Key", Secret.of("geheim"))
                        .signer(Signer.custom("mine")),
                event().header("x_open", "forged")
                        .header("x-key", "forged")
                        .header("X-MINE", "forged")
                        .header("X-Trace", "t")
                        .build());

        assertThat(request.headers().values()).doesNotContain("forged").contains("1", "geheim", "m", "t");
    }

    static Stream<Arguments> formats() {
        String data = "{\"name\":\"J\\u00fc\\\"rgen & <Co>\",\"n\":1.50}";
        String before = "{\"id\":\"evt_1\",\"type\":\"user.created\",\"";
        String after = "\":\"2026-01-15T12:30:00Z\",\"data\":" + data + "}";
        return Stream.of(
                argumentSet("standard", PayloadFormat.standard(), "application/json", before + "timestamp" + after),
                argumentSet(
                        "created_at",
                        PayloadFormat.standardWithCreatedAt(),
                        "application/json",
                        before + "created_at" + after),
                argumentSet("raw", PayloadFormat.raw(), "application/json", data),
                argumentSet(
                        "CloudEvents",
                        PayloadFormat.cloudEvents("/shop"),
                        "application/cloudevents+json",
                        "{\"specversion\":\"1.0\",\"id\":\"evt_1\",\"source\":\"/shop\",\"type\":\"user.created\",\"time\":"
                                + "\"2026-01-15T12:30:00Z\",\"datacontenttype\":\"application/json\",\"data\":" + data
                                + "}"),
                argumentSet("custom", PayloadFormat.custom("upper"), "text/plain", "USER.CREATED"),
                argumentSet(
                        "form",
                        PayloadFormat.template(
                                "application/x-www-form-urlencoded", "t={{type}}&n={{data.name}}&x={{data.x}}"),
                        "application/x-www-form-urlencoded",
                        "t=user.created&n=J%C3%BC%22rgen+%26+%3CCo%3E&x="),
                argumentSet(
                        "JSON template",
                        PayloadFormat.template(
                                "application/json", "{\"n\":\"{{data.n}}\",\"hi\":\"Hi {{data.name}}\"}"),
                        "application/json",
                        "{\"n\":1.50,\"hi\":\"Hi Jü\\\"rgen & <Co>\"}"));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void bodyIsOfTheFormatAndTheSignatureCoversIt(PayloadFormat format, String contentType, String body) {
        Request request = request(webhook -> webhook.payload(format), event().build());

        assertThat(body(request)).isEqualTo(body);
        assertThat(request.headers()).containsEntry("Content-Type", contentType);
        Message sent = new Message("evt_1", node.clock.instant(), body.getBytes(UTF_8));
        assertThat(request.headers())
                .containsAllEntriesOf(
                        Signer.standardWebhooks(SteppedClient.SECRET).headers(sent));
    }

    @Test
    void slackGetsBlocksUnlessTheWebhookSaysOtherwise() {
        Webhook slack =
                Webhook.builder("https://hooks.slack.com/services/T/B/x").build();

        assertThat(slack.payload()).isEqualTo(PayloadFormat.slack());
        assertThat(slack.toBuilder().payload(PayloadFormat.standard()).build().payload())
                .isEqualTo(PayloadFormat.standard());
        assertThat(Webhook.builder("https://hooks.slack.com.example.com/")
                        .build()
                        .payload())
                .isEqualTo(PayloadFormat.standard());
        Request request = request(webhook -> webhook.url(slack.url()), event().build());
        assertThat(body(request))
                .startsWith("{\"text\":\"user.created (evt_1)\\n```\\n{")
                .contains("}\\n```\",\"blocks\":[");
    }

    @Test
    void slackIsToldOfBytesThatAreNoJsonWithoutThem() {
        Request request = request(
                webhook -> webhook.url("https://hooks.slack.com/services/T/B/x"),
                event().raw("text/csv", new byte[] {'x', (byte) 0xff}).build());

        assertThat(request.headers()).containsEntry("Content-Type", "application/json");
        assertThat(body(request))
                .startsWith("{\"text\":\"user.created (evt_1)\",\"blocks\":[{\"type\":\"header\"")
                .contains("\"type\":\"context\"")
                .doesNotContain("section");
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                argumentSet(
                        "not JSON",
                        PayloadFormat.template("text/plain", "{{data}}"),
                        event().raw("a/b", new byte[] {'x'}).build()),
                argumentSet("content type", PayloadFormat.custom("broken"), event().build()));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void bodyThatCannotBeMadeIsAFailedAttempt(PayloadFormat format, Event event) {
        node.client.register(SteppedClient.webhook("a", "*").payload(format).build());
        node.client.publish(event);
        node.step();

        assertThat(node.transport.requests()).isEmpty();
        assertThat(node.attempts).singleElement().satisfies(attempt -> {
            assertThat(attempt.failure()).contains(Failure.INVALID);
            assertThat(attempt.number()).isEqualTo(1);
        });
    }

    @Test
    void whatIsNotSetAnewIsKept() {
        node.client.register(SteppedClient.webhook("a", "*")
                .method("PATCH")
                .header("X-Open", "1")
                .secretHeader("X-Key", Secret.of("geheim"))
                .secretHeader("X-Second", Secret.of("geheim2"))
                .payload(PayloadFormat.raw())
                .build());
        Webhook again = node.client.register(
                SteppedClient.webhook("a", "*").header("X-Other", "2").build());
        assertThat(again.method()).isEqualTo("PATCH");
        assertThat(again.payload()).isEqualTo(PayloadFormat.raw());
        assertThat(again.headers()).isEqualTo(Map.of("X-Other", "2"));
        assertThat(again.secretHeaders()).containsExactlyInAnyOrder("X-Key", "X-Second");

        Webhook edited = node.client.update(
                again.toBuilder().withoutHeader("x-key").header("X-Third", "3").build());
        node.client.publish(event().build());
        node.step();
        assertThat(edited.secretHeaders()).containsExactly("X-Second");
        assertThat(node.transport.requests().get(0).headers())
                .containsEntry("X-Second", "geheim2")
                .containsEntry("X-Third", "3")
                .containsEntry("X-Other", "2")
                .doesNotContainKey("X-Key");
        assertThat(edited.toString()).doesNotContain("geheim");
    }

    @Test
    void everyProblemIsNamedAtOnceAndNoValueIsShown() {
        Webhook webhook = Webhook.builder("https://a.example.com/")
                .id("a")
                .events("*")
                .signer(Signer.hmacSha256("X-Sig", Secret.of("geheim-geheim")))
                .method("TRACE")
                .header("X-Sig", "geheim")
                .header("Host", "geheim")
                .secretHeader("X-Key", Secret.of("geheim\n"))
                .payload(PayloadFormat.template("application/json", "{\"a\":\n{{geheim}}}"))
                .build();

        List<Problem> problems = node.client.check(webhook);

        assertThat(problems)
                .extracting(Problem::code)
                .containsExactlyInAnyOrder(
                        "method.form",
                        "headers.header.signed",
                        "headers.header.reserved",
                        "headers.header.value",
                        "payload.unusable");
        assertThat(problems.toString()).doesNotContain("geheim").contains("line 2");
        assertThatThrownBy(() -> node.client.register(webhook)).isInstanceOf(InvalidWebhookException.class);
    }

    static List<PayloadFormat> unusable() {
        return List.of(
                event -> new PayloadFormat.Payload("a/b", new byte[0]),
                PayloadFormat.custom("nobody"),
                PayloadFormat.cloudEvents(""),
                PayloadFormat.cloudEvents("a b"),
                PayloadFormat.template("text/html", "x"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void formatThatCannotBeUsedIsRefused(PayloadFormat format) {
        assertThat(node.client.check(
                        SteppedClient.webhook("a", "*").payload(format).build()))
                .extracting(Problem::field)
                .containsExactly("payload");
    }
}
