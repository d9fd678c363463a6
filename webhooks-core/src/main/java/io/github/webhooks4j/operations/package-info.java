/** Does what people ask for by hand: looks deliveries up, sends them again, cancels them. Not exported. */
@NullMarked
package io.github.webhooks4j.operations;

import org.jspecify.annotations.NullMarked;
