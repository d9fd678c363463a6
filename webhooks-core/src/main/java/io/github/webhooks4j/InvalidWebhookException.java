package io.github.webhooks4j;

import java.util.List;
import java.util.stream.Collectors;

/** A webhook, or a signer for many, was refused. Nothing was stored; {@link #problems} lists everything wrong with it. */
public final class InvalidWebhookException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final Problem[] problems;

    InvalidWebhookException(List<Problem> problems) {
        super(problems.stream().map(p -> p.field() + " " + p.message()).collect(Collectors.joining("; ")));
        this.problems = problems.toArray(Problem[]::new);
    }

    /** Everything wrong with it, in the order of its settings; never empty. */
    public List<Problem> problems() {
        return List.of(problems);
    }
}
