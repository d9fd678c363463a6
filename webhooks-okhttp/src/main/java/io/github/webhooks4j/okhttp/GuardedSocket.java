package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.webhooks4j.egress.EgressPolicy;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Objects;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/**
 * A socket that asks the egress policy before it connects, and the limits of the call before it reads or writes.
 *
 * <p>The authority about targets: every connection is made here, whatever spelled the address or resolved the name. If the
 * policy names a proxy, it is the only target there is; no other proxy is used, not even one that the system properties
 * name.
 *
 * <p>What has to be written when no request is under way, such as the good-bye of TLS, closes it instead: a receiver that
 * reads nothing would hold whoever writes for ever.
 */
class GuardedSocket extends Socket implements AnsweringSocket {
    /** How long a thread that waits for bytes goes without a look at its interrupt flag. */
    private static final int SLICE_MILLIS = 250;

    private final EgressPolicy policy;

    /** As {@link #setSoTimeout} had it; zero waits for ever. */
    private volatile int readMillis;

    private volatile @Nullable AnswerInput answers;

    private volatile long connectBegan;

    GuardedSocket(EgressPolicy policy) {
        super(Proxy.NO_PROXY);
        this.policy = policy;
    }

    @Override
    public final void connect(SocketAddress endpoint, int timeout) throws IOException {
        if (!(endpoint instanceof InetSocketAddress target) || target.isUnresolved() || !isAllowed(target)) {
            throw new TargetDeniedException();
        }
        connectBegan = System.nanoTime();
        try {
            dial(target, timeout);
        } catch (IOException e) {
            throw policy.proxy().isPresent() ? new ProxyUnreachableException(e) : e;
        }
    }

    /** Connects to a target that is allowed. Tests see here where a connection would go. */
    void dial(InetSocketAddress target, int timeout) throws IOException {
        super.connect(target, timeout);
        setTcpNoDelay(true);
    }

    private boolean isAllowed(InetSocketAddress target) {
        return policy.proxy()
                .map(proxy -> proxy.getAddress().equals(target.getAddress()) && proxy.getPort() == target.getPort())
                .orElseGet(() -> policy.allows(target.getAddress()));
    }

    @Override
    public synchronized void setSoTimeout(int timeout) throws SocketException {
        super.setSoTimeout(timeout == 0 ? SLICE_MILLIS : timeout);
        readMillis = timeout;
    }

    @Override
    public synchronized int getSoTimeout() {
        return readMillis;
    }

    @Override
    public AnswerInput answers() {
        return Objects.requireNonNull(answers, "not connected");
    }

    @Override
    public long connectBegan() {
        return connectBegan;
    }

    /** The same one each time: TLS goes on where the answer of a proxy has ended. */
    @Override
    public synchronized InputStream getInputStream() throws IOException {
        AnswerInput input = answers;
        if (input == null) {
            input = new AnswerInput(new LimitedInput(super.getInputStream()), InputStream.nullInputStream());
            answers = input;
        }
        return input;
    }

    private final class LimitedInput extends FilterInputStream {
        LimitedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            CallLimits limits = CallLimits.current();
            int count = readPatiently(target, offset, limits.grant(length));
            limits.used(Math.max(count, 0));
            return count;
        }

        private int readPatiently(byte[] target, int offset, int length) throws IOException {
            while (true) {
                try {
                    return in.read(target, offset, length);
                } catch (SocketTimeoutException e) {
                    if (readMillis != 0) {
                        throw e;
                    }
                    if (Thread.currentThread().isInterrupted()) {
                        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
                    }
                }
            }
        }
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        getInputStream(); // so that there are answers
        return new LimitedOutput(super.getOutputStream(), answers());
    }

    private final class LimitedOutput extends FilterOutputStream {
        private final AnswerInput input;

        LimitedOutput(OutputStream out, AnswerInput input) {
            super(out);
            this.input = input;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            long nanos = CallLimits.nanosToWrite();
            if (nanos <= 0) {
                GuardedSocket.this.close();
                throw new SocketException("nothing may be written now");
            }
            input.writing();
            // OkHttp's own time-out does not reach connections that it tries out or puts away.
            AsyncTimeout end = new EndOfTheCall();
            end.timeout(nanos, NANOSECONDS);
            end.enter();
            try {
                out.write(source, offset, length);
            } finally {
                end.exit();
            }
        }
    }

    /** Closing ends a write under way, which nothing else does. */
    private final class EndOfTheCall extends AsyncTimeout {
        @Override
        protected void timedOut() {
            try {
                GuardedSocket.this.close();
            } catch (IOException ignored) {
                // It is closed all the same.
            }
        }
    }
}
