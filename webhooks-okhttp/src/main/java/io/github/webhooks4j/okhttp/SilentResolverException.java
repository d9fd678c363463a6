package io.github.webhooks4j.okhttp;

import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** No name server answered what was asked for this name. */
final class SilentResolverException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    SilentResolverException(@Nullable Exception cause) {
        super("name resolution took too long");
        initCause(cause);
    }
}
