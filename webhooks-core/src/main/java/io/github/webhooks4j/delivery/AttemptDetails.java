package io.github.webhooks4j.delivery;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An attempt, and what else is known of it.
 *
 * @param attempt what happened
 * @param timing where the time went
 * @param origin where the request went, or was to go if none was made: scheme, host and port. Empty if that is not known
 * @param url the whole URL of the request, if the webhook has not been changed since; empty otherwise. It may hold a secret
 * @param webhookVersion the version of the webhook's settings that the attempt was made by; 0 if that is not known
 * @param request the request; empty if none was made, or it was not captured
 * @param answerHeaders the headers of the answer, by name, at most 50 of them and 4 KiB in all; empty if there was no answer, or it
 *     was not captured. The receiver wrote them: escape them before you show or log them. {@code ***} replaces secrets that they echo
 * @param node the name of the client that made the attempt; empty if it has none
 */
public record AttemptDetails(
        Attempt attempt,
        Timing timing,
        String origin,
        Optional<String> url,
        long webhookVersion,
        Optional<CapturedRequest> request,
        Map<String, String> answerHeaders,
        String node) {
    /** Copies the headers. */
    public AttemptDetails {
        Objects.requireNonNull(attempt, "attempt");
        Objects.requireNonNull(timing, "timing");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(request, "request");
        answerHeaders = Map.copyOf(answerHeaders);
        Objects.requireNonNull(node, "node");
    }

    /** An attempt of which no more is known. */
    public static AttemptDetails of(Attempt attempt) {
        return new AttemptDetails(attempt, Timing.UNKNOWN, "", Optional.empty(), 0, Optional.empty(), Map.of(), "");
    }

    /** These details with the URL that the request went to. */
    public AttemptDetails withUrl(String url) {
        return new AttemptDetails(
                attempt, timing, origin, Optional.of(url), webhookVersion, request, answerHeaders, node);
    }

    /** These details without what was captured: neither the request nor what the receiver wrote. */
    public AttemptDetails withoutCaptures() {
        return new AttemptDetails(
                attempt.withoutExcerpt(), timing, origin, url, webhookVersion, Optional.empty(), Map.of(), node);
    }

    /** Shows neither the URL nor what was captured. */
    @Override
    public String toString() {
        return "AttemptDetails[" + attempt + ", origin=" + origin + ", webhookVersion=" + webhookVersion + ", node="
                + node + "]";
    }
}
