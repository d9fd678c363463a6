package io.github.webhooks4j.okhttp;

/** A socket that OkHttp reads answers from. */
interface AnsweringSocket {
    /** What it reads, once it is connected. */
    AnswerInput answers();

    /** When it began to connect, on the clock of {@link System#nanoTime}. */
    long connectBegan();
}
