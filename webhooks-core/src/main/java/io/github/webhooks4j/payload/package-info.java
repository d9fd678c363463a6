/** JSON over bytes: how event data is frozen at publish and how a body is put together at send time. */
@NullMarked
package io.github.webhooks4j.payload;

import org.jspecify.annotations.NullMarked;
