package io.github.webhooks4j.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CustomerShareTest {
    @ParameterizedTest
    @CsvSource({"64, 256", "1, 4", "25, 100", "1, 3", "2500, 10000", "1, 1", "7, 7"})
    void onlyCustomerHasItsPart(int part, int whole) {
        CustomerShare share = new CustomerShare(part, whole);
        assertThat(share.more(whole, 0)).isEqualTo(part);
        for (int has = 1; has <= whole; has++) {
            assertThat(Math.max(0, share.more(whole - has, has))).isEqualTo(Math.max(0, part - has));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 192", "2, 144", "4, 81", "8, 27", "12, 9"})
    void eachThatTakesAllItMayLeavesSomethingToThoseAfterIt(int customers, int left) {
        CustomerShare share = new CustomerShare(64, 256);
        long free = 256;
        for (int i = 0; i < customers; i++) {
            free -= share.more(free, 0);
        }
        assertThat(free).isEqualTo(left);
    }

    @Test
    void thoseWhoTakeOneAfterTheOtherComeToHaveAsMuch() {
        CustomerShare share = new CustomerShare(64, 256);
        int[] has = new int[10];
        int free = 256;
        for (boolean more = true; more; ) {
            more = false;
            for (int i = 0; i < has.length; i++) {
                if (share.more(free, has[i]) > 0) {
                    has[i]++;
                    free--;
                    more = true;
                }
            }
        }
        assertThat(has).containsOnly(19, 20);
    }
}
