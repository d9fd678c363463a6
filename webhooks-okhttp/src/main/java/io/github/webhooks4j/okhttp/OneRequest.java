package io.github.webhooks4j.okhttp;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/** Lets one request of each call through, with the headers that the caller gave, and none once the transport is closed. */
final class OneRequest implements Interceptor {
    private static final String USER_AGENT = "User-Agent";

    private final BooleanSupplier closed;

    OneRequest(BooleanSupplier closed) {
        this.closed = closed;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        if (closed.getAsBoolean()) {
            throw new IOException("the transport is closed");
        }
        Request original = chain.call().request();
        ExchangeListener exchange = Objects.requireNonNull(original.tag(ExchangeListener.class));
        if (!exchange.beginRequest()) {
            // Of a type that OkHttp takes as final.
            throw new ProtocolException("the request was sent already");
        }
        Request request = chain.request();
        boolean invented = original.header(USER_AGENT) == null;
        return chain.proceed(
                invented ? request.newBuilder().removeHeader(USER_AGENT).build() : request);
    }
}
