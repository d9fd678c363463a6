package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.io.IOException;
import java.util.List;
import okhttp3.ConnectionSpec;
import okhttp3.TlsVersion;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A kept connection that has died is told from a receiver that breaks off. */
class StaleConnectionTest {
    private static final String OK = "S HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n";

    private final OkHttpTransport transport = Requests.keepingConnections();

    @AfterEach
    void close() {
        transport.close();
    }

    private Answer send(ScriptedServer server, boolean onNewConnection) {
        Request request = Requests.post(server.url());
        return transport.send(new Request(
                request.method(),
                request.url(),
                request.headers(),
                request.body(),
                request.timeout(),
                TlsSettings.standard(),
                onNewConnection));
    }

    /** Each request is answered by the next script, the last one over and over. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "R"})
    void keptConnectionThatEndsWithoutAnAnswerIsStaleAndItsRepetitionGoesOutOnANewOne(String end) throws IOException {
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, end, OK))) {
            assertThat(send(server, false).status()).hasValue(200);
            assertThat(send(server, false).failure()).hasValue(Failure.STALE);
            assertThat(server.requests()).hasSize(2);

            assertThat(send(server, true).status()).hasValue(200);
            assertThat(server.requests()).hasSize(3);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void repetitionUsesNoOtherKeptConnectionEither() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            send(server, false);
            assertThat(send(server, true).status()).hasValue(200);
            assertThat(server.connections()).isEqualTo(2);

            assertThat(send(server, true).status()).hasValue(200);
            assertThat(server.connections()).as("the new one was not kept").isEqualTo(3);
            assertThat(send(server, false).status()).hasValue(200);
            assertThat(server.connections()).as("the first one was").isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "R"})
    void newConnectionThatEndsWithoutAnAnswerIsNotStale(String end) throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(end)) {
            assertThat(send(server, false).failure()).hasValue(Failure.PROTOCOL);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"S H | C", "S HTTP/1.1 20 | C", "S x\\r\\n | C", "S HTTP/1.1 100 Continue\\r\\n\\r\\n | C"})
    void keptConnectionThatEndsWithinTheAnswerIsNotStale(String script) throws IOException {
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, script))) {
            send(server, false);

            assertThat(send(server, false).failure()).hasValue(Failure.PROTOCOL);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void silenceOnAKeptConnectionIsATimeout() throws IOException {
        try (ScriptedServer server = ScriptedServer.answeringEach(List.of(OK, "N"))) {
            send(server, false);
            Request slow = Requests.post(server.url(), java.time.Duration.ofMillis(300));

            assertThat(transport.send(slow).failure()).hasValue(Failure.TIMEOUT);
        }
    }

    /** That of the JDK's TLS 1.3 takes most: two records with padding. */
    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void goodByeOfTlsIsNoAnswer(TlsVersion version) throws IOException {
        String half = "S HTTP/1.1 500 Internal Server Error\\r\\nContent-Len | C";
        try (ScriptedServer server = serving(List.of(OK, "C", OK, half));
                OkHttpTransport trusting = trusting(version)) {
            Request request = Requests.post("https://localhost:" + server.port() + "/");

            assertThat(trusting.send(request).status()).hasValue(200);
            assertThat(trusting.send(request).failure()).hasValue(Failure.STALE);
            assertThat(trusting.send(request).status()).hasValue(200);
            assertThat(trusting.send(request).failure()).hasValue(Failure.PROTOCOL);
        }
    }

    private final HeldCertificate certificate =
            new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();

    private ScriptedServer serving(List<String> scripts) {
        HandshakeCertificates keys =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        return ScriptedServer.answeringEach(scripts, keys.sslContext().getServerSocketFactory());
    }

    private OkHttpTransport trusting(TlsVersion version) {
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        ConnectionSpec only = new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
                .tlsVersions(version)
                .build();
        OkHttpTransport trusting = new TransportSettings()
                .tls(trust.sslSocketFactory(), trust.trustManager())
                .more(builder -> Requests.keepConnections(builder.connectionSpecs(List.of(only))))
                .build();
        trusting.open(EgressPolicy.development());
        return trusting;
    }
}
