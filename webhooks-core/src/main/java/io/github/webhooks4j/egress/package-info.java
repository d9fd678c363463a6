/** Where requests may go: rules about URLs and addresses, in plain Java, without a socket. */
@NullMarked
package io.github.webhooks4j.egress;

import org.jspecify.annotations.NullMarked;
