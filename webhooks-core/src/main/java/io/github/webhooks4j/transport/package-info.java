/** The seam to an HTTP client: requests, answers, and how connections are secured. Implemented by {@code webhooks-okhttp}. */
@NullMarked
package io.github.webhooks4j.transport;

import org.jspecify.annotations.NullMarked;
