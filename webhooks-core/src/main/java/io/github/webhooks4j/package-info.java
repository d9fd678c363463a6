/**
 * The API: register webhooks and publish events with {@link io.github.webhooks4j.WebhookClient}. Other modules implement its two
 * seams, {@link io.github.webhooks4j.store.DeliveryStore} and {@link io.github.webhooks4j.transport.Transport}. The
 * package-private classes here register and change webhooks; packages of their own deliver.
 */
@NullMarked
package io.github.webhooks4j;

import org.jspecify.annotations.NullMarked;
