package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.jdbc.EncryptedSecrets.Owner;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Encrypts secrets with the current key that are not: of documents of every kind, those included that only a newer version knows. */
final class Reencryption {
    private static final int PAGE = 500;

    private final EncryptedSecrets secrets;
    private final String kinds;
    private final String page;
    private final String reencrypt;

    Reencryption(Sql sql, EncryptedSecrets secrets) {
        this.secrets = secrets;
        kinds = sql.of("SELECT DISTINCT kind FROM ${prefix}documents ORDER BY kind");
        page = sql.of("SELECT id, tenant, secrets, version FROM ${prefix}documents"
                + " WHERE kind = ? AND id > ? AND removed = FALSE ORDER BY ${equal kind} id LIMIT ?");
        reencrypt = sql.of("UPDATE ${prefix}documents SET secrets = ?"
                + " WHERE kind = ? AND id = ? AND version = ? AND removed = FALSE");
    }

    /**
     * How far it has come.
     *
     * @param last the id of the last document that was looked at; empty if there was none
     * @param changed how many were encrypted anew
     * @param troubles what kept others from it
     */
    record Progress(Optional<String> last, int changed, List<String> troubles) {}

    /** The kinds of documents that there are. */
    List<String> kinds(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(kinds);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(row.getString(1));
            }
        }
        return found;
    }

    /**
     * Encrypts the secrets of the next documents after this id. Their versions stay as they are, since nothing changed; one that
     * is changed meanwhile is encrypted by that change.
     */
    Progress next(Connection connection, String kind, String after) throws SQLException {
        Optional<String> last = Optional.empty();
        int changed = 0;
        List<String> troubles = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(page);
                PreparedStatement update = connection.prepareStatement(reencrypt)) {
            select.setString(1, kind);
            select.setString(2, after);
            select.setInt(3, PAGE);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Owner owner = new Owner(kind, Sql.tenant(row.getString(2)), row.getString(1));
                    Optional<String> anew = secrets.anew(owner, row.getString(3), troubles);
                    if (anew.isPresent()) {
                        update.setString(1, anew.get());
                        update.setString(2, kind);
                        update.setString(3, owner.id());
                        update.setLong(4, row.getLong(4));
                        changed += update.executeUpdate();
                    }
                    last = Optional.of(owner.id());
                }
            }
        }
        return new Progress(last, changed, troubles);
    }
}
