package io.github.webhooks4j.delivery;

/** Why an attempt got no answer. A closed set that is safe to show to the receiver's owner. */
public enum Failure {
    /** The host name did not resolve. */
    DNS("the host name does not resolve"),
    /** No connection could be made. */
    CONNECT("no connection could be made"),
    /** The TLS handshake failed, or the certificate is not trusted. */
    TLS("the TLS handshake failed, or the certificate is not trusted"),
    /** There was no answer in time. */
    TIMEOUT("there was no answer in time"),
    /** The connection broke, or what came back was not HTTP. */
    PROTOCOL("the connection broke, or the answer was not HTTP"),
    /**
     * The receiver had closed a connection that was kept from an earlier request. The request is sent once more on a new
     * connection, as another attempt with the same number.
     */
    STALE("the receiver had closed the connection"),
    /** The egress policy forbids the target. */
    DENIED("the egress policy refuses the target"),
    /** The request could not be made: rendering, signing or a header failed. */
    INVALID("the request could not be made"),
    /** The sender's side caused the failure, and the attempt does not count. */
    OURS("the trouble is on this side");

    private final String text;

    Failure(String text) {
        this.text = text;
    }

    /** In English, for people: a clause without a capital and a full stop, such as {@code there was no answer in time}. */
    public String text() {
        return text;
    }
}
