/** The store for production: {@link io.github.webhooks4j.jdbc.JdbcDeliveryStore}. */
@NullMarked
package io.github.webhooks4j.jdbc;

import org.jspecify.annotations.NullMarked;
