package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.TokenExchange;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Fetches access tokens by the transport of the webhooks, and so behind the same guard. */
public final class TokenRequests implements TokenExchange {
    /** Of the time of an attempt, so that two token requests leave it half. */
    private static final int PART_OF_TIMEOUT = 4;

    private final Transport transport;
    private final EgressPolicy policy;
    private final Duration timeout;

    public TokenRequests(Transport transport, EgressPolicy policy, Duration timeout) {
        this.transport = transport;
        this.policy = policy;
        this.timeout = timeout.dividedBy(PART_OF_TIMEOUT);
    }

    @Override
    public Answer post(String url, Map<String, String> headers, byte[] body) {
        if (!policy.check(url).isEmpty()) {
            throw new Failed(Failure.DENIED);
        }
        Map<String, String> all = new HashMap<>(headers);
        all.put("User-Agent", policy.userAgent());
        String canonical = policy.canonical(url);
        Transport.Answer answer = transport.send(request(canonical, all, body, false));
        if (answer.failure().filter(Failure.STALE::equals).isPresent()) {
            answer = transport.send(request(canonical, all, body, true));
        }
        answer.failure().ifPresent(failure -> {
            throw new Failed(failure == Failure.STALE ? Failure.PROTOCOL : failure);
        });
        return new Answer(answer.status().orElseThrow(), answer.body());
    }

    private Transport.Request request(String url, Map<String, String> headers, byte[] body, boolean onNewConnection) {
        return new Transport.Request("POST", url, headers, body, timeout, TlsSettings.standard(), onNewConnection);
    }

    /** There was no answer: the attempt that needed the token fails for the same reason. */
    public static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Failure failure;

        Failed(Failure failure) {
            super("the token request failed: " + failure);
            this.failure = failure;
        }

        public Failure failure() {
            return failure;
        }
    }
}
