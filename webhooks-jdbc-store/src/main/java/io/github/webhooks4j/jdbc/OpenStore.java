package io.github.webhooks4j.jdbc;

import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * What is known once the database has been seen. The parts of the store ask for it with each call, since they are given away before
 * that.
 *
 * @param joined transactions that are the caller's, where there is one
 * @param own transactions that never are
 */
record OpenStore(
        Dialect dialect,
        CallersTransactions callers,
        Transactions joined,
        Transactions own,
        Statements statements,
        DocumentRows documents,
        Reencryption reencryption,
        RateLimitRows rates,
        Deliveries deliveries) {
    static OpenStore of(
            DataSource dataSource, Database database, Sql sql, CallersTransactions callers, EncryptedSecrets secrets) {
        Dialect dialect = database.dialect();
        Statements statements = database.statements().apply(sql);
        return new OpenStore(
                dialect,
                callers,
                new Transactions(dataSource, dialect, callers),
                new Transactions(dataSource, dialect),
                statements,
                new DocumentRows(sql, secrets),
                new Reencryption(sql, secrets),
                new RateLimitRows(sql, statements),
                new Deliveries(sql, statements));
    }

    /** Gives the store once it is open; throws before. */
    interface Source extends Supplier<OpenStore> {}
}
