package io.github.webhooks4j;

import io.github.webhooks4j.payload.PayloadFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call of the application's API, to be published as the data of an event: {@code Event.of("order-placed", call)}. Webhooks send
 * it as it is, or in the form of {@link PayloadFormat#apiCall}.
 *
 * @param triggerId the number of the rule that made the call an event; receivers know the rule by it. The event's type is the
 *     rule's label
 * @param request the request of the call
 * @param response the response to it
 */
public record ApiCall(long triggerId, Request request, Response response) {
    /** Checks for null only. */
    public ApiCall {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(response, "response");
    }

    /** Shows neither URL nor bodies. */
    @Override
    public String toString() {
        return "ApiCall[triggerId=" + triggerId + ", status=" + response.status + "]";
    }

    /**
     * The request of a call.
     *
     * @param tag the name of the called route; empty if it has none
     * @param method the HTTP method; stored in lower case
     * @param url the path, and the query if there is one
     * @param body any object that can be the data of an event; null if there was none
     */
    public record Request(
            Optional<String> tag,
            String method,
            String url,
            @Nullable Object body) {
        /** Checks for null only. */
        public Request {
            Objects.requireNonNull(tag, "tag");
            method = method.toLowerCase(Locale.ROOT);
            Objects.requireNonNull(url, "url");
        }

        /** Shows neither URL nor body. */
        @Override
        public String toString() {
            return "Request[" + method + "]";
        }
    }

    /**
     * The response to a call.
     *
     * @param status the HTTP status
     * @param body any object that can be the data of an event; null if there was none
     */
    public record Response(int status, @Nullable Object body) {
        /** Shows no body. */
        @Override
        public String toString() {
            return "Response[" + status + "]";
        }
    }
}
