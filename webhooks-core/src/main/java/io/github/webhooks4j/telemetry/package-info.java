/** What operators see of this node: counts, latencies, lines and ids in the log. Not exported. */
@NullMarked
package io.github.webhooks4j.telemetry;

import org.jspecify.annotations.NullMarked;
