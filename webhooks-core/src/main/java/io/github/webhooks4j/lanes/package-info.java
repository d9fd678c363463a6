/** Fairness: whose turn it is, how many requests each may make, and how much this node takes on. Knows names, no webhooks. Not exported. */
@NullMarked
package io.github.webhooks4j.lanes;

import org.jspecify.annotations.NullMarked;
