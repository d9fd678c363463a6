/** Which events go to which webhooks. Knows ids, tenants and types, no webhooks. Not exported. */
@NullMarked
package io.github.webhooks4j.matching;

import org.jspecify.annotations.NullMarked;
