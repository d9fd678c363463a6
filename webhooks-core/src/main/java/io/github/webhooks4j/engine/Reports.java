package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import java.util.List;

/** Is told what became of deliveries, once the store has it. Does not wait for anything. */
public interface Reports {
    /**
     * An outcome was recorded.
     *
     * @param delivery as it is now
     * @param attempts what was recorded with it; empty if it ended without an attempt
     * @param meaning what the last of them means; of no use if there was none
     * @param probe whether it was sent to see whether the receiver is back
     * @param learned to be called when what the last attempt says of its webhook is known to this node
     */
    void recorded(Delivery delivery, List<Attempt> attempts, Verdict.Meaning meaning, boolean probe, Runnable learned);
}
