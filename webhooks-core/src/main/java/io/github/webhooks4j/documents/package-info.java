/**
 * What people set up and change, as this node knows it: one mechanism for webhooks, shared signers and whatever else is kept as
 * a {@link io.github.webhooks4j.store.Document}. Not exported.
 */
@NullMarked
package io.github.webhooks4j.documents;

import org.jspecify.annotations.NullMarked;
