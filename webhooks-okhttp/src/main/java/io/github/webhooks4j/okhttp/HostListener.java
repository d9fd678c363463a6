package io.github.webhooks4j.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener of the application's, told after ours. What it throws is logged and harms nothing: else it would look like the
 * receiver's.
 */
final class HostListener extends EventListener {
    private static final Logger LOG = LoggerFactory.getLogger(HostListener.class);

    private final ExchangeListener ours;
    private final EventListener listener;
    private final AtomicBoolean complained;

    private HostListener(ExchangeListener ours, EventListener listener, AtomicBoolean complained) {
        this.ours = ours;
        this.listener = listener;
        this.complained = complained;
    }

    /**
     * Our listener, with the one that the application wants for this call behind it. OkHttp's own way to join two is missing in 5.0.
     *
     * @param complained whether the log has said that listeners throw: once will do
     */
    static EventListener behind(
            ExchangeListener ours, EventListener.Factory factory, Call call, AtomicBoolean complained) {
        try {
            return new HostListener(ours, Objects.requireNonNull(factory.create(call)), complained);
        } catch (RuntimeException | Error e) {
            complain(e, complained);
            return ours;
        }
    }

    private void tell(Consumer<EventListener> event) {
        event.accept(ours);
        try {
            event.accept(listener);
        } catch (RuntimeException | Error e) {
            complain(e, complained);
        }
    }

    private static void complain(Throwable thrown, AtomicBoolean complained) {
        // Only the kind: the message may hold the URL.
        String kind = thrown.getClass().getName();
        if (complained.getAndSet(true)) {
            LOG.debug("an event listener or its factory threw {}", kind);
        } else {
            LOG.error("an event listener or its factory threw {}; from now on this is logged at DEBUG only", kind);
        }
    }

    @Override
    public void callStart(Call call) {
        tell(each -> each.callStart(call));
    }

    @Override
    public void dispatcherQueueStart(Call call, Dispatcher dispatcher) {
        tell(each -> each.dispatcherQueueStart(call, dispatcher));
    }

    @Override
    public void dispatcherQueueEnd(Call call, Dispatcher dispatcher) {
        tell(each -> each.dispatcherQueueEnd(call, dispatcher));
    }

    @Override
    public void proxySelectStart(Call call, HttpUrl url) {
        tell(each -> each.proxySelectStart(call, url));
    }

    @Override
    public void proxySelectEnd(Call call, HttpUrl url, List<Proxy> proxies) {
        tell(each -> each.proxySelectEnd(call, url, proxies));
    }

    @Override
    public void dnsStart(Call call, String domain) {
        tell(each -> each.dnsStart(call, domain));
    }

    @Override
    public void dnsEnd(Call call, String domain, List<InetAddress> addresses) {
        tell(each -> each.dnsEnd(call, domain, addresses));
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        tell(each -> each.connectStart(call, address, proxy));
    }

    @Override
    public void secureConnectStart(Call call) {
        tell(each -> each.secureConnectStart(call));
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        tell(each -> each.secureConnectEnd(call, handshake));
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        tell(each -> each.connectEnd(call, address, proxy, protocol));
    }

    @Override
    public void connectFailed(
            Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol, IOException failure) {
        tell(each -> each.connectFailed(call, address, proxy, protocol, failure));
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        tell(each -> each.connectionAcquired(call, connection));
    }

    @Override
    public void connectionReleased(Call call, Connection connection) {
        tell(each -> each.connectionReleased(call, connection));
    }

    @Override
    public void requestHeadersStart(Call call) {
        tell(each -> each.requestHeadersStart(call));
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
        tell(each -> each.requestHeadersEnd(call, request));
    }

    @Override
    public void requestBodyStart(Call call) {
        tell(each -> each.requestBodyStart(call));
    }

    @Override
    public void requestBodyEnd(Call call, long bytes) {
        tell(each -> each.requestBodyEnd(call, bytes));
    }

    @Override
    public void requestFailed(Call call, IOException failure) {
        tell(each -> each.requestFailed(call, failure));
    }

    @Override
    public void responseHeadersStart(Call call) {
        tell(each -> each.responseHeadersStart(call));
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        tell(each -> each.responseHeadersEnd(call, response));
    }

    @Override
    public void responseBodyStart(Call call) {
        tell(each -> each.responseBodyStart(call));
    }

    @Override
    public void responseBodyEnd(Call call, long bytes) {
        tell(each -> each.responseBodyEnd(call, bytes));
    }

    @Override
    public void responseFailed(Call call, IOException failure) {
        tell(each -> each.responseFailed(call, failure));
    }

    @Override
    public void callEnd(Call call) {
        tell(each -> each.callEnd(call));
    }

    @Override
    public void callFailed(Call call, IOException failure) {
        tell(each -> each.callFailed(call, failure));
    }

    @Override
    public void canceled(Call call) {
        tell(each -> each.canceled(call));
    }

    @Override
    public void satisfactionFailure(Call call, Response response) {
        tell(each -> each.satisfactionFailure(call, response));
    }

    @Override
    public void cacheHit(Call call, Response response) {
        tell(each -> each.cacheHit(call, response));
    }

    @Override
    public void cacheMiss(Call call) {
        tell(each -> each.cacheMiss(call));
    }

    @Override
    public void cacheConditionalHit(Call call, Response cached) {
        tell(each -> each.cacheConditionalHit(call, cached));
    }

    @Override
    public void retryDecision(Call call, IOException failure, boolean retry) {
        tell(each -> each.retryDecision(call, failure, retry));
    }

    @Override
    public void followUpDecision(Call call, Response response, @Nullable Request next) {
        tell(each -> each.followUpDecision(call, response, next));
    }
}
