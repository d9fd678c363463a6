/** How the body of a request is made from an event: {@link io.github.webhooks4j.payload.PayloadFormat} and the ready-made formats. */
@NullMarked
package io.github.webhooks4j.payload;

import org.jspecify.annotations.NullMarked;
