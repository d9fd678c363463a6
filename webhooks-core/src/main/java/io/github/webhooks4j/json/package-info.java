/** JSON over bytes, with settings of our own that no host application can change. Not exported. */
@NullMarked
package io.github.webhooks4j.json;

import org.jspecify.annotations.NullMarked;
