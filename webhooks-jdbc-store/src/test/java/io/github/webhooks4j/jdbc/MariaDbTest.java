package io.github.webhooks4j.jdbc;

/** The contract on MariaDB as it comes: its transactions are REPEATABLE READ. */
class MariaDbTest extends MariaDbContract {}
