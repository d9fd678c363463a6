/**
 * What an application imports to register webhooks, publish events and look back, and the two seams ({@link
 * io.github.webhooks4j.store.DeliveryStore}, {@link io.github.webhooks4j.transport.Transport}) that other modules fill. The engine lives
 * beside it, package-private.
 */
@NullMarked
package io.github.webhooks4j;

import org.jspecify.annotations.NullMarked;
