package io.github.webhooks4j.okhttp;

import java.io.IOException;

/** The proxy takes no connections. */
final class ProxyUnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    ProxyUnreachableException(IOException cause) {
        super("the proxy cannot be reached", cause);
    }
}
