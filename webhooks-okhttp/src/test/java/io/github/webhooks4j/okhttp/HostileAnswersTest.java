package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.Pauses;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every line of {@code responses.tsv}: the status that counts, one request, and an end in time. */
class HostileAnswersTest {
    /** Enough for answers that end by themselves, on a busy machine too. */
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static final Duration GRACE = Duration.ofMillis(500);
    private static final OkHttpTransport TRANSPORT = Requests.keepingConnections();

    record Line(String name, String script, OptionalInt status) {
        static Line of(String[] columns) {
            OptionalInt status =
                    columns[3].equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(columns[3]));
            return new Line(columns[0], columns[1], status);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Line> lines() {
        try (InputStream file = HostileAnswersTest.class.getResourceAsStream("responses.tsv")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> Line.of(line.split("\t", -1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void warmUp() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering("S HTTP/1.1 204 N\\r\\n\\r\\n")) {
            TRANSPORT.send(Requests.post(server.url()));
        }
    }

    @AfterAll
    static void close() {
        TRANSPORT.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void statusCountsAndTheRequestIsSentOnce(Line line) throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(line.script());
                Pauses pauses = new Pauses()) {
            long start = System.nanoTime();
            Answer answer = TRANSPORT.send(Requests.post(server.url(), TIMEOUT));
            Duration taken = Duration.ofNanos(System.nanoTime() - start);

            assertThat(answer.status()).as("%s", answer).isEqualTo(line.status());
            assertThat(answer.body().length).isLessThanOrEqualTo(16 * 1024);
            assertThat(server.requests()).hasSize(1);
            assertThat(taken).isLessThan(TIMEOUT.plus(GRACE).plus(pauses.longest()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void requestIsSentOnceOnAKeptConnectionToo(Line line) throws IOException {
        try (ScriptedServer server =
                ScriptedServer.answeringEach(List.of("S HTTP/1.1 204 N\\r\\n\\r\\n", line.script()))) {
            TRANSPORT.send(Requests.post(server.url()));
            Answer answer = TRANSPORT.send(Requests.post(server.url(), TIMEOUT));

            assertThat(answer.status()).as("%s", answer).isEqualTo(line.status());
            assertThat(server.requests()).hasSize(2);
            assertThat(server.connections()).isEqualTo(1);
        }
    }
}
