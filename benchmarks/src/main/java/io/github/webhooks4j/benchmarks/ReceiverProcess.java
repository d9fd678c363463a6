package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The receiver, in a process of its own: HTTP/1.1 with keep-alive on one thread, 200 for every request. Prints its port, and
 * then for each line on its standard input the number of requests that it has answered so far. Ends with its input.
 */
final class ReceiverProcess {
    private static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8);
    private static final byte[] LENGTH = "content-length:".getBytes(UTF_8);
    private static final int BUFFER = 64 << 10;

    private final AtomicLong answered = new AtomicLong();
    private final Selector selector;

    private ReceiverProcess(Selector selector) {
        this.selector = selector;
    }

    /** Runs it; takes no arguments. */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        ReceiverProcess receiver = new ReceiverProcess(selector);
        Thread serving = new Thread(receiver::serve, "serve");
        serving.setDaemon(true);
        serving.start();
        out.println(listener.socket().getLocalPort());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        while (in.readLine() != null) {
            out.println(receiver.answered.get());
        }
    }

    private void serve() {
        try {
            while (true) {
                selector.select(this::handle);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void handle(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
                channel.configureBlocking(false);
                channel.socket().setTcpNoDelay(true);
                channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(BUFFER));
            } else if (!read((SocketChannel) key.channel(), (ByteBuffer) key.attachment())) {
                key.channel().close();
            }
        } catch (IOException e) {
            key.cancel();
        }
    }

    /** Answers what has come in full; tells whether the connection is still open. */
    private boolean read(SocketChannel channel, ByteBuffer buffer) throws IOException {
        int count = channel.read(buffer);
        buffer.flip();
        for (int end = endOfRequest(buffer); end > 0; end = endOfRequest(buffer)) {
            buffer.position(end);
            answered.incrementAndGet();
            ByteBuffer answer = ByteBuffer.wrap(ANSWER);
            while (answer.hasRemaining()) {
                channel.write(answer);
            }
        }
        buffer.compact();
        if (!buffer.hasRemaining()) {
            throw new IOException("the request is longer than " + BUFFER + " bytes");
        }
        return count >= 0;
    }

    /** Where the first request in the buffer ends; 0 if it is not complete. */
    private static int endOfRequest(ByteBuffer buffer) {
        int length = 0;
        int line = buffer.position();
        for (int i = line; i < buffer.limit(); i++) {
            if (buffer.get(i) == '\n') {
                if (i - line <= 1) {
                    int end = i + 1 + length;
                    return end <= buffer.limit() ? end : 0;
                }
                length = Math.max(length, length(buffer, line, i));
                line = i + 1;
            }
        }
        return 0;
    }

    /** The content length, if this line is its header; otherwise 0. */
    private static int length(ByteBuffer bytes, int from, int to) {
        if (to - from <= LENGTH.length) {
            return 0;
        }
        for (int i = 0; i < LENGTH.length; i++) {
            if ((bytes.get(from + i) | 0x20) != (LENGTH[i] | 0x20)) {
                return 0;
            }
        }
        int length = 0;
        for (int i = from + LENGTH.length; i < to; i++) {
            if (bytes.get(i) >= '0' && bytes.get(i) <= '9') {
                length = length * 10 + bytes.get(i) - '0';
            }
        }
        return length;
    }
}
