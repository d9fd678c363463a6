package io.github.webhooks4j.jdbc;

import java.sql.Connection;

/** See {@link ConnectionSource#independent}. */
enum Independent implements ConnectionSource {
    INSTANCE;

    @Override
    public boolean inTransaction() {
        return false;
    }

    @Override
    public Connection get() {
        throw none();
    }

    @Override
    public void release(Connection connection) {
        throw none();
    }

    @Override
    public void afterCommit(Runnable hint) {
        throw none();
    }

    private static IllegalStateException none() {
        return new IllegalStateException("the store takes part in no transaction that it does not know itself");
    }

    @Override
    public String toString() {
        return "ConnectionSource.independent()";
    }
}
