/** The seam to a database: what a store keeps and does, and the store in memory. Implemented by {@code webhooks-jdbc-store}. */
@NullMarked
package io.github.webhooks4j.store;

import org.jspecify.annotations.NullMarked;
