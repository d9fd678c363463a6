package io.github.webhooks4j.engine;

import io.github.webhooks4j.transport.Transport;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * A request that is ready to be sent.
 *
 * @param secrets what must not be kept of an answer that echoes it: what the receiver knows of the webhook's secrets, those that were
 *     sent with this request among them. Asked only if there is something to keep
 */
public record Prepared(Transport.Request request, Supplier<Collection<byte[]>> secrets) {
    /** Shows nothing of the request. */
    @Override
    public String toString() {
        return "Prepared[" + request + "]";
    }
}
