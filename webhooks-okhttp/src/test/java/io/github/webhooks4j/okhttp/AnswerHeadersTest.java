package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a receiver's headers become. */
class AnswerHeadersTest {
    private static final String END = "Content-Length: 0\\r\\n\\r\\n";

    private final OkHttpTransport transport = Requests.keepingConnections();

    @AfterEach
    void close() {
        transport.close();
    }

    private Map<String, String> headersOf(String script) throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(script)) {
            Answer answer = transport.send(Requests.post(server.url()));
            assertThat(answer.status()).isPresent();
            return answer.headers();
        }
    }

    @Test
    void headersOfOneNameAreJoinedInTheirOrder() throws IOException {
        assertThat(headersOf("S HTTP/1.1 500 Oops\\r\\nVia: a\\r\\nX-Request-Id: 7\\r\\nvia: b\\r\\n" + END))
                .containsExactlyInAnyOrderEntriesOf(Map.of("Via", "a, b", "X-Request-Id", "7", "Content-Length", "0"));
    }

    @Test
    void interimAnswersHaveNone() throws IOException {
        assertThat(
                        headersOf(
                                "S HTTP/1.1 103 Early Hints\\r\\nLink: </a>\\r\\n\\r\\nHTTP/1.1 204 No Content\\r\\nX-A: 1\\r\\n\\r\\n"))
                .containsExactly(Map.entry("X-A", "1"));
    }

    @Test
    void fiftyHeadersAreReadAtMost() throws IOException {
        StringBuilder many = new StringBuilder("S HTTP/1.1 500 Oops\\r\\n" + END.replace("\\r\\n\\r\\n", "\\r\\n"));
        for (int i = 1; i < 1000; i++) {
            many.append("X-").append(i).append(": ").append(i).append("\\r\\n");
        }

        Map<String, String> headers = headersOf(many + "\\r\\n");

        assertThat(headers).hasSize(50).containsEntry("X-49", "49").doesNotContainKey("X-50");
    }

    /** A name of one letter, so that there are thousands: they must not be joined one after the other. */
    @Test
    void thousandsOfOneNameAreNoWork() throws IOException {
        Map<String, String> headers = headersOf("S HTTP/1.1 500 Oops\\r\\n" + "a:b\\r\\n".repeat(10_000) + END);

        assertThat(headers).hasSize(1);
        assertThat(headers.get("a")).hasSize(50 * 3 - 2);
    }

    @Test
    void answerWithAStatusThatHttpDoesNotHaveHasNone() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering("S HTTP/1.1 600 Oops\\r\\nX-A: 1\\r\\n" + END)) {
            Answer answer = transport.send(Requests.post(server.url()));

            assertThat(answer.failure()).isPresent();
            assertThat(answer.headers()).isEmpty();
            assertThat(answer.toString()).isEqualTo("Answer[PROTOCOL]");
        }
    }
}
