/**
 * What an application imports to register webhooks, publish events and look back, and the two seams ({@link
 * io.github.webhooks4j.store.DeliveryStore}, {@link io.github.webhooks4j.transport.Transport}) that other modules fill. Beside it,
 * package-private, lives what registers and changes webhooks; what delivers lives in packages of its own.
 */
@NullMarked
package io.github.webhooks4j;

import org.jspecify.annotations.NullMarked;
