package io.github.webhooks4j.delivery;

/** Why an attempt got no answer. A closed set that is safe to show to the receiver's owner. */
public enum Failure {
    /** The host name did not resolve. */
    DNS,
    /** No connection could be made. */
    CONNECT,
    /** The TLS handshake failed, or the certificate is not trusted. */
    TLS,
    /** There was no answer in time. */
    TIMEOUT,
    /** The connection broke, or what came back was not HTTP. */
    PROTOCOL,
    /**
     * The receiver had closed a connection that was kept from an earlier request. The request is sent once more on a new
     * connection, as another attempt with the same number.
     */
    STALE,
    /** The egress policy forbids the target. */
    DENIED,
    /** The request could not be made: rendering, signing or a header failed. */
    INVALID,
    /** The sender's side caused the failure, and the attempt does not count. */
    OURS
}
