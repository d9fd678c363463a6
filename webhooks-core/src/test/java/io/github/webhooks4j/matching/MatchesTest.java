package io.github.webhooks4j.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.matching.Matches.Subscribed;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Which webhooks an event goes to while webhooks come, change and go. */
class MatchesTest {
    private static final Optional<String> ACME = Optional.of("acme");
    private static final Optional<String> OTHER = Optional.of("other");

    private final Matches matches = new Matches();

    private static Subscribed to(Optional<String> tenant, String... patterns) {
        return new Subscribed(tenant, Set.of(patterns));
    }

    @Test
    void everyKindOfPatternIsFound() {
        matches.replaced("exact", null, to(ACME, "invoice.paid"));
        matches.replaced("group", null, to(ACME, "invoice.*", "user.made"));
        matches.replaced("all", null, to(ACME, "*"));
        matches.replaced("longer", null, to(ACME, "invoice.paid.late.*"));

        assertThat(matches.of(ACME, "invoice.paid")).containsExactly("all", "exact", "group");
        assertThat(matches.of(ACME, "invoice.paid.late.again")).containsExactly("all", "group", "longer");
        assertThat(matches.of(ACME, "invoice")).containsExactly("all");
        assertThat(matches.of(ACME, "invoices.paid")).containsExactly("all");
        assertThat(matches.of(Optional.empty(), "invoice.paid")).isEmpty();
    }

    @Test
    void webhookThatChangesIsFoundByWhatItSubscribesToNow() {
        matches.replaced("a", null, to(ACME, "x", "y"));
        assertThat(matches.of(ACME, "x")).containsExactly("a");

        matches.replaced("a", to(ACME, "x", "y"), to(ACME, "y", "z"));
        assertThat(matches.of(ACME, "x")).isEmpty();
        assertThat(matches.of(ACME, "y")).containsExactly("a");
        assertThat(matches.of(ACME, "z")).containsExactly("a");

        matches.replaced("a", to(ACME, "y", "z"), null);
        assertThat(matches.of(ACME, "y")).isEmpty();
        assertThat(matches.of(ACME, "z")).isEmpty();
    }

    /** Searches go on all the time; each change makes them look anew. */
    @Test
    void whatAWebhookKeepsIsFoundWhileItChanges() throws Exception {
        Subscribed before = to(ACME, "x", "y");
        Subscribed after = to(ACME, "y", "z");
        matches.replaced("a", null, before);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> missed = CompletableFuture.supplyAsync(() -> {
            int misses = 0;
            while (!over.get()) {
                misses += matches.of(ACME, "y").contains("a") ? 0 : 1;
            }
            return misses;
        });
        for (int i = 0; i < 20_000; i++) {
            matches.replaced("a", before, after);
            matches.replaced("a", after, before);
        }
        over.set(true);

        assertThat(missed.get(5, TimeUnit.MINUTES)).isZero();
    }

    @Test
    void tenantThatComesBackFindsNothingOfBefore() {
        matches.replaced("a", null, to(ACME, "x"));
        assertThat(matches.of(ACME, "x")).containsExactly("a");
        matches.replaced("a", to(ACME, "x"), null);
        matches.replaced("b", null, to(ACME, "x"));

        assertThat(matches.of(ACME, "x")).containsExactly("b");
    }

    @Test
    void changeOfOneTenantLeavesWhatWasFoundForOthers() {
        matches.replaced("a", null, to(ACME, "x"));
        matches.replaced("b", null, to(OTHER, "x"));
        List<String> found = matches.of(OTHER, "x");

        for (int i = 0; i < 100; i++) {
            matches.replaced("c" + i, null, to(ACME, "*"));
        }

        assertThat(matches.of(OTHER, "x")).as("found once").isSameAs(found);
        assertThat(matches.of(ACME, "x")).hasSize(101);
    }

    /** What happens to a webhook all the time, such as a failure, concerns no event. */
    @Test
    void changeOfSomethingElseLeavesWhatWasFound() {
        matches.replaced("a", null, to(ACME, "x"));
        List<String> found = matches.of(ACME, "x");

        matches.replaced("a", to(ACME, "x"), to(ACME, "x"));

        assertThat(matches.of(ACME, "x")).isSameAs(found);
    }
}
