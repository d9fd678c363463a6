package io.github.webhooks4j.operations;

import io.github.webhooks4j.store.Outcome;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A test call that is ready to be made.
 *
 * @param tenant of the webhook
 * @param send makes the one attempt, and says what became of it. Called once, by a thread that makes requests; throws nothing
 */
public record TestCall(String webhookId, Optional<String> tenant, Supplier<Outcome> send) {}
