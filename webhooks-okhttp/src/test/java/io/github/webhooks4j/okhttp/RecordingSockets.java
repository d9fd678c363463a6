package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.egress.EgressPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sockets that note where they would connect to, and do not. */
final class RecordingSockets extends UnconnectedSockets {
    private final EgressPolicy policy;
    private final boolean guarded;
    private final List<InetAddress> targets = new CopyOnWriteArrayList<>();

    private RecordingSockets(EgressPolicy policy, boolean guarded) {
        this.policy = policy;
        this.guarded = guarded;
    }

    /** Ours, but for the last step. */
    static RecordingSockets guarded(EgressPolicy policy) {
        return new RecordingSockets(policy, true);
    }

    /** With our check left out. */
    static RecordingSockets unguarded() {
        return new RecordingSockets(EgressPolicy.strict(), false);
    }

    /** Where connections would have gone since the last call. */
    List<InetAddress> takeTargets() {
        List<InetAddress> taken = List.copyOf(targets);
        targets.clear();
        return taken;
    }

    private ConnectException noted(InetSocketAddress target) {
        targets.add(target.getAddress());
        return new ConnectException("noted");
    }

    @Override
    public Socket createSocket() {
        if (guarded) {
            return new GuardedSocket(policy) {
                @Override
                void dial(InetSocketAddress target, int timeout) throws IOException {
                    throw noted(target);
                }
            };
        }
        return new Socket(Proxy.NO_PROXY) {
            @Override
            public void connect(SocketAddress endpoint, int timeout) throws IOException {
                throw noted((InetSocketAddress) endpoint);
            }
        };
    }
}
