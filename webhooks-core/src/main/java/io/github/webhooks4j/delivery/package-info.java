/** What happens to an event on its way: the event as it was published, deliveries, attempts, failures, and when to try again. Knows no webhooks. */
@NullMarked
package io.github.webhooks4j.delivery;

import org.jspecify.annotations.NullMarked;
