package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.Logged;
import io.github.webhooks4j.Pauses;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the application can tune. */
class BuilderTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok";

    private static OkHttpTransport open(OkHttpTransport.Builder builder) {
        OkHttpTransport transport = builder.build();
        transport.open(EgressPolicy.development());
        return transport;
    }

    // ---- time-outs

    /** A server whose queue of new connections is full: the next one comes about never. */
    private static final class Full implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<Socket> waiting = new ArrayList<>();

        Full() throws IOException {
            try {
                while (true) {
                    Socket socket = new Socket();
                    waiting.add(socket);
                    socket.connect(listener.getLocalSocketAddress(), 300);
                }
            } catch (SocketTimeoutException e) {
                // Full.
            }
        }

        String url() {
            return "http://127.0.0.1:" + listener.getLocalPort() + "/";
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : waiting) {
                socket.close();
            }
            listener.close();
        }
    }

    @Test
    void connectionThatDoesNotComeAboutIsGivenUp() throws IOException {
        try (Full server = new Full();
                Pauses pauses = new Pauses();
                OkHttpTransport transport = open(OkHttpTransport.builder().connectTimeout(Duration.ofMillis(200)))) {
            long start = System.nanoTime();
            Answer answer = transport.send(Requests.post(server.url(), Duration.ofSeconds(30)));

            assertThat(answer.failure()).hasValue(Failure.TIMEOUT);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("not the default of 5 s")
                    .isBetween(Duration.ofMillis(200), Duration.ofSeconds(4).plus(pauses.longest()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0009S", "PT30.001S"})
    void timeoutOutOfRangeIsRefused(Duration timeout) {
        assertThatThrownBy(() -> OkHttpTransport.builder().connectTimeout(timeout))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connectTimeout is " + timeout + "; it must be 1 ms to 30 s");
        assertThatThrownBy(() -> OkHttpTransport.builder().resolveTimeout(timeout))
                .hasMessageStartingWith("resolveTimeout is ");
    }

    // ---- listeners

    @Test
    void listenerIsToldOfEachCall() throws IOException {
        List<String> told = new ArrayList<>();
        EventListener.Factory listeners = call -> new EventListener() {
            @Override
            public void callStart(Call call) {
                told.add("start " + call.request().url().encodedPath());
            }

            @Override
            public void responseHeadersEnd(Call call, Response response) {
                told.add("status " + response.code());
            }

            @Override
            public void callEnd(Call call) {
                told.add("end");
            }
        };
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, OK));
                OkHttpTransport transport = open(OkHttpTransport.builder().eventListeners(listeners))) {
            transport.send(Requests.post(server.url()));
            transport.send(Requests.post(server.url()));

            assertThat(told).containsExactly("start /hook", "status 200", "end", "start /hook", "status 200", "end");
        }
    }

    /** Throws wherever a call passes on its way to an answer. */
    private static final class Throwing extends EventListener {
        @Override
        public void callStart(Call call) {
            throw new IllegalStateException("hush");
        }

        @Override
        public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
            throw new IllegalStateException("hush");
        }

        @Override
        public void connectionAcquired(Call call, Connection connection) {
            throw new AssertionError("hush");
        }

        @Override
        public void requestHeadersStart(Call call) {
            throw new IllegalStateException("hush");
        }

        @Override
        public void responseHeadersStart(Call call) {
            throw new IllegalStateException("hush");
        }

        @Override
        public void responseHeadersEnd(Call call, Response response) {
            throw new IllegalStateException("hush");
        }

        @Override
        public void callEnd(Call call) {
            throw new IllegalStateException("hush");
        }
    }

    static Stream<EventListener.Factory> throwing() {
        return Stream.of(call -> new Throwing(), call -> {
            throw new IllegalStateException("hush");
        });
    }

    @ParameterizedTest
    @MethodSource("throwing")
    void listenerThatThrowsHarmsNoCall(EventListener.Factory listeners) throws IOException {
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, OK));
                OkHttpTransport transport = open(OkHttpTransport.builder().eventListeners(listeners));
                Logged logged = new Logged()) {
            for (int i = 0; i < 2; i++) {
                Answer answer = transport.send(Requests.post(server.url()));

                assertThat(answer.status()).hasValue(200);
                assertThat(answer.body()).isEqualTo("ok".getBytes(UTF_8));
            }
            assertThat(server.requests()).hasSize(2);
            assertThat(server.connections()).as("kept").isEqualTo(1);
            assertThat(logged.lines("threw")).hasSizeGreaterThan(1);
            assertThat(logged.lines("ERROR")).singleElement().asString().contains("threw");
            assertThat(logged.lines("hush")).isEmpty();
        }
    }

    static Stream<Method> events() {
        return Arrays.stream(EventListener.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && !Modifier.isStatic(method.getModifiers())
                        && !Modifier.isFinal(method.getModifiers()));
    }

    /** A new version of OkHttp may know more. */
    @Test
    void everyEventIsPassedOn() {
        assertThat(events())
                .hasSizeGreaterThan(30)
                .allSatisfy(event -> assertThat(HostListener.class
                                .getMethod(event.getName(), event.getParameterTypes())
                                .getDeclaringClass())
                        .isEqualTo(HostListener.class));
    }

    @Test
    void opensOnAThreadThatIsInterrupted() {
        try (OkHttpTransport transport = OkHttpTransport.create()) {
            Thread.currentThread().interrupt();

            transport.open(EgressPolicy.development());

            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
