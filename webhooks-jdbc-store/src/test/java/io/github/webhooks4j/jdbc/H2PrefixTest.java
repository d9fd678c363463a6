package io.github.webhooks4j.jdbc;

/** The contract on H2 with another table prefix, a schema of its own, lower-case names and the mode of another database. */
class H2PrefixTest extends H2Contract {
    @Override
    String url() {
        return super.url() + ";DATABASE_TO_LOWER=TRUE;MODE=PostgreSQL;INIT=CREATE SCHEMA IF NOT EXISTS \"Acme hooks\"";
    }

    @Override
    void configure(JdbcDeliveryStore.Builder builder) {
        builder.schema("acme hooks").tablePrefix("acme_hooks_2");
    }
}
