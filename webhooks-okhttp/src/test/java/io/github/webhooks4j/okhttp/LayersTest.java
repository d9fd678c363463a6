package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.egress.UrlLines;
import io.github.webhooks4j.egress.UrlLines.Case;
import io.github.webhooks4j.transport.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every line of {@code urls.tsv}, with all layers of the guard and with each of them alone. */
class LayersTest {
    private static final EgressPolicy POLICY =
            EgressPolicy.builder().allowHttp().build();

    static Stream<Case> cases() {
        return UrlLines.cases();
    }

    /** Answers as the line says: another set each time. */
    private static Dns resolver(Case line) {
        AtomicInteger lookups = new AtomicInteger();
        return host -> {
            List<List<InetAddress>> answers = line.lookups();
            assertThat(answers).as("a lookup of " + host).isNotEmpty();
            return answers.get(Math.min(lookups.getAndIncrement(), answers.size() - 1));
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void deniedUrlIsDeniedAtEachAttemptAndNoOther(Case line) {
        RecordingSockets sockets = RecordingSockets.guarded(POLICY);
        try (OkHttpTransport transport = new TransportSettings()
                .resolver(resolver(line))
                .more(builder -> builder.socketFactory(sockets))
                .build()) {
            transport.open(POLICY);
            boolean denied = false;
            for (int attempt = 0; attempt < Math.max(1, line.lookups().size()); attempt++) {
                Failure failure =
                        transport.send(Requests.post(line.url())).failure().orElseThrow();
                denied |= failure != Failure.CONNECT;
                List<InetAddress> targets = sockets.takeTargets();
                assertThat(targets).allMatch(POLICY::allows);
                assertThat(targets.isEmpty()).isEqualTo(failure != Failure.CONNECT);
            }
            assertThat(denied).isEqualTo(!line.isAllowed());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void socketsAloneConnectToNothingThatIsDenied(Case line) throws Exception {
        RecordingSockets sockets = RecordingSockets.guarded(POLICY);

        assertThat(targets(line, sockets, resolver(line))).allMatch(POLICY::allows);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void resolverAloneLetsNoDeniedAnswerThrough(Case line) throws Exception {
        if (!line.lookups().isEmpty()) {
            RecordingSockets sockets = RecordingSockets.unguarded();
            try (BoundedDns dns = new BoundedDns(POLICY, resolver(line), Requests.TIMEOUT)) {
                assertThat(targets(line, sockets, dns)).allMatch(POLICY::allows);
            }
        }
    }

    /** Shows that the tests above can fail: without our check, OkHttp connects to what is denied. */
    @Test
    void withoutTheCheckOfTheSocketsDeniedTargetsAreReached() throws Exception {
        RecordingSockets sockets = RecordingSockets.unguarded();
        int reached = 0;
        for (Case line : cases().toList()) {
            if (!targets(line, sockets, resolver(line)).stream().allMatch(POLICY::allows)) {
                reached++;
            }
        }
        assertThat(reached).isGreaterThan(50);
    }

    /** Where OkHttp goes with a URL that nobody has checked. */
    private static List<InetAddress> targets(Case line, RecordingSockets sockets, Dns resolver) throws Exception {
        HttpUrl url = HttpUrl.parse(line.url());
        if (url == null || UrlSpellingsTest.isAskedOfTheSystem(url.host())) {
            return List.of();
        }
        try (GuardedClient client = new GuardedClient(
                POLICY,
                new TransportSettings().more(builder -> builder.dns(resolver).socketFactory(sockets)))) {
            Call call = client.newCall(
                    new Request.Builder()
                            .url(url)
                            .tag(ExchangeListener.class, new ExchangeListener())
                            .build(),
                    TlsSettings.standard(),
                    false);
            CallLimits.begin(System.nanoTime() + Requests.TIMEOUT.toNanos(), ReadBudget.ofTheHeap());
            try {
                call.execute().close();
            } catch (IOException | AssertionError e) {
                // Nothing is connected here, whatever happens.
            } finally {
                CallLimits.end();
            }
        }
        return sockets.takeTargets();
    }
}
