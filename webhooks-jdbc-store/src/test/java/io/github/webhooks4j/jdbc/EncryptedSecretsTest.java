package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Secrets at rest: encrypted, bound to where they belong, and encrypted anew with another key. */
class EncryptedSecretsTest {
    private static final String CANARY = "canary-7f3a";
    private static final byte[] OLD = key(1);
    private static final byte[] NEW = key(2);

    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");

    @AfterEach
    void closePool() {
        pool.dispose();
    }

    private static byte[] key(int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    private JdbcDeliveryStore store(SecretKeys keys) {
        JdbcDeliveryStore store =
                JdbcDeliveryStore.builder(pool).secretKeys(keys).build();
        store.open();
        return store;
    }

    private static Document webhook(String id, String tenant) {
        return StoreRows.document(DocumentKind.WEBHOOK, id, Optional.of(tenant), Map.of("a", CANARY, "b", CANARY));
    }

    private static void save(JdbcDeliveryStore store, Document document) {
        assertThat(StoreRows.save(store, document)).isPresent();
    }

    private String stored(String column, String id) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT " + column + " FROM webhooks_documents WHERE id = '" + id + "'")) {
            row.next();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Map<String, String> secrets(JdbcDeliveryStore store, String id) {
        return StoreRows.find(store, id).orElseThrow().secrets();
    }

    @Test
    void rowHoldsNoSecretAndEachIsEncryptedDifferently() throws SQLException {
        JdbcDeliveryStore store = store(SecretKeys.of("k1", OLD));
        save(store, webhook("w", "t"));

        Map<String, String> encrypted = TextMap.read(stored("secrets", "w"));
        assertThat(encrypted.toString()).doesNotContain(CANARY);
        assertThat(new HashSet<>(encrypted.values())).hasSize(2).allMatch(text -> text.startsWith("aes256gcm:k1:"));
        assertThat(secrets(store, "w")).isEqualTo(Map.of("a", CANARY, "b", CANARY));
    }

    @Test
    void textIsAes256GcmWithTheContextAsAssociatedData() throws Exception {
        save(store(SecretKeys.of("k1", OLD)), webhook("w", "t"));
        byte[] all = Base64.getDecoder()
                .decode(TextMap.read(stored("secrets", "w")).get("a").split(":", -1)[2]);

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE, new SecretKeySpec(OLD, "AES"), new GCMParameterSpec(128, Arrays.copyOf(all, 12)));
        cipher.updateAAD("webhooks4j\0WEBHOOK\0t\0w\0a\0k1".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(new String(cipher.doFinal(all, 12, all.length - 12), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(CANARY);
    }

    @Test
    void rowMovedToAnotherWebhookOrTenantOrNameIsNotRead() throws SQLException {
        JdbcDeliveryStore store = store(SecretKeys.of("k1", OLD));
        for (String id : new String[] {"moved", "given", "renamed", "altered"}) {
            save(store, webhook(id, "t"));
        }
        execute("UPDATE webhooks_documents SET id = 'elsewhere' WHERE id = 'moved'");
        execute("UPDATE webhooks_documents SET tenant = 'u' WHERE id = 'given'");
        execute("UPDATE webhooks_documents SET secrets = REPLACE(secrets, '\"a\"', '\"c\"') WHERE id = 'renamed'");
        execute(
                "UPDATE webhooks_documents SET secrets = REGEXP_REPLACE(secrets, 'k1:....', 'k1:AAAA') WHERE id = 'altered'");

        assertThat(secrets(store, "elsewhere")).isEmpty();
        assertThat(secrets(store, "given")).isEmpty();
        assertThat(secrets(store, "renamed")).containsOnlyKeys("b");
        assertThat(secrets(store, "altered")).isEmpty();
    }

    private static Document signer(String tenant, String name) {
        return StoreRows.document(DocumentKind.SIGNER, tenant + "/" + name, Optional.of(tenant), Map.of("a", CANARY));
    }

    private static Map<String, String> signerSecrets(JdbcDeliveryStore store, String id) {
        return store.documents().find(DocumentKind.SIGNER, id).orElseThrow().secrets();
    }

    @Test
    void signerMovedToAnotherTenantOrIdOrFromAWebhookIsNotRead() throws SQLException {
        JdbcDeliveryStore store = store(SecretKeys.of("k1", OLD));
        save(store, webhook("w", "t"));
        save(store, signer("t", "s"));
        assertThat(signerSecrets(store, "t/s")).isEqualTo(Map.of("a", CANARY));

        String rest =
                ", version, status_version, changed_at, removed, settings, secrets, status FROM webhooks_documents";
        execute("INSERT INTO webhooks_documents SELECT kind, 'u/s', 'u'" + rest + " WHERE id = 't/s'");
        execute("INSERT INTO webhooks_documents SELECT kind, 't/renamed', tenant" + rest + " WHERE id = 't/s'");
        execute("INSERT INTO webhooks_documents SELECT 'SIGNER', id, tenant" + rest + " WHERE id = 'w'");
        execute("INSERT INTO webhooks_documents SELECT 'WEBHOOK', id, tenant" + rest + " WHERE id = 't/s'");

        assertThat(signerSecrets(store, "u/s")).isEmpty();
        assertThat(signerSecrets(store, "t/renamed")).isEmpty();
        assertThat(signerSecrets(store, "w")).isEmpty();
        assertThat(secrets(store, "t/s")).isEmpty();
        execute("UPDATE webhooks_documents SET tenant = 'u' WHERE id = 't/s' AND kind = 'SIGNER'");
        assertThat(signerSecrets(store, "t/s")).isEmpty();
    }

    @Test
    void signersAreEncryptedAnewWhileVersionsStay() {
        save(store(SecretKeys.plaintext()), signer("t", "p"));
        save(store(SecretKeys.of("k1", OLD)), signer("t", "s"));
        JdbcDeliveryStore after = store(SecretKeys.of("k2", NEW).and("k1", OLD));

        assertThat(after.encryptAnew()).isEqualTo(2);

        assertThat(after.encryptAnew()).isZero();
        JdbcDeliveryStore onlyNew = store(SecretKeys.of("k2", NEW));
        assertThat(signerSecrets(onlyNew, "t/p")).hasSize(1);
        assertThat(signerSecrets(onlyNew, "t/s")).hasSize(1);
        assertThat(onlyNew.documents().list(DocumentKind.SIGNER, TenantScope.ALL, "", 10))
                .extracting(Document::version)
                .containsOnly(1L);
    }

    @Test
    void withoutKeysAWebhookWithSecretsIsRefusedAndNothingIsStored() {
        JdbcDeliveryStore store = JdbcDeliveryStore.create(pool);
        store.open();

        assertThatThrownBy(() -> save(store, webhook("w", "t")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("secretKeys(SecretKeys.of(id, key))")
                .hasMessageContaining("SecretKeys.plaintext()")
                .hasMessageNotContaining(CANARY);
        assertThat(StoreRows.find(store, "w")).isEmpty();
    }

    @Test
    void nodeWithoutTheKeyReadsTheWebhookWithoutItsSecrets() {
        save(store(SecretKeys.of("k1", OLD)), webhook("w", "t"));

        assertThat(secrets(store(SecretKeys.of("k2", NEW)), "w")).isEmpty();
        assertThat(secrets(store(SecretKeys.of("k1", NEW)), "w")).isEmpty();
        assertThat(secrets(store(SecretKeys.of("k2", NEW).and("k1", OLD)), "w")).hasSize(2);
    }

    @Test
    void everythingIsEncryptedAnewWithTheCurrentKeyWhileVersionsStay() throws SQLException {
        JdbcDeliveryStore plain = store(SecretKeys.plaintext());
        save(plain, webhook("p", "t"));
        JdbcDeliveryStore before = store(SecretKeys.of("k1", OLD));
        save(before, webhook("w", "t"));
        before.documents().remove(DocumentKind.WEBHOOK, "gone", List.of());
        JdbcDeliveryStore after = store(SecretKeys.of("k2", NEW).and("k1", OLD));
        save(after, webhook("n", "t"));

        assertThat(after.encryptAnew()).isEqualTo(2);

        assertThat(after.encryptAnew()).isZero();
        JdbcDeliveryStore onlyNew = store(SecretKeys.of("k2", NEW));
        for (String id : new String[] {"p", "w", "n"}) {
            assertThat(secrets(onlyNew, id)).hasSize(2);
            assertThat(stored("secrets", id)).doesNotContain(":k1:", CANARY);
            assertThat(stored("version", id)).isEqualTo("1");
        }
    }

    @Test
    void encryptingAnewWithoutTheOldKeySaysWhichIsMissing() {
        save(store(SecretKeys.of("k1", OLD)), webhook("w", "t"));

        assertThatThrownBy(store(SecretKeys.of("k2", NEW))::encryptAnew)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("webhook w")
                .hasMessageContaining("does not have the key k1");
    }

    @Test
    void whatCannotBeEncryptedAnewDoesNotKeepOthersFromIt() throws SQLException {
        JdbcDeliveryStore lost = store(SecretKeys.of("k0", key(9)));
        JdbcDeliveryStore before = store(SecretKeys.of("k1", OLD));
        save(before, signer("t", "a"));
        save(lost, signer("t", "b"));
        save(before, signer("t", "c"));
        for (int i = 0; i < 7; i++) {
            save(i % 2 == 0 ? before : lost, webhook("w" + i, "t"));
        }
        JdbcDeliveryStore after = store(SecretKeys.of("k2", NEW).and("k1", OLD));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(after::encryptAnew)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContainingAll("signer b of tenant t", "webhook w1", "webhook w3", "webhook w5")
                    .hasMessageContaining("does not have the key k0")
                    .hasMessageContaining("cannot read those of 4")
                    .hasMessageNotContaining(CANARY);
        }

        JdbcDeliveryStore onlyNew = store(SecretKeys.of("k2", NEW));
        assertThat(signerSecrets(onlyNew, "t/a")).hasSize(1);
        assertThat(signerSecrets(onlyNew, "t/c")).hasSize(1);
        for (int i = 0; i < 7; i++) {
            assertThat(secrets(onlyNew, "w" + i)).hasSize(i % 2 == 0 ? 2 : 0);
        }
        assertThat(secrets(lost, "w1")).hasSize(2);
    }

    @Test
    void onlySomeOfManyAreNamed() {
        JdbcDeliveryStore lost = store(SecretKeys.of("k0", key(9)));
        for (int i = 0; i < 7; i++) {
            save(lost, webhook("w" + i, "t"));
        }

        assertThatThrownBy(store(SecretKeys.of("k2", NEW))::encryptAnew)
                .hasMessageContaining("cannot read those of 7")
                .hasMessageContaining("webhook w4")
                .hasMessageNotContaining("webhook w5");
    }

    @Test
    void keysAreCheckedAndNeverShown() {
        assertThatThrownBy(() -> SecretKeys.of("k1", new byte[16]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16 bytes")
                .hasMessageContaining("32");
        for (String id : Set.of("", "a:b", "a b", "x".repeat(65))) {
            assertThatThrownBy(() -> SecretKeys.of(id, OLD)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> SecretKeys.of("k1", OLD).and("k1", NEW)).hasMessageContaining("two keys");
        assertThatThrownBy(() -> SecretKeys.plaintext().and("k1", NEW)).hasMessageContaining("plaintext");
        assertThat(SecretKeys.of("k1", OLD).and("k2", NEW)).hasToString("SecretKeys[current=k1, ids=[k1, k2]]");
    }

    private static SecretKeys own(byte[] key) {
        return new SecretKeys() {
            @Override
            public String currentId() {
                return "own";
            }

            @Override
            public Optional<javax.crypto.SecretKey> key(String id) {
                return id.equals("own") ? Optional.of(new SecretKeySpec(key, "AES")) : Optional.empty();
            }
        };
    }

    @Test
    void keyOfTheApplicationsOwnMustHaveAllItsBits() throws SQLException {
        SecretKeys weak = own(new byte[16]);

        assertThatThrownBy(() -> save(store(weak), webhook("w", "t")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("key own has 16 bytes; it must have 32");
        assertThat(StoreRows.find(store(weak), "w")).isEmpty();

        save(store(own(NEW)), webhook("w", "t"));
        assertThat(secrets(store(weak), "w")).isEmpty();
        assertThatThrownBy(store(SecretKeys.of("k1", OLD).and("k2", NEW))::encryptAnew)
                .hasMessageContaining("does not have the key own");
        assertThatThrownBy(store(weak)::encryptAnew).hasMessageContaining("key own has 16 bytes");
    }

    @Test
    void keysOfTheApplicationsOwnCanBeUsed() throws SQLException {
        SecretKeys own = own(NEW);
        save(store(own), webhook("w", "t"));

        assertThat(stored("secrets", "w")).contains("aes256gcm:own:");
        assertThat(secrets(store(own.and("k1", OLD)), "w")).hasSize(2);
    }
}
