package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ServerSocketFactory;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;

/**
 * A call connects to one address after the other, and takes a kept connection that comes free meanwhile. Here the first
 * call to connect does not succeed before another call, to the address that answers, has left a connection.
 */
class ConnectRaceTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";
    /** So many that OkHttp, which begins with another one each 250 ms, does not run out of them. */
    private static final int SILENT_ADDRESSES = 30;

    private final AtomicBoolean resolved = new AtomicBoolean();
    private final AtomicBoolean dialed = new AtomicBoolean();
    private final CompletableFuture<Answer> other = new CompletableFuture<Answer>().orTimeout(5, MINUTES);
    private final HeldCertificate certificate = new HeldCertificate.Builder()
            .addSubjectAlternativeName("receiver.example.com")
            .build();

    /** What the first address does. Once the other call has left its connection, the first call may take that at any time. */
    private interface FirstAddress {
        void dialed(Dial dial, Runnable otherCall) throws IOException;
    }

    /** Makes the connection, to where it really goes. */
    private interface Dial {
        void to(InetSocketAddress target) throws IOException;
    }

    /** The first lookup brings other addresses than those that come later. */
    private List<InetAddress> lookup(String host) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        if (resolved.getAndSet(true)) {
            addresses.add(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } else {
            for (byte last = 2; addresses.size() < SILENT_ADDRESSES; last++) {
                addresses.add(InetAddress.getByAddress(new byte[] {127, 0, 0, last}));
            }
        }
        return addresses;
    }

    private OkHttpTransport transport(String url, FirstAddress first) {
        EgressPolicy policy = EgressPolicy.development();
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpTransport[] transport = new OkHttpTransport[1];
        UnconnectedSockets sockets = new UnconnectedSockets() {
            @Override
            public Socket createSocket() {
                return new GuardedSocket(policy) {
                    @Override
                    void dial(InetSocketAddress target, int timeout) throws IOException {
                        if (target.getAddress().getAddress()[3] == 1) {
                            super.dial(target, timeout);
                        } else if (dialed.getAndSet(true)) {
                            other.join();
                            throw new ConnectException("silent");
                        } else {
                            first.dialed(
                                    there -> super.dial(there, timeout),
                                    () -> other.complete(transport[0].send(Requests.post(url))));
                        }
                    }
                };
            }
        };
        transport[0] = new TransportSettings()
                .tls(trust.sslSocketFactory(), trust.trustManager())
                .resolver(this::lookup)
                .more(builder -> Requests.keepConnections(builder.socketFactory(sockets)))
                .build();
        transport[0].open(policy);
        return transport[0];
    }

    private static ServerSocketFactory secure(HeldCertificate certificate) {
        HandshakeCertificates keys =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        return keys.sslContext().getServerSocketFactory();
    }

    private static void hasNoTimeOfConnecting(Answer answer) {
        assertThat(answer.timing().connect()).isEmpty();
        assertThat(answer.timing().tls()).isEmpty();
    }

    @Test
    void keptConnectionIsStaleAlsoIfTheCallHadBegunToConnect() throws IOException {
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, "C"))) {
            String url = "http://receiver.example.com:" + server.port() + "/";
            try (OkHttpTransport transport = transport(url, (dial, otherCall) -> {
                otherCall.run();
                throw new ConnectException("refused");
            })) {
                Answer answer = transport.send(Requests.post(url));

                assertThat(other)
                        .isCompletedWithValueMatching(kept -> kept.status().orElse(0) == 200);
                assertThat(server.connections()).isEqualTo(1);
                assertThat(server.requests()).hasSize(2);
                assertThat(answer.failure()).hasValue(Failure.STALE);
                hasNoTimeOfConnecting(answer);
            }
        }
    }

    @Test
    void keptConnectionIsStaleAlsoIfItWonOverOneThatIsStillBeingMade() throws IOException {
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, "C"))) {
            String url = "http://receiver.example.com:" + server.port() + "/";
            CompletableFuture<Answer> won = new CompletableFuture<Answer>().orTimeout(5, MINUTES);
            try (OkHttpTransport transport = transport(url, (dial, otherCall) -> {
                otherCall.run();
                won.join();
                throw new ConnectException("refused");
            })) {
                won.complete(transport.send(Requests.post(url)));

                assertThat(server.connections()).isEqualTo(1);
                assertThat(server.requests()).hasSize(2);
                assertThat(won.join().failure()).hasValue(Failure.STALE);
                hasNoTimeOfConnecting(won.join());
            }
        }
    }

    @Test
    void bytesOfAHandshakeThatFailedAreNoAnswerOnTheKeptConnection() throws IOException {
        HeldCertificate untrusted = new HeldCertificate.Builder()
                .addSubjectAlternativeName("receiver.example.com")
                .build();
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, "C"), secure(certificate));
                ScriptedServer impostor = ScriptedServer.answering(OK, secure(untrusted))) {
            String url = "https://receiver.example.com:" + server.port() + "/";
            InetSocketAddress there = new InetSocketAddress(InetAddress.getLoopbackAddress(), impostor.port());
            try (OkHttpTransport transport = transport(url, (dial, otherCall) -> {
                dial.to(there);
                impostor.awaitConnection();
                otherCall.run();
            })) {
                Answer answer = transport.send(Requests.post(url));

                assertThat(other)
                        .isCompletedWithValueMatching(kept -> kept.status().orElse(0) == 200);
                assertThat(impostor.connections()).isEqualTo(1);
                assertThat(impostor.requests()).isEmpty();
                assertThat(server.connections()).isEqualTo(1);
                assertThat(server.requests()).hasSize(2);
                assertThat(answer.failure()).hasValue(Failure.STALE);
                hasNoTimeOfConnecting(answer);
            }
        }
    }
}
