import org.jspecify.annotations.NullMarked;

/** Runnable answers to the first questions. */
@NullMarked
@SuppressWarnings("requires-automatic") // H2, Spring
module io.github.webhooks4j.examples {
    requires com.h2database;
    requires com.zaxxer.hikari;
    requires io.github.webhooks4j;
    requires io.github.webhooks4j.jdbc;
    requires io.github.webhooks4j.okhttp;
    requires java.sql;
    requires jdk.httpserver;
    requires spring.jdbc;
    requires spring.tx;
    requires static org.jspecify;

    // Records that are given as the data of an event are read by Jackson.
    opens io.github.webhooks4j.examples to
            com.fasterxml.jackson.databind;
}
