package io.github.webhooks4j;

import java.util.List;
import java.util.stream.Collectors;

/** A webhook or a shared signer was refused. Nothing was stored. {@link #problems} lists everything that is wrong with it. */
public final class InvalidWebhookException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final Problem[] problems;

    InvalidWebhookException(List<Problem> problems) {
        super(problems.stream().map(InvalidWebhookException::text).collect(Collectors.joining("; ")));
        this.problems = problems.toArray(Problem[]::new);
    }

    /** A sentence stands for itself; other messages go on after the name of the setting. */
    private static String text(Problem problem) {
        return problem.field() + (problem.message().startsWith("the ") ? ": " : " ") + problem.message();
    }

    /** Everything wrong with it, in the order of its settings; never empty. */
    public List<Problem> problems() {
        return List.of(problems);
    }
}
