package io.github.webhooks4j.signing;

import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.signing.TokenExchange.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The token of one set of client credentials, and the request for the next. No lock is held while it is fetched. */
final class AccessToken {
    private static final int MAX_BODY = 16 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]{1,8000}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    /** For servers that do not say how long a token lives. */
    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

    private static final Duration MAX_LIFETIME = Duration.ofDays(1);

    /** Kept off the end of each lifetime, or a tenth of it if that is less: clocks differ, requests take time. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /** How long a token that still lives is used before the next request after one that failed. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final ClientCredentials credentials;
    private final TokenExchange exchange;

    // Both guarded by this.
    private @Nullable Fetched current;
    private @Nullable CompletableFuture<Fetched> request;

    /** A token as it was fetched. */
    private record Fetched(String authorization, Instant renewAt, Instant endsAt) {
        boolean isGood(Instant now) {
            return now.isBefore(endsAt);
        }

        @Override
        public String toString() {
            return "Fetched[***]";
        }
    }

    AccessToken(ClientCredentials credentials, TokenExchange exchange) {
        this.credentials = credentials;
        this.exchange = exchange;
    }

    /** The header's value at this time. */
    String authorization(Instant now) {
        CompletableFuture<Fetched> pending;
        boolean isOurs = false;
        synchronized (this) {
            Fetched token = current;
            if (token != null && token.isGood(now) && (request != null || now.isBefore(token.renewAt()))) {
                return token.authorization();
            }
            if (request == null) {
                request = new CompletableFuture<>();
                isOurs = true;
            }
            pending = request;
        }
        if (isOurs) {
            complete(pending, now);
        }
        return await(pending).authorization();
    }

    synchronized void refused(String authorization) {
        if (current != null && current.authorization().equals(authorization)) {
            current = null;
        }
    }

    /** Whatever happens, the request ends: those who wait for it must not wait for ever. */
    private void complete(CompletableFuture<Fetched> pending, Instant now) {
        try {
            Fetched fetched = fetch(now);
            synchronized (this) {
                current = fetched;
                request = null;
            }
            pending.complete(fetched);
        } catch (RuntimeException | Error e) {
            Fetched old;
            synchronized (this) {
                old = current;
                if (old != null && old.isGood(now)) {
                    old = new Fetched(old.authorization(), now.plus(PAUSE), old.endsAt());
                    current = old;
                } else {
                    old = null;
                }
                request = null;
            }
            if (old != null) {
                pending.complete(old);
            } else {
                pending.completeExceptionally(e);
            }
        }
    }

    private static Fetched await(CompletableFuture<Fetched> pending) {
        try {
            return pending.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenException("interrupted while waiting for an access token");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new TokenException("no access token could be fetched");
        }
    }

    private Fetched fetch(Instant now) {
        Answer answer = credentials.request(exchange);
        if (answer.status() < 200 || answer.status() > 299) {
            throw new TokenException("the token URL answered " + answer.status());
        }
        if (answer.body().length > MAX_BODY) {
            throw new TokenException("the token URL answered with more than " + MAX_BODY + " bytes");
        }
        Map<String, String> members;
        try {
            members = Json.scalars(answer.body());
        } catch (InvalidJsonException e) {
            throw new TokenException("the token URL answered with what is no JSON object");
        }
        String token = members.getOrDefault("access_token", "");
        if (!TOKEN.matcher(token).matches()) {
            throw new TokenException("the token URL answered without an access_token that a header can hold");
        }
        if (!members.getOrDefault("token_type", "Bearer").equalsIgnoreCase("Bearer")) {
            throw new TokenException("the token URL answered with a token_type other than Bearer");
        }
        Duration lifetime = lifetime(members.getOrDefault("expires_in", ""));
        Duration margin = lifetime.dividedBy(10).compareTo(MARGIN) < 0 ? lifetime.dividedBy(10) : MARGIN;
        return new Fetched(
                "Bearer " + token, now.plus(lifetime.multipliedBy(4).dividedBy(5)), now.plus(lifetime.minus(margin)));
    }

    private static Duration lifetime(String expiresIn) {
        if (!SECONDS.matcher(expiresIn).matches()) {
            return DEFAULT_LIFETIME;
        }
        Duration lifetime = Duration.ofSeconds(Long.parseLong(expiresIn));
        return lifetime.compareTo(MAX_LIFETIME) > 0 ? MAX_LIFETIME : lifetime;
    }
}
