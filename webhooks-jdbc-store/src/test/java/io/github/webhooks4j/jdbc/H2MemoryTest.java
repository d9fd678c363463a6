package io.github.webhooks4j.jdbc;

/** The contract on H2 in memory. */
class H2MemoryTest extends H2Contract {}
