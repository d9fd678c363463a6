package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import java.time.Duration;

/**
 * What a client allows the settings of its webhooks to be.
 *
 * @param policy where requests may go, and with which headers
 * @param extensions what webhooks may refer to by name
 * @param requestTimeout the longest time for one exchange
 */
record Allowed(EgressPolicy policy, Extensions extensions, Duration requestTimeout) {}
