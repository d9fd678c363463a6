package io.github.webhooks4j.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The process that started this one, and that it must not outlive: a test that was killed leaves nothing running. */
final class Parent {
    private Parent() {}

    /** Ends this process as soon as the one that started it has ended, which is when the standard input ends. */
    static void endsThisProcess() {
        Thread watch = new Thread(Parent::awaitEnd, "parent");
        watch.setDaemon(true);
        watch.start();
    }

    private static void awaitEnd() {
        try (InputStream input = System.in) {
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // It has ended.
        }
        Runtime.getRuntime().halt(1);
    }
}
