package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadBudgetTest {
    @Test
    void oneCallMaySpendAllWhileOthersSpendNothing() {
        ReadBudget budget = new ReadBudget(1000);
        budget.enter();
        budget.spend(999);

        assertThat(budget.isSpent(999)).isFalse();
    }

    @Test
    void whenItIsSpentEachCallHasAnEqualShare() {
        ReadBudget budget = new ReadBudget(1000);
        for (int i = 0; i < 10; i++) {
            budget.enter();
        }
        budget.spend(1000);

        assertThat(budget.isSpent(99)).isFalse();
        assertThat(budget.isSpent(100)).isTrue();
    }

    @Test
    void callThatEndsGivesBackWhatItSpent() {
        ReadBudget budget = new ReadBudget(1000);
        budget.enter();
        budget.enter();
        budget.spend(1000);
        assertThat(budget.isSpent(500)).isTrue();
        budget.leave(1000);

        assertThat(budget.isSpent(500)).isFalse();
    }
}
