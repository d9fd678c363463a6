/** Hides secrets in what receivers wrote. Knows bytes, no webhooks. Not exported. */
@NullMarked
package io.github.webhooks4j.masking;

import org.jspecify.annotations.NullMarked;
