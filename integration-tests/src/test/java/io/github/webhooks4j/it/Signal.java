package io.github.webhooks4j.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a process cannot ignore. */
enum Signal {
    /** Ends it where it stands. */
    KILL,
    /** Stops it where it stands, all of its threads. */
    STOP,
    /** Lets a stopped one go on. */
    CONT;

    /** Sends it to these processes, which were started by the test or by a process of its own; returns when it is sent. */
    void send(List<Long> processes) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name()));
        processes.forEach(process -> command.add(Long.toString(process)));
        try {
            // Some may have ended meanwhile, of which the command complains.
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("cannot send " + this, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
