package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.security.CodeSource;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The OkHttp that the application brings, with the okio and the Kotlin library that it stands on: which versions they have is
 * decided by the application's build, and not by ours.
 */
final class HostOkHttp {
    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";

    private HostOkHttp() {}

    /**
     * Makes a call that touches no network.
     *
     * @throws LinkageError if versions do not fit together
     */
    static void tryOut() {
        refuseOld();
        OkHttpClient client = new OkHttpClient.Builder()
                .dns(host -> List.of(InetAddress.getLoopbackAddress()))
                .socketFactory(new Sockets())
                .proxy(Proxy.NO_PROXY)
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .build();
        Request request = new Request.Builder()
                .url("http://localhost/")
                .post(new OneShotBody(ANSWER.getBytes(US_ASCII)))
                .build();
        boolean interrupted = Thread.interrupted(); // which would end the call
        try (Response response = client.newCall(request).execute()) {
            if (!response.body().string().equals("ok")) {
                throw new IllegalStateException("OkHttp reads something else than what was answered");
            }
        } catch (IOException e) {
            throw new IllegalStateException("OkHttp cannot make a call that touches no network", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The constant in our own classes is that of the version that they were compiled with. */
    private static void refuseOld() {
        String version;
        try {
            version = String.valueOf(
                    Class.forName("okhttp3.OkHttp").getField("VERSION").get(null));
        } catch (ReflectiveOperationException e) {
            throw (LinkageError) new LinkageError("this OkHttp tells no version").initCause(e);
        }
        if (version.matches("[0-4]\\..*")) {
            throw new LinkageError("this is OkHttp " + version);
        }
    }

    /** What is wrong, for whoever builds the application. */
    static String problem(LinkageError e) {
        return "this OkHttp does not work (" + e + "): found " + jars()
                + "; needed is okhttp-jvm 5.0 or newer, with the okio-jvm and kotlin-stdlib that it was made with, or newer ones."
                + " In your build, set com.squareup.okhttp3:okhttp, com.squareup.okhttp3:okhttp-jvm, com.squareup.okio:okio-jvm"
                + " and org.jetbrains.kotlin:kotlin-stdlib to versions that belong together, such as 5.5.1, 5.5.1, 3.18.1 and"
                + " 2.1.21";
    }

    private static String jars() {
        return Stream.of("okhttp3.OkHttpClient", "okio.Buffer", "kotlin.KotlinVersion")
                .map(HostOkHttp::jar)
                .collect(Collectors.joining(", "));
    }

    /** The name of a file such as {@code okio-jvm-3.6.0.jar}; the folders before it are nobody's business. */
    private static String jar(String type) {
        try {
            CodeSource source = Class.forName(type, false, HostOkHttp.class.getClassLoader())
                    .getProtectionDomain()
                    .getCodeSource();
            if (source != null && source.getLocation() != null) {
                String location = source.getLocation().toString().replaceAll("[!/]+$", "");
                return location.substring(location.lastIndexOf('/') + 1);
            }
            return type + " of an unknown jar";
        } catch (ClassNotFoundException | LinkageError e) {
            return "no " + type;
        }
    }

    /** Sockets that are connected to nothing, and answer the same to everything. */
    private static final class Sockets extends SocketFactory {
        @Override
        public Socket createSocket() {
            return new Answering();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Answering extends Socket {
        private final InputStream answer = new ByteArrayInputStream(ANSWER.getBytes(US_ASCII));

        @Override
        public void connect(SocketAddress endpoint, int timeout) {}

        @Override
        public void setSoTimeout(int timeout) {}

        @Override
        public InputStream getInputStream() {
            return answer;
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void shutdownInput() {}

        @Override
        public void shutdownOutput() {}
    }
}
