package io.github.webhooks4j.okhttp;

import java.net.UnknownHostException;

/**
 * The egress policy forbids an address. Always the same text, which tells nothing about the address. Of this type since
 * OkHttp lets name resolution throw no other.
 */
final class TargetDeniedException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    TargetDeniedException() {
        super("the egress policy does not allow the target");
    }
}
