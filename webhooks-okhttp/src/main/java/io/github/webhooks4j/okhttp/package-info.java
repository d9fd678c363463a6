/** Sends webhooks with OkHttp. */
@NullMarked
package io.github.webhooks4j.okhttp;

import org.jspecify.annotations.NullMarked;
