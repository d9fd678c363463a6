package io.github.webhooks4j.delivery;

/**
 * What exactly went wrong in an attempt without an answer, as far as it is known. A closed set that is safe to show to the receiver's
 * owner; later versions may have more.
 */
public enum FailureDetail {
    /** The host name does not exist. */
    NAME_UNKNOWN(Failure.DNS, "the host name does not exist"),
    /** No name server told in time whether the host name exists. */
    NAME_SERVER_SILENT(Failure.DNS, "no name server answered"),
    /** Nothing listens at the port, or a firewall says so. */
    REFUSED(Failure.CONNECT, "the connection was refused"),
    /** The connection was reset while it was made. */
    RESET(Failure.CONNECT, "the connection was reset"),
    /** There is no way to the host. */
    UNREACHABLE(Failure.CONNECT, "the host is unreachable"),
    /** The receiver's certificate, or one that vouches for it, has expired. */
    CERTIFICATE_EXPIRED(Failure.TLS, "the certificate has expired"),
    /** The receiver's certificate, or one that vouches for it, is of the future. */
    CERTIFICATE_NOT_YET_VALID(Failure.TLS, "the certificate is not valid yet"),
    /** Nobody who is trusted vouches for the receiver's certificate: it is self-signed, or certificates between are not sent. */
    UNKNOWN_AUTHORITY(Failure.TLS, "the certificate is of an unknown authority"),
    /** The receiver's certificate is for other host names. */
    WRONG_NAME(Failure.TLS, "the certificate is for another host name"),
    /** The receiver refuses the client certificate, or that there is none. */
    CLIENT_CERTIFICATE(Failure.TLS, "the receiver does not accept the client certificate, or requires one"),
    /** What answers at the port does not speak TLS. */
    NO_TLS(Failure.TLS, "the port does not speak TLS"),
    /** Both sides have no version of TLS, or no cipher suite, in common. */
    TLS_PROTOCOL(Failure.TLS, "there is no common TLS version and cipher suite"),
    /** The connection ended in the middle of the handshake. */
    HANDSHAKE_BROKEN_OFF(Failure.TLS, "the connection ended during the TLS handshake");

    private final Failure failure;
    private final String text;

    FailureDetail(Failure failure, String text) {
        this.failure = failure;
        this.text = text;
    }

    /** The failure that this is a case of. */
    public Failure failure() {
        return failure;
    }

    /** In English, for people: a clause without a capital and a full stop, such as {@code the certificate has expired}. */
    public String text() {
        return text;
    }
}
