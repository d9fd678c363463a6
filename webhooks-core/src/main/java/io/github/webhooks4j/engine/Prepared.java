package io.github.webhooks4j.engine;

import io.github.webhooks4j.masking.Masks;
import io.github.webhooks4j.transport.Transport;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A request that is ready to be sent.
 *
 * @param shown the request as people may see it. Asked only if it is to be kept
 * @param masks hide what must not be kept of an answer that echoes it: what the receiver knows of the webhook's secrets, those that
 *     were sent with this request among them. Asked only if there is something to keep
 */
public record Prepared(Transport.Request request, Supplier<Shown> shown, Supplier<Masks> masks) {
    /**
     * A request without its secrets.
     *
     * @param headers with a mask in the place of each value that is secret
     * @param body made without the secret that it shows to the receiver, if it shows one
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Shown(Map<String, String> headers, byte[] body) {
        /** Shows nothing of it. */
        @Override
        public String toString() {
            return "Shown[" + headers.size() + " headers, " + body.length + " bytes]";
        }
    }

    /** Shows nothing of the request. */
    @Override
    public String toString() {
        return "Prepared[" + request + "]";
    }
}
