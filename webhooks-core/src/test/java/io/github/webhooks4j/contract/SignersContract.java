package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.DeliveryStore.SignerRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a store must hold to with signers that many webhooks use. */
abstract class SignersContract extends WebhooksContract {
    private static final Optional<String> ACME = Optional.of("acme");

    private static SignerRow signer(
            Optional<String> tenant, String name, String settings, Map<String, String> secrets) {
        return new SignerRow(tenant, name, 0, Instant.EPOCH, false, settings, secrets);
    }

    private SignerRow save(Optional<String> tenant, String name) {
        return store.saveSigner(signer(tenant, name, "{}", Map.of("s", "geheim")))
                .orElseThrow();
    }

    @Test
    void savedSignerIsFoundWithAllItsParts() {
        Map<String, String> secrets =
                Map.of("a", "", "b\"\\", "\n\u0001/'\u00fc\u20ac\uD83D\uDE00", "c", "${prefix} ?; --");
        String settings = "{\"name\":\"Gr\u00fc\u00dfe ? ${prefix}\",\"pad\":\"" + "x".repeat(100_000) + "\"}";

        SignerRow saved =
                store.saveSigner(signer(ACME, "ours", settings, secrets)).orElseThrow();

        assertThat(saved)
                .isEqualTo(new SignerRow(ACME, "ours", 1, store.now(), false, settings, secrets))
                .isEqualTo(store.findSigner(ACME, "ours").orElseThrow());
    }

    @Test
    void signerIsReplaced() {
        SignerRow first = save(ACME, "ours");
        elapse(TICK);

        SignerRow second =
                store.saveSigner(signer(ACME, "ours", "{\"n\":2}", Map.of())).orElseThrow();

        assertThat(second)
                .isEqualTo(new SignerRow(ACME, "ours", 2, first.changedAt().plus(TICK), false, "{\"n\":2}", Map.of()));
        assertThat(store.findSigner(ACME, "ours")).contains(second);
    }

    private static SignerRow atVersion(long version, SignerRow signer) {
        return new SignerRow(
                signer.tenant(), signer.name(), version, signer.changedAt(), false, "{\"n\":2}", signer.secrets());
    }

    @Test
    void signerIsReplacedAtTheVersionThatWasRead() {
        SignerRow read = save(ACME, "ours");

        SignerRow second = store.saveSigner(atVersion(1, read)).orElseThrow();

        assertThat(second.version()).isEqualTo(2);
        assertThat(second.settings()).isEqualTo("{\"n\":2}");
        assertThat(store.saveSigner(atVersion(1, read))).isEmpty();
        assertThat(store.saveSigner(atVersion(3, read))).isEmpty();
        assertThat(store.findSigner(ACME, "ours")).contains(second);
        assertThat(store.saveSigner(new SignerRow(ACME, "another", 1, second.changedAt(), false, "{}", Map.of())))
                .isEmpty();
        assertThat(store.findSigner(ACME, "another")).isEmpty();

        store.removeSigner(ACME, "ours");
        assertThat(store.saveSigner(atVersion(3, read))).isEmpty();
        assertThat(store.findSigner(ACME, "ours")).isEmpty();
    }

    @Test
    void oneOfManyReplacesTheVersionThatAllHaveRead() throws Exception {
        SignerRow read = save(ACME, "ours");

        List<Optional<SignerRow>> saved = inThreads(8, () -> store.saveSigner(atVersion(1, read)));

        assertThat(saved.stream().filter(Optional::isPresent)).hasSize(1);
        assertThat(store.findSigner(ACME, "ours").orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void tenantsHaveSignersOfTheirOwn() {
        save(ACME, "b");
        save(ACME, "a");
        save(ACME, "B");
        SignerRow nobodys = save(NO_TENANT, "a");
        save(Optional.of("Acme"), "c");

        assertThat(store.listSigners(ACME)).extracting(SignerRow::name).containsExactly("B", "a", "b");
        assertThat(store.listSigners(NO_TENANT)).containsExactly(nobodys);
        assertThat(store.listSigners(Optional.of("nobody"))).isEmpty();
        assertThat(store.findSigner(NO_TENANT, "b")).isEmpty();
        assertThat(store.findSigner(ACME, "c")).isEmpty();
        assertThat(store.removeSigner(NO_TENANT, "b")).isFalse();
        assertThat(store.listSigners(ACME)).hasSize(3);
    }

    @Test
    void removedSignerIsAChangeWithoutItsSecrets() {
        save(ACME, "ours");
        elapse(TICK);

        assertThat(store.removeSigner(ACME, "ours")).isTrue();
        assertThat(store.removeSigner(ACME, "ours")).isFalse();

        assertThat(store.findSigner(ACME, "ours")).isEmpty();
        assertThat(store.listSigners(ACME)).isEmpty();
        assertThat(store.signersChangedSince(store.now()))
                .containsExactly(new SignerRow(ACME, "ours", 2, store.now(), true, "{}", Map.of()));
    }

    @Test
    void nameOfARemovedSignerCanBeUsedAtOnce() {
        save(ACME, "ours");
        store.removeSigner(ACME, "ours");

        SignerRow again = save(ACME, "ours");

        assertThat(again.version()).isEqualTo(3);
        assertThat(again.removed()).isFalse();
        assertThat(again.secrets()).isEqualTo(Map.of("s", "geheim"));
    }

    @Test
    void removedSignerIsForgottenAfterADay() {
        save(ACME, "ours");
        store.removeSigner(ACME, "ours");

        elapse(Duration.ofHours(23));
        assertThat(store.signersChangedSince(Instant.EPOCH)).hasSize(1);
        elapse(Duration.ofHours(2));
        store.webhooksChangedSince(store.now());
        assertThat(store.signersChangedSince(Instant.EPOCH)).isEmpty();
    }

    @Test
    void changedSignersAreReportedFromTheInstantOnIncludingIt() {
        save(ACME, "a");
        elapse(TICK);
        Instant since = store.now();
        save(NO_TENANT, "b");
        elapse(TICK);
        save(ACME, "c");

        assertThat(store.signersChangedSince(since)).extracting(SignerRow::name).containsExactlyInAnyOrder("b", "c");
        assertThat(store.signersChangedSince(since.plus(TICK).plus(TICK))).isEmpty();
    }

    @Test
    void eachOfManyWhoSaveTheSameSignerSucceeds() throws Exception {
        List<SignerRow> saved = inThreads(8, () -> save(ACME, "ours"));

        assertThat(saved)
                .extracting(SignerRow::version)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 8).boxed().toList());
    }
}
