package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.webhooks4j.signing.TokenExchange.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {
    private static final Instant START = Instant.parse("2026-01-15T12:00:00Z");
    private static final OAuth2Signer SIGNER =
            Signer.oauth2("https://auth.example/token", "client", Secret.of("hush-hush"));

    private final AtomicInteger requests = new AtomicInteger();
    private volatile Supplier<Answer> server = () -> token("t" + requests.get(), 3600);
    private final AccessTokens tokens = new AccessTokens((url, headers, body) -> {
        requests.incrementAndGet();
        return server.get();
    });
    private final Signer bound = tokens.bind(SIGNER);

    @Test
    void tokenIsFetchedOnceAndSentOften() {
        assertThat(authorization(0)).isEqualTo("Bearer t1");
        assertThat(authorization(1000)).isEqualTo("Bearer t1");
        assertThat(requests).hasValue(1);
    }

    @Test
    void tokenIsRenewedWhenAFifthOfItsLifeIsLeft() {
        authorization(0);

        assertThat(authorization(2879)).isEqualTo("Bearer t1");
        assertThat(authorization(2880)).isEqualTo("Bearer t2");
        assertThat(authorization(2881)).isEqualTo("Bearer t2");
    }

    @Test
    void tokenThatStillLivesIsSentWhileThereIsNoOther() {
        authorization(0);
        server = () -> new Answer(503, new byte[0]);

        assertThat(authorization(2880)).isEqualTo("Bearer t1");
        assertThat(authorization(2889)).isEqualTo("Bearer t1");
        assertThat(requests).hasValue(2);
        assertThat(authorization(2890)).isEqualTo("Bearer t1");
        assertThat(requests).hasValue(3);
        assertThat(authorization(3569)).isEqualTo("Bearer t1");
        assertThatThrownBy(() -> authorization(3570))
                .isInstanceOf(TokenException.class)
                .hasMessage("the token URL answered 503");
    }

    @Test
    void failureIsNotRemembered() {
        server = () -> new Answer(500, new byte[0]);
        assertThatThrownBy(() -> authorization(0)).isInstanceOf(TokenException.class);
        server = () -> token("later", 3600);

        assertThat(authorization(0)).isEqualTo("Bearer later");
    }

    @Test
    void tokenThatTheReceiverRefusedIsFetchedAnew() {
        Map<String, String> first = bound.headers(message(0));
        tokens.refused(SIGNER, first);

        assertThat(authorization(1)).isEqualTo("Bearer t2");
        tokens.refused(SIGNER, first); // too late: it is replaced already
        assertThat(authorization(2)).isEqualTo("Bearer t2");
    }

    @Test
    void equalCredentialsShareAToken() {
        authorization(0);
        Signer same = tokens.bind(Signer.oauth2("https://auth.example/token", "client", Secret.of("hush-hush")));

        assertThat(same.headers(message(0))).containsEntry("Authorization", "Bearer t1");
    }

    @Test
    void anotherSecretOrScopeIsAnotherToken() {
        authorization(0);
        Signer secret = tokens.bind(Signer.oauth2("https://auth.example/token", "client", Secret.of("guess")));
        Signer scope = tokens.bind(SIGNER.scope("read"));

        assertThat(secret.headers(message(0))).containsEntry("Authorization", "Bearer t2");
        assertThat(scope.headers(message(0))).containsEntry("Authorization", "Bearer t3");
    }

    @Test
    void otherSignersStayAsTheyAre() {
        Signer bearer = Signer.bearer(Secret.of("token"));

        assertThat(tokens.bind(bearer)).isSameAs(bearer);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 239, 240",
        "soon, 239, 240",
        "-5, 239, 240",
        "99999999999999999999, 239, 240",
        "100, 79, 80",
        "999999999, 69119, 69120"
    })
    void lifetimeIsWithinBounds(String expiresIn, long good, long renewed) {
        server = () -> answer("{\"access_token\":\"t" + requests.get() + "\",\"expires_in\":\"" + expiresIn + "\"}");
        authorization(0);

        assertThat(authorization(good)).isEqualTo("Bearer t1");
        assertThat(authorization(renewed)).isEqualTo("Bearer t2");
    }

    @Test
    void tokenWithoutALifeIsUsedOnce() {
        server = () -> token("t" + requests.get(), 0);

        assertThat(authorization(0)).isEqualTo("Bearer t1");
        assertThat(authorization(0)).isEqualTo("Bearer t2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hush",
                "[]",
                "null",
                "\"hush\"",
                "{}",
                "{\"access_token\":\"\"}",
                "{\"access_token\":null}",
                "{\"access_token\":{\"a\":1}}",
                "{\"access_token\":\"hush\\r\\nX: 1\"}",
                "{\"access_token\":\"hush hush\"}",
                "{\"access_token\":\"h\u00fcsh\"}",
                "{\"access_token\":\"hush\",\"token_type\":\"mac\"}",
                "{\"access_token\":\"hush\"} 1",
                "{\"access_token\":\"hush\",\"expires_in\":1e99999999999}",
                "{\"access_token\":\"hush\""
            })
    void answerWithoutATokenIsRefused(String body) {
        server = () -> answer(body);

        assertThatThrownBy(() -> authorization(0))
                .isInstanceOf(TokenException.class)
                .hasMessageStartingWith("the token URL answered with")
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 301, 400, 401, 404, 500})
    void statusOtherThanSuccessIsRefused(int status) {
        server = () -> new Answer(status, "{\"access_token\":\"hush\"}".getBytes(UTF_8));

        assertThatThrownBy(() -> authorization(0))
                .isInstanceOf(TokenException.class)
                .hasMessage("the token URL answered " + status);
    }

    @Test
    void hugeAnswerIsRefused() {
        server = () -> answer("{\"access_token\":\"a\",\"x\":\"" + "x".repeat(20_000) + "\"}");

        assertThatThrownBy(() -> authorization(0)).hasMessageContaining("more than 16384 bytes");
    }

    @Test
    void whatTheExchangeThrowsArrivesAsItIs() {
        IllegalArgumentException denied = new IllegalArgumentException("denied");
        server = () -> {
            throw denied;
        };

        assertThatThrownBy(() -> authorization(0)).isSameAs(denied);
    }

    @Test
    void threadsThatNeedTheSameTokenShareOneRequest() throws InterruptedException {
        CountDownLatch answered = new CountDownLatch(1);
        server = () -> {
            awaitQuietly(answered);
            return token("shared", 3600);
        };
        List<String> sent = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            threads.add(new Thread(() -> sent.add(authorization(0)), "sender-" + i));
        }

        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            awaitWaiting(thread);
        }
        answered.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(sent).hasSize(16).containsOnly("Bearer shared");
        assertThat(requests).hasValue(1);
    }

    @Test
    void othersGoOnWhileOneRenews() throws InterruptedException {
        authorization(0);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        server = () -> {
            asked.countDown();
            awaitQuietly(answered);
            return token("next", 3600);
        };
        Thread renewing = new Thread(() -> authorization(2900), "renewing");
        renewing.start();
        asked.await();

        assertThat(authorization(2900)).isEqualTo("Bearer t1");
        answered.countDown();
        renewing.join();
        assertThat(authorization(2900)).isEqualTo("Bearer next");
    }

    /** RFC 6749, sections 2.3.1 and 4.4.2, over a real connection. */
    @Test
    void requestIsThatOfTheRfc() throws IOException {
        assertThat(received(url -> Signer.oauth2(url, "my client", Secret.of("p\u00e4ss:&"))
                        .scope("read write")
                        .audience("https://api.example")))
                .isEqualTo("POST application/x-www-form-urlencoded Basic "
                        + StrictBase64.encode("my+client:p%C3%A4ss%3A%26".getBytes(UTF_8))
                        + " grant_type=client_credentials&scope=read+write&audience=https%3A%2F%2Fapi.example");
    }

    @Test
    void requestHasTheCredentialsInTheBodyIfToldSo() throws IOException {
        assertThat(received(
                        url -> Signer.oauth2(url, "client", Secret.of("a&b")).credentialsInBody()))
                .isEqualTo("POST application/x-www-form-urlencoded null"
                        + " grant_type=client_credentials&client_id=client&client_secret=a%26b");
    }

    @Test
    void signerDoesNotSignWithoutTokens() {
        assertThatThrownBy(() -> SIGNER.headers(message(0))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noTextShowsTheUrlOrTheSecret() {
        assertThat(SIGNER.toString()).doesNotContain("auth.example").doesNotContain("hush");
        assertThat(token("hush", 1).toString()).doesNotContain("hush");
    }

    private static String received(java.util.function.Function<String, Signer> signer) throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            seen.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            byte[] body = token("real", 60).body();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
        try {
            String url = "http://127.0.0.1:" + http.getAddress().getPort() + "/token";
            Signer bound = new AccessTokens(AccessTokensTest::post).bind(signer.apply(url));
            assertThat(bound.headers(message(0))).isEqualTo(Map.of("Authorization", "Bearer real"));
        } finally {
            http.stop(0);
        }
        return String.join("\n", seen);
    }

    private static Answer post(String url, Map<String, String> headers, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            HttpResponse<byte[]> response =
                    HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String authorization(long seconds) {
        return bound.headers(message(seconds)).getOrDefault("Authorization", "");
    }

    private static Message message(long seconds) {
        return new Message("evt_1", START.plusSeconds(seconds), new byte[0]);
    }

    private static Answer token(String token, long expiresIn) {
        return answer("{\"access_token\":\"" + token + "\",\"token_type\":\"bearer\",\"expires_in\":" + expiresIn
                + ",\"x\":{\"y\":[1]}}");
    }

    private static Answer answer(String json) {
        return new Answer(200, json.getBytes(UTF_8));
    }

    /** Until the thread waits for something, be it with a time limit. */
    private static void awaitWaiting(Thread thread) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(System.nanoTime()).as("%s waits", thread.getName()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
