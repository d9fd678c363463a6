package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What a receiver answers, whatever it is: a status or a failure, and nothing thrown. */
class ResponseFuzzTest {
    private static final OkHttpTransport TRANSPORT = OkHttpTransport.create();
    private static volatile byte[] answer = new byte[0];
    private static ServerSocket listener;

    @BeforeAll
    static void listen() throws IOException {
        TRANSPORT.open(EgressPolicy.development());
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread server = new Thread(ResponseFuzzTest::serve);
        server.setDaemon(true);
        server.start();
    }

    @AfterAll
    static void close() throws IOException {
        TRANSPORT.close();
        listener.close();
    }

    private static void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                InputStream in = socket.getInputStream();
                StringBuilder request = new StringBuilder();
                while (request.indexOf("\r\n\r\n") < 0 || request.charAt(request.length() - 1) != '}') {
                    request.append((char) in.read());
                }
                socket.getOutputStream().write(answer);
            } catch (IOException e) {
                // The client had enough.
            }
        }
    }

    @FuzzTest(maxDuration = "15s")
    void answer(FuzzedDataProvider data) {
        // Jazzer takes any connection for a finding.
        BugDetectors.allowNetworkConnections((host, port) -> port == listener.getLocalPort());
        String start = data.consumeBoolean() ? "HTTP/1.1 200 OK\r\n" : "";
        answer = (start + data.consumeRemainingAsString()).getBytes(ISO_8859_1);

        Answer read = TRANSPORT.send(Requests.post("http://127.0.0.1:" + listener.getLocalPort() + "/"));

        assertThat(read.status().isPresent()).isNotEqualTo(read.failure().isPresent());
        read.status().ifPresent(status -> assertThat(status).isBetween(100, 599));
        read.failure().ifPresent(failure -> assertThat(failure).isEqualTo(Failure.PROTOCOL));
        assertThat(read.body().length).isLessThanOrEqualTo(16 * 1024);
    }
}
