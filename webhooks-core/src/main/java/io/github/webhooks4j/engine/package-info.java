/** How a delivery moves: claim, send, record. Knows targets and outcomes, no webhooks. Not exported. */
@NullMarked
package io.github.webhooks4j.engine;

import org.jspecify.annotations.NullMarked;
