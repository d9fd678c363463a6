package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Capture;
import io.github.webhooks4j.delivery.CapturedRequest;
import io.github.webhooks4j.transport.Transport.Answer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of exchanges, for people to look at. Whatever goes wrong here, the request was made, and the answer counts: then
 * less is kept.
 */
public final class Captures {
    private static final Logger log = LoggerFactory.getLogger(Captures.class);
    private static final int MAX_BODY = 16 * 1024;
    private static final int MAX_REQUEST_HEADERS = 16 * 1024;
    private static final int MAX_ANSWER_HEADERS = 4 * 1024;

    private final Capture capture;

    /** As much as an application wants. */
    public Captures(Capture capture) {
        this.capture = capture;
    }

    /** What is kept of one exchange. */
    record Captured(String excerpt, Optional<CapturedRequest> request, Map<String, String> answerHeaders) {
        static final Captured NOTHING = new Captured("", Optional.empty(), Map.of());
    }

    /**
     * What is kept of an exchange.
     *
     * @param delivered whether the answer means so
     */
    Captured of(Prepared prepared, Answer answer, boolean delivered) {
        if (capture == Capture.NONE) {
            return Captured.NOTHING;
        }
        KeptText text = new KeptText(prepared.masks());
        String excerpt = unlessItFails("an answer", () -> text.beginning(answer.body(), MAX_BODY), "");
        if (delivered && capture == Capture.FAILURES) {
            return new Captured(excerpt, Optional.empty(), Map.of());
        }
        return new Captured(
                excerpt,
                unlessItFails("a request", () -> Optional.of(request(prepared, text)), Optional.empty()),
                unlessItFails("headers", () -> text.headers(answer.headers(), MAX_ANSWER_HEADERS), Map.of()));
    }

    private static CapturedRequest request(Prepared prepared, KeptText text) {
        Prepared.Shown shown = prepared.shown().get();
        return new CapturedRequest(
                prepared.request().method(),
                text.headers(shown.headers(), MAX_REQUEST_HEADERS),
                text.beginning(shown.body(), MAX_BODY));
    }

    private static <T> T unlessItFails(String what, Supplier<T> kept, T otherwise) {
        try {
            return kept.get();
        } catch (RuntimeException | Error e) {
            // Only the kind of exception: its text may hold what was to be masked.
            log.error(
                    "could not mask {} ({}); none of it is kept",
                    what,
                    e.getClass().getName());
            return otherwise;
        }
    }
}
