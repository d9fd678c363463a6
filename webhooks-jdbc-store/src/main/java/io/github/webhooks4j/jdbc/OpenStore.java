package io.github.webhooks4j.jdbc;

import java.util.function.Supplier;

/**
 * What is known once the database has been seen. The parts of the store ask for it with each call, since they are given away before
 * that.
 *
 * @param joined transactions that are the caller's, where there is one
 * @param own transactions that never are
 */
record OpenStore(
        Dialect dialect,
        Connections connections,
        CallersTransactions callers,
        Transactions joined,
        Transactions own,
        Statements statements,
        DocumentRows documents,
        Reencryption reencryption,
        RateLimitRows rates,
        Deliveries deliveries,
        EventLists events,
        Forgetting forgetting,
        RollupRows rollups) {
    static OpenStore of(
            Database database,
            Sql sql,
            Connections connections,
            CallersTransactions callers,
            EncryptedSecrets secrets) {
        Statements statements = database.statements().apply(sql);
        return new OpenStore(
                database.dialect(),
                connections,
                callers,
                new Transactions(connections, sql, callers),
                new Transactions(connections, sql),
                statements,
                new DocumentRows(sql, secrets),
                new Reencryption(sql, secrets),
                new RateLimitRows(sql, statements),
                new Deliveries(sql, statements),
                new EventLists(sql),
                new Forgetting(sql, statements),
                new RollupRows(sql));
    }

    /** Gives the store once it is open; throws before. */
    interface Source extends Supplier<OpenStore> {}
}
