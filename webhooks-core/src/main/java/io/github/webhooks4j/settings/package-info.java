/**
 * The forms that settings have in JSON, with their secrets apart from them, and what stands behind the names of signers, formats
 * and retry policies. Knows no webhooks. Not exported.
 */
@NullMarked
package io.github.webhooks4j.settings;

import org.jspecify.annotations.NullMarked;
