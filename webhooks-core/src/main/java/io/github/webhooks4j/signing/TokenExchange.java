package io.github.webhooks4j.signing;

import java.util.Map;
import java.util.Objects;

/**
 * Sends token requests: the seam between {@link AccessTokens} and HTTP. Safe for use by any thread.
 *
 * <p>Strangers enter token URLs, as they enter the URLs of webhooks. An implementation applies the same egress policy, follows no
 * redirect, ends within a time limit, and reads at most 16 KiB of the answer's body.
 */
@FunctionalInterface
public interface TokenExchange {
    /**
     * Sends one POST request and waits for the answer.
     *
     * @param url as it was registered; check it again
     * @param headers all headers to set, content type included
     * @throws RuntimeException if there is no answer; the caller of the signer gets it unchanged
     */
    Answer post(String url, Map<String, String> headers, byte[] body);

    /**
     * What the authorization server answered.
     *
     * @param status the status code
     * @param body the body or its beginning
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, byte[] body) {
        /** Checks for null only. */
        public Answer {
            Objects.requireNonNull(body, "body");
        }

        @Override
        public String toString() {
            return "Answer[status=" + status + "]"; // the body holds a token
        }
    }
}
