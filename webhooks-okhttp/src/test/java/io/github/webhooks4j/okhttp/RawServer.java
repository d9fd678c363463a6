package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;

/** A server on loopback that says one thing when it is spoken to, then listens until the other side has enough. */
final class RawServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> received = new CompletableFuture<>();
    private final Thread thread;

    /**
     * Starts it.
     *
     * @param answer one character for each byte; escapes of the form {@code \\u0016} stand for others
     */
    RawServer(String answer) throws IOException {
        thread = new Thread(() -> serve(unescaped(answer)));
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** All that came, once the connection has ended. */
    String received() throws Exception {
        return received.get();
    }

    private void serve(byte[] answer) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Socket socket = listener.accept()) {
            all.write(socket.getInputStream().read());
            socket.getOutputStream().write(answer);
            socket.getInputStream().transferTo(all);
        } catch (IOException e) {
            // The other side has reset the connection.
        }
        received.complete(all.toString(ISO_8859_1));
    }

    private static byte[] unescaped(String text) {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\u", i)) {
                bytes.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                i += 5;
            } else {
                bytes.append(text.charAt(i));
            }
        }
        return bytes.toString().getBytes(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
