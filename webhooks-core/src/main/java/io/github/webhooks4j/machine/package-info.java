/** What the library needs of the machine it runs on: clocks, threads and waiting. Not exported. */
@NullMarked
package io.github.webhooks4j.machine;

import org.jspecify.annotations.NullMarked;
