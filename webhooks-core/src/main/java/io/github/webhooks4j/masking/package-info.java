/** Hides secrets in what receivers wrote. Knows text, no webhooks. Not exported. */
@NullMarked
package io.github.webhooks4j.masking;

import org.jspecify.annotations.NullMarked;
