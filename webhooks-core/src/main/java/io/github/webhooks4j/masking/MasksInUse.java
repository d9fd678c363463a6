package io.github.webhooks4j.masking;

import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The masks of one version of a webhook. They are made when they are needed, and again if a request sent other secrets than the last
 * one, such as a fresh token. Those that nobody uses are forgotten with the next garbage collection, so that thousands of webhooks
 * keep nothing in memory. Safe for use by any thread.
 */
public final class MasksInUse {
    private record Made(List<String> sent, Masks masks) {}

    private final Supplier<Collection<String>> stored;
    private volatile WeakReference<@Nullable Made> last = new WeakReference<>(null);

    /**
     * None yet.
     *
     * @param stored what is stored as secrets of the webhook, see {@link EchoedSecrets#of}
     */
    public MasksInUse(Supplier<Collection<String>> stored) {
        this.stored = stored;
    }

    /** Those that hide what is stored, and the values of the headers of a request that hold a secret. */
    public Masks of(List<String> sent) {
        Made made = last.get();
        if (made == null || !made.sent.equals(sent)) {
            made = new Made(List.copyOf(sent), Masks.of(EchoedSecrets.of(stored.get(), sent)));
            last = new WeakReference<>(made);
        }
        return made.masks;
    }
}
