package io.github.webhooks4j.okhttp;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Lets one request of each call through, and none once the transport is closed. It goes out with the headers that the call was
 * made with, whatever interceptors, or agents that change requests, have made of them since.
 */
final class OneRequest implements Interceptor {
    private static final int SWITCHING_PROTOCOLS = 101;

    private final BooleanSupplier closed;
    private final BooleanSupplier outvoted;

    /**
     * For all calls of a transport.
     *
     * @param closed whether the transport is closed
     * @param outvoted whether other interceptors may stand between this one and the network
     */
    OneRequest(BooleanSupplier closed, BooleanSupplier outvoted) {
        this.closed = closed;
        this.outvoted = outvoted;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        if (closed.getAsBoolean()) {
            throw new IOException("the transport is closed");
        }
        Request request = chain.request();
        ExchangeListener exchange = Objects.requireNonNull(request.tag(ExchangeListener.class));
        if (!exchange.beginRequest()) {
            // Of a type that OkHttp takes as final.
            throw new ProtocolException("the request was sent already");
        }
        Headers headers = Objects.requireNonNull(request.tag(Headers.class));
        boolean asMade = request.headers().equals(headers);
        Response response = chain.proceed(
                asMade ? request : request.newBuilder().headers(headers).build());
        expectBody(response, Objects.requireNonNull(chain.connection()));
        return response;
    }

    /** Here the call still has the connection, also if the answer has ended. */
    private void expectBody(Response response, Connection connection) throws IOException {
        long length = response.body().contentLength();
        if (response.code() == SWITCHING_PROTOCOLS || length < -1) {
            CallLimits.endAnswer(); // so that it is closed without a good-bye
            connection.socket().close();
            throw new ProtocolException("no answer can be read any more");
        }
        // Otherwise it may be the length of what an agent has made of the body.
        if (!outvoted.getAsBoolean()) {
            ((AnsweringSocket) connection.socket()).answers().bodyFollows(length);
            if (length >= 0) {
                CallLimits.beginBody();
            }
        }
    }
}
