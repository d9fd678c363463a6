package io.github.webhooks4j.okhttp;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;

/** Reads the beginning of an answer's body. */
final class AnswerBody {
    private static final int MAX_BYTES = 16 * 1024;

    private AnswerBody() {}

    /**
     * At most 16 KiB, and less if the body breaks off. Cancels the call unless the body was read to its end: closing an
     * answer would read on.
     */
    static byte[] read(Call call, Response response) {
        Buffer read = new Buffer();
        boolean complete = false;
        try {
            complete = readToEnd(response.body().source(), read);
        } catch (IOException | RuntimeException ignored) {
            // The status counts, whatever happens to the body.
        } finally {
            if (!complete) {
                call.cancel();
            }
        }
        return read.snapshot((int) Math.min(read.size(), MAX_BYTES)).toByteArray();
    }

    /** False if there is more. */
    private static boolean readToEnd(BufferedSource source, Buffer target) throws IOException {
        while (target.size() <= MAX_BYTES) {
            if (source.read(target, MAX_BYTES + 1 - target.size()) < 0) {
                return true;
            }
        }
        return false;
    }
}
