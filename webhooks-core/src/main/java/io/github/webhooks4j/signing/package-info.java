/** Secrets, messages, and the headers that prove who sent a message. Knows nothing of webhooks or deliveries. */
@NullMarked
package io.github.webhooks4j.signing;

import org.jspecify.annotations.NullMarked;
