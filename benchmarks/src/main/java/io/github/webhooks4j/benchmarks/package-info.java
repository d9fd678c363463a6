/** Measurements of the whole library, beside what it is built on. */
@NullMarked
package io.github.webhooks4j.benchmarks;

import org.jspecify.annotations.NullMarked;
