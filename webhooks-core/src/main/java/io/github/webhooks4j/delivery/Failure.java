package io.github.webhooks4j.delivery;

/** Why an attempt brought no answer. A closed set that is fit to be shown to the receiver's owner. */
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
     * A connection kept from an earlier request had been closed by the other side. The request is sent once more on a new
     * connection, as another attempt of the same number.
     */
    STALE,
    /** The egress policy forbids the target. */
    DENIED,
    /** The request could not be made: rendering, signing or a header failed. */
    INVALID,
    /** The trouble is on the sender's side; the attempt is not counted. */
    OURS
}
