package io.github.webhooks4j.delivery;

/**
 * Of which attempts a client keeps request and answer, so that people can look at them: {@link AttemptDetails#request}, {@link
 * AttemptDetails#answerHeaders} and {@link Attempt#excerpt}. Each attempt may take 52 KiB in the history, and usually takes little more
 * than its bodies. Secrets are masked. While the store is away, attempts keep nothing once 2,048 outcomes wait for it.
 */
public enum Capture {
    /** Of every attempt. */
    ALL,
    /** Of attempts that failed. Of the others, only the excerpt of the answer's body. */
    FAILURES,
    /** Of none: neither what events hold nor what receivers write is in the history of attempts. */
    NONE
}
