package io.github.webhooks4j.okhttp;

import java.net.UnknownHostException;

/** No name can be resolved, which is not the fault of the one that was asked for. */
final class ResolverDownException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    ResolverDownException(String message) {
        super(message);
    }
}
