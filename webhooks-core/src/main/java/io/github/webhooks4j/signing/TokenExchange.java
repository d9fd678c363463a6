package io.github.webhooks4j.signing;

import java.util.Map;
import java.util.Objects;

/**
 * Sends token requests: the seam between {@link AccessTokens} and HTTP. Safe for use by any thread.
 *
 * <p>Token URLs are entered by strangers, as those of webhooks are. An implementation applies the same egress policy, does
 * not follow redirects, and ends within a time limit, with no more than 16 KiB of the answer's body read.
 */
@FunctionalInterface
public interface TokenExchange {
    /**
     * Sends one POST request and waits for the answer.
     *
     * @param url as it was registered; to be checked again
     * @param headers all that is to be set, content type included
     * @throws RuntimeException if there is no answer; it reaches whoever asked the signer for its headers as it is
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
