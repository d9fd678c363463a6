/** What is done beside delivery, on a thread of its own, a little at a time. Not exported. */
@NullMarked
package io.github.webhooks4j.housekeeping;

import org.jspecify.annotations.NullMarked;
