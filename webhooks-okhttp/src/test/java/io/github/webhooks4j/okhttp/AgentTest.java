package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.bytebuddy.matcher.ElementMatchers.any;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.Logged;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport.Request;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.matcher.ElementMatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Agents change OkHttp's classes, by the means that this test uses, so that their headers go out with each request. */
public class AgentTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";

    /** What is changed; public, like all that follows, since OkHttp's code calls it. */
    public enum Agent {
        /** None. */
        NONE,
        /** Adds interceptors where a client is made and has none of its own yet. */
        ONCE,
        /** Adds one whenever a client is made, without a look. */
        EACH_TIME,
        /** Puts another request into a call. */
        REQUEST;

        /** In force now. */
        public static volatile Agent current = NONE;
    }

    private static final Interceptor TRACING = AgentTest::tracing;

    private static okhttp3.Response tracing(Interceptor.Chain chain) throws IOException {
        return chain.proceed(traced(chain.request()));
    }

    /** The request with headers of an agent's, one of which may be there. */
    public static okhttp3.Request traced(okhttp3.Request request) {
        return request.newBuilder()
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .header("baggage", "tenant=42")
                .header("x-any-name", "hush")
                .header("X-Own", "changed")
                .addHeader("Connection", "x-any-name")
                .removeHeader("X-Other")
                .build();
    }

    /** As {@link #traced}, if that is what the agent does. */
    public static okhttp3.Request tracedCall(okhttp3.Request request) {
        return Agent.current == Agent.REQUEST ? traced(request) : request;
    }

    /** Adds interceptors, if that is what the agent does. */
    public static void instrument(OkHttpClient.Builder builder) {
        if (Agent.current == Agent.EACH_TIME) {
            builder.addNetworkInterceptor(AgentTest::tracing);
        } else if (Agent.current == Agent.ONCE && !builder.interceptors().contains(TRACING)) {
            builder.interceptors().add(0, TRACING);
            builder.networkInterceptors().add(TRACING);
        }
    }

    /** At the beginning of the constructor of a client. */
    public static final class ClientAdvice {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) OkHttpClient.Builder builder) {
            instrument(builder);
        }
    }

    /** At the beginning of the constructor of a call. */
    public static final class CallAdvice {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) okhttp3.Request request) {
            request = tracedCall(request);
        }
    }

    private static ClassReloadingStrategy classes;

    private static Class<?> call() throws ClassNotFoundException {
        return Class.forName("okhttp3.internal.connection.RealCall");
    }

    @BeforeAll
    static void changeClasses() throws ClassNotFoundException {
        classes = ClassReloadingStrategy.of(ByteBuddyAgent.install());
        change(OkHttpClient.class, ClientAdvice.class, takesArgument(0, OkHttpClient.Builder.class));
        change(call(), CallAdvice.class, any());
    }

    private static void change(Class<?> type, Class<?> advice, ElementMatcher<MethodDescription> constructors) {
        new ByteBuddy()
                .redefine(type)
                .visit(Advice.to(advice).on(isConstructor().and(constructors)))
                .make()
                .load(type.getClassLoader(), classes);
    }

    @BeforeEach
    void stopAgent() {
        Agent.current = Agent.NONE;
    }

    @AfterAll
    static void restoreClasses() throws ClassNotFoundException, IOException {
        Agent.current = Agent.NONE;
        classes.reset(OkHttpClient.class, call());
    }

    private static Request request(ScriptedServer server, Map<String, String> headers, boolean onNewConnection) {
        return new Request(
                "POST",
                server.url(),
                headers,
                "{}".getBytes(UTF_8),
                Requests.TIMEOUT,
                TlsSettings.standard(),
                onNewConnection);
    }

    private static List<String> head(ScriptedServer server, int request) {
        return Arrays.asList(
                server.requests().get(request).split("\r\n\r\n", 2)[0].split("\r\n"));
    }

    /** With the advice that the test itself gives, a client of the application's does send them. */
    @ParameterizedTest
    @EnumSource(names = {"ONCE", "EACH_TIME", "REQUEST"})
    void applicationsOwnClientsSendWhatAnAgentAdds(Agent kind) throws IOException {
        Agent.current = kind;
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            OkHttpClient client = new OkHttpClient();
            client.newCall(new okhttp3.Request.Builder().url(server.url()).build())
                    .execute()
                    .close();
            client.connectionPool().evictAll();

            assertThat(head(server, 0)).contains("baggage: tenant=42", "x-any-name: hush");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "ONCE", "REQUEST"})
    void nothingLeavesButWhatTheRequestHas(Agent kind) throws IOException {
        Agent.current = kind;
        Map<String, String> headers = Map.of(
                "Content-Type",
                "application/json",
                "X-Own",
                "as it is",
                "X-Other",
                "b",
                "traceparent",
                "00-11111111111111111111111111111111-1111111111111111-00");
        try (ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = Requests.keepingConnections()) {
            for (boolean onNewConnection : new boolean[] {false, false, true}) {
                assertThat(transport
                                .send(request(server, headers, onNewConnection))
                                .status())
                        .hasValue(200);
            }

            assertThat(server.requests())
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request)
                            .startsWith("POST /hook HTTP/1.1\r\n")
                            .endsWith("\r\n\r\n{}"));
            for (int i = 0; i < 3; i++) {
                assertThat(head(server, i))
                        .containsExactlyInAnyOrder(
                                "POST /hook HTTP/1.1",
                                "Content-Type: application/json",
                                "X-Own: as it is",
                                "X-Other: b",
                                "traceparent: 00-11111111111111111111111111111111-1111111111111111-00",
                                "Accept-Encoding: identity",
                                "Content-Length: 2",
                                "Host: 127.0.0.1:" + server.port(),
                                "Connection: Keep-Alive");
            }
        }
    }

    /** Nobody can follow those: there is always one more. */
    @Test
    void logSaysOnceThatAnAgentHasTheLastWord() throws IOException {
        Agent.current = Agent.EACH_TIME;
        try (Logged logged = new Logged();
                ScriptedServer server = ScriptedServer.answering(OK);
                OkHttpTransport transport = OkHttpTransport.create()) {
            transport.open(EgressPolicy.development());
            transport.send(request(server, Map.of(), true));
            transport.send(request(server, Map.of(), true));

            assertThat(logged.lines("an agent adds an interceptor")).hasSize(1);
        }
    }
}
