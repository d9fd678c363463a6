import org.jspecify.annotations.NullMarked;

/** Publishes events to webhooks: registration, signing, retries, history. */
@NullMarked
module io.github.webhooks4j {
    requires com.fasterxml.jackson.databind;
    requires com.github.benmanes.caffeine;
    requires java.xml;
    requires org.slf4j;
    requires static transitive org.jspecify;

    // The status of a webhook is read into a record of the package's own.
    opens io.github.webhooks4j to
            com.fasterxml.jackson.databind;

    exports io.github.webhooks4j;
    exports io.github.webhooks4j.delivery;
    exports io.github.webhooks4j.egress;
    exports io.github.webhooks4j.history;
    exports io.github.webhooks4j.payload;
    exports io.github.webhooks4j.signing;
    exports io.github.webhooks4j.store;
    exports io.github.webhooks4j.transport;
}
