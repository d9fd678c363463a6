package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.store.Want;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A database user whose rights do not suffice is told which are missing, in words that can be pasted. */
class PostgresPrivilegesTest {
    private static final Pattern GRANT = Pattern.compile("GRANT [A-Z, ]+ ON [\\w.]+ TO \\w+");

    private PGSimpleDataSource owner = new PGSimpleDataSource();
    private PGSimpleDataSource app = new PGSimpleDataSource();

    @BeforeEach
    void createUser() throws SQLException {
        String url = PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase();
        owner = PostgresServer.dataSource(url);
        app = PostgresServer.dataSource(url);
        PostgresServer.execute(owner, "CREATE ROLE app LOGIN PASSWORD 'app'");
        app.setUser("app");
        app.setPassword("app");
    }

    @AfterEach
    void dropUser() throws SQLException {
        PostgresServer.execute(owner, "DROP OWNED BY app", "DROP ROLE app");
    }

    @Test
    void userWhoMayNotCreateTablesIsToldSo() {
        StoreException refused = catchThrowableOfType(
                StoreException.class, () -> JdbcDeliveryStore.create(app).open());

        assertThat(refused)
                .hasMessageContaining("could not create the tables")
                .hasMessageContaining("the database user lacks a privilege on schema public")
                .hasMessageContaining("let this user create tables, or let another user run io/github/webhooks4j/jdbc")
                .hasMessageContaining("createSchema(false)");
    }

    @Test
    void missingRightsOnTablesAreNamedAsStatementsAndSufficeWhenTheyAreRun() throws SQLException {
        JdbcDeliveryStore.create(owner).open();
        PostgresServer.execute(
                owner, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO app", "GRANT INSERT ON webhooks_events TO app");
        JdbcDeliveryStore store = JdbcDeliveryStore.create(app);

        StoreException refused = catchThrowableOfType(StoreException.class, store::open);

        assertThat(refused)
                .hasMessageContaining("the database user lacks privileges on the tables of webhooks4j")
                .hasMessageContaining("GRANT INSERT, UPDATE, DELETE ON public.webhooks_deliveries TO app")
                .hasMessageContaining("GRANT INSERT, UPDATE, DELETE ON public.webhooks_attempts TO app")
                .hasMessageContaining("GRANT UPDATE, DELETE ON public.webhooks_events TO app");

        String[] grants = GRANT.matcher(String.valueOf(refused.getMessage()))
                .results()
                .map(MatchResult::group)
                .toArray(String[]::new);
        PostgresServer.execute(owner, grants);
        store.open();
        store.queue().insert(List.of(StoreRows.event("1", "a")));
        assertThat(store.queue()
                        .claim(List.of(Want.of("a", 1)), Duration.ofMinutes(1))
                        .claimed())
                .hasSize(1);
        assertThat(store.history().expunge(TenantScope.NONE, "1").orElseThrow()).hasSize(1);
        assertThat(store.history()
                        .forgetEvents(StoreRows.LATER, Optional.empty(), 10)
                        .done())
                .isEqualTo(1);
        assertThat(store.history()
                        .forgetDeliveries(StoreRows.LATER, Optional.empty(), 10)
                        .done())
                .isEqualTo(1);
    }
}
