/** What happened to events and deliveries, and what people can do about it. */
@NullMarked
package io.github.webhooks4j.history;

import org.jspecify.annotations.NullMarked;
