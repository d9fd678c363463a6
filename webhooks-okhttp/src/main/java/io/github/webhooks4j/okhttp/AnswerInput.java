package io.github.webhooks4j.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.ProtocolException;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What a receiver sends on one connection, handed out so that OkHttp never has more of it than the answer that it reads. All
 * that follows an answer stays here or in the network, where the connection's next call finds it: nothing that has come by
 * the time a request begins is taken for its answer. One case is left: on a new connection of TLS, what the receiver says unasked
 * cannot be told from the tickets that it is to send, and there was no answer before it.
 *
 * <p>When OkHttp asks for more of a head, or of a body in chunks, it gets what there is up to the next empty line at most: both end
 * with one, so that none can end earlier. Of a body with a length, it gets as many bytes as it expects itself. No answer is parsed
 * twice: what an answer is, OkHttp decides.
 *
 * <p>Told of the steps of a call by {@link ExchangeListener} and {@link OneRequest}. Used by the thread of the call that has
 * the connection, and by no other.
 */
final class AnswerInput extends InputStream {
    private static final byte[] NOTHING = {};
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    /** One in each of eight bytes. */
    private static final long ONES = 0x0101_0101_0101_0101L;

    private enum State {
        /** No call has the connection yet: what comes are the answers of a proxy. */
        CONNECTING,
        /** There is TLS above, which gets whatever comes. */
        SECURED,
        /** A call has the connection and has written nothing. */
        TAKEN,
        /** The request is on its way: status line and headers follow. */
        HEAD,
        /** The head has come, and OkHttp is about to say how long the body is. */
        HEAD_ENDED,
        /** The body has a length, of which {@link #left} is to come. */
        LENGTH,
        /** The body is in chunks, or lasts as long as the connection, which is not kept then. */
        LINES,
        /** The answer has ended. Nothing may come. */
        KEPT
    }

    private final InputStream in;
    private final InputStream beneath;

    /** What was read and may not be handed out yet, from {@link #position} on. */
    private byte[] rest = NOTHING;

    private int position;
    private State state = State.CONNECTING;
    private long left;
    private boolean begun;
    private boolean spoiled;
    private boolean used;

    /** What of the current line was handed out, if it can still be empty: nothing, or a carriage return. */
    private boolean blank;

    private boolean carriageReturn;

    /** Whether it is a status line, and the spaces of it so far. */
    private boolean statusLine;

    private int spaces;

    /**
     * An input of its own for each connection.
     *
     * @param in what is read
     * @param beneath what {@code in} reads itself, such as the records of TLS; has nothing if there is no such layer
     */
    AnswerInput(InputStream in, InputStream beneath) {
        this.in = in;
        this.beneath = beneath;
    }

    /** TLS is put on this connection, and gets all that comes from now on. */
    void secured() {
        state = State.SECURED;
    }

    /** A call has the connection. */
    void taken() {
        state = State.TAKEN;
        begun = false;
        spoiled = false;
    }

    /**
     * A request is about to be written, or more of it.
     *
     * @throws IOException if something has come before it
     */
    void writing() throws IOException {
        if (state == State.TAKEN) {
            spoiled = hasCome();
            if (spoiled) {
                throw new IOException("the receiver has sent something before the request");
            }
            state = State.HEAD;
            beginLine(true);
        }
    }

    /** OkHttp has read the status and the headers that count. */
    void headEnded() {
        state = State.HEAD_ENDED;
        left = 0;
    }

    /**
     * How long OkHttp takes the body to be; does nothing if the answer has ended already.
     *
     * @param length -1 if it has no length
     */
    void bodyFollows(long length) {
        if (state == State.HEAD_ENDED) {
            state = length < 0 ? State.LINES : State.LENGTH;
            left += length; // less what was handed out meanwhile
        }
    }

    /** OkHttp has read the answer to its end, and other calls may soon have the connection. */
    void ended() {
        state = State.KEPT;
        used = true;
        if (position == rest.length) {
            keep(NOTHING); // of thousands of connections
        }
    }

    /** Whether something had come before the request, so that it was not written. */
    boolean isSpoiled() {
        return spoiled;
    }

    /** Whether any of the answer to this call's request has come. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether something has come that was not handed out. */
    boolean hasCome() {
        try {
            // What TLS sends by itself comes after the handshake. Later it is rare, and a new connection does no harm.
            return position < rest.length || in.available() > 0 || (used && beneath.available() > 0);
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (state == State.TAKEN) {
            // OkHttp looks for an answer also if it could not write the request.
            throw new IOException("no request was written");
        }
        if (position < rest.length) {
            int count = portion(rest, position, Math.min(length, rest.length - position));
            System.arraycopy(rest, position, target, offset, count);
            position += count;
            return counted(count);
        }
        int most = state == State.LENGTH && left > 0 ? (int) Math.min(length, left) : length;
        int come = in.read(target, offset, most);
        if (come <= 0) {
            return come;
        }
        int count = portion(target, offset, come);
        keep(count == come ? NOTHING : Arrays.copyOfRange(target, offset + count, offset + come));
        return counted(count);
    }

    private void keep(byte[] bytes) {
        rest = bytes;
        position = 0;
    }

    private int counted(int count) throws IOException {
        if (count == 0) {
            throw new IOException("the receiver has sent something after its answer");
        }
        begun = true;
        left -= count;
        return count;
    }

    /** How many of so many bytes may be handed out at once. */
    private int portion(byte[] from, int offset, int most) throws ProtocolException {
        return switch (state) {
            case SECURED -> most;
            case CONNECTING, HEAD, LINES -> toEmptyLine(from, offset, most);
            case HEAD_ENDED -> 1;
            case LENGTH -> (int) Math.max(Math.min(most, left), 0);
            case TAKEN, KEPT -> 0;
        };
    }

    /** How many of so many bytes come before the end of the first empty line. */
    private int toEmptyLine(byte[] from, int offset, int most) throws ProtocolException {
        int end = offset + most;
        for (int i = offset; i < end; i++) {
            if (!blank && !statusLine) {
                i = endOfLine(from, i, end);
                if (i == end) {
                    return most;
                }
            }
            byte next = from[i];
            if (next == '\n') {
                boolean empty = blank;
                beginLine(empty && state == State.HEAD);
                if (empty) {
                    return i + 1 - offset;
                }
            } else {
                blank = blank && next == '\r' && !carriageReturn;
                carriageReturn = blank;
                if (statusLine && state == State.HEAD) {
                    inspect(next);
                }
            }
        }
        return most;
    }

    /** Where the next line feed is, or the end; looks at eight bytes at a time, of which most have none. */
    private static int endOfLine(byte[] from, int begin, int end) {
        int i = begin;
        while (i <= end - Long.BYTES) {
            long zeroWhereFeed = (long) EIGHT_BYTES.get(from, i) ^ ('\n' * ONES);
            if (((zeroWhereFeed - ONES) & ~zeroWhereFeed & (ONES << 7)) != 0) {
                break;
            }
            i += Long.BYTES;
        }
        while (i < end && from[i] != '\n') {
            i++;
        }
        return i;
    }

    /** A status line comes first, and after each interim answer. */
    private void beginLine(boolean isStatusLine) {
        blank = true;
        carriageReturn = false;
        statusLine = isStatusLine;
        spaces = 0;
    }

    /** OkHttp takes digits of any script for a status. */
    private void inspect(byte next) throws ProtocolException {
        if (next < 0) {
            throw new ProtocolException("the status is not written in ASCII");
        }
        if (next == ' ' && ++spaces == 2) {
            statusLine = false;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int available() throws IOException {
        return rest.length - position + in.available();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
