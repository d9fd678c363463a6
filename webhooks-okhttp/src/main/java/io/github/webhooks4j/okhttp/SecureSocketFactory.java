package io.github.webhooks4j.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Puts TLS on guarded sockets, and {@link SecureSocket} on TLS. */
final class SecureSocketFactory extends SSLSocketFactory {
    private final SSLSocketFactory tls;

    SecureSocketFactory(SSLSocketFactory tls) {
        this.tls = tls;
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
        GuardedSocket beneath = (GuardedSocket) connected;
        beneath.answers().secured();
        return new SecureSocket((SSLSocket) tls.createSocket(connected, host, port, autoClose), beneath);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connectedOnly();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw connectedOnly();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connectedOnly();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw connectedOnly();
    }

    private static UnsupportedOperationException connectedOnly() {
        return new UnsupportedOperationException("TLS is put on connected sockets only");
    }
}
