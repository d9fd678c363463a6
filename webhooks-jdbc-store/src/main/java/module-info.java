import org.jspecify.annotations.NullMarked;

/** Keeps webhooks, events and deliveries in a relational database. */
@NullMarked
module io.github.webhooks4j.jdbc {
    requires transitive io.github.webhooks4j;
    requires transitive java.sql;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.webhooks4j.jdbc;
}
