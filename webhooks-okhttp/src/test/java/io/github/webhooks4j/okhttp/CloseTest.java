package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.EventListener;
import okhttp3.internal.concurrent.TaskQueue;
import okhttp3.internal.concurrent.TaskRunner;
import org.junit.jupiter.api.Test;

/** What is left of a transport that is closed. */
class CloseTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";

    /** An application's class, to be loaded once more. */
    public static final class Listening implements EventListener.Factory {
        @Override
        public EventListener create(Call call) {
            return new EventListener() {};
        }
    }

    /** Has the classes of an application's; all else is shared, OkHttp too. */
    private static final class ApplicationLoader extends ClassLoader {
        ApplicationLoader() {
            super(CloseTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(Listening.class.getName())) {
                return super.loadClass(name, resolve);
            }
            String file = "/" + name.replace('.', '/') + ".class";
            try (InputStream in = CloseTest.class.getResourceAsStream(file)) {
                byte[] bytes = Objects.requireNonNull(in).readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Those that OkHttp's threads have something to do for, or will have. */
    private static Set<TaskQueue> queues() {
        return new HashSet<>(TaskRunner.INSTANCE.activeQueues());
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    /** For an hour, if they were not put away. */
    @Test
    void noThreadAndNoTaskIsLeftThoughACallWasUnderWay() throws Exception {
        Set<TaskQueue> before = queues();
        ConnectionPool pool = new ConnectionPool(5, 1, HOURS);
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, "N"))) {
            OkHttpTransport transport = new TransportSettings()
                    .resolver(Dns.SYSTEM)
                    .more(builder -> builder.connectionPool(pool))
                    .build();
            transport.open(EgressPolicy.development());
            String url = "http://localhost:" + server.port() + "/";
            assertThat(transport.send(Requests.post(url)).status()).hasValue(200);
            CompletableFuture<Answer> hanging = CompletableFuture.supplyAsync(() -> transport.send(Requests.post(url)));
            await(() -> server.requests().size() == 2);
            transport.close();

            assertThat(hanging.get().failure()).hasValue(Failure.OURS);
            assertThat(pool.connectionCount()).isZero();
            await(() -> before.containsAll(queues()));
            await(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("webhooks-dns")));
        }
    }

    /** OkHttp's threads may be idle for a minute still. */
    @Test
    void nothingHoldsAClassOfTheApplication() throws Exception {
        WeakReference<ClassLoader> loader;
        try (ScriptedServer server = ScriptedServer.answeringEach(
                List.of(OK, OK, "C", OK, "S HTTP/1.1 200 OK\\r\\nContent-Length: -2\\r\\n\\r\\n"))) {
            loader = useFromAnApplication(server.url());
            assertThat(server.requests()).hasSize(5);
        }
        while (loader.get() != null) {
            System.gc();
            Thread.sleep(5);
        }
        assertThat(loader.get()).isNull();
    }

    private static WeakReference<ClassLoader> useFromAnApplication(String url) throws Exception {
        ClassLoader application = new ApplicationLoader();
        EventListener.Factory listeners = (EventListener.Factory) application
                .loadClass(Listening.class.getName())
                .getConstructor()
                .newInstance();
        assertThat(listeners.getClass().getClassLoader()).isSameAs(application);
        try (OkHttpTransport transport =
                OkHttpTransport.builder().eventListeners(listeners).build()) {
            transport.open(EgressPolicy.development());
            for (int i = 0; i < 5; i++) {
                transport.send(Requests.post(url));
            }
        }
        return new WeakReference<>(application);
    }
}
