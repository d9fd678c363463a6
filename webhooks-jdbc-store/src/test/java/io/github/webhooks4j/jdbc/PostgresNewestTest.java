package io.github.webhooks4j.jdbc;

/** The contract on the newest PostgreSQL. */
class PostgresNewestTest extends PostgresContract {}
