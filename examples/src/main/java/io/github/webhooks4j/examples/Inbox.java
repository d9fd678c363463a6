package io.github.webhooks4j.examples;

import io.github.webhooks4j.signing.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** What a receiver remembers: its secret, and how it answered which message. Survives the process, as it would anywhere. */
final class Inbox {
    private final DataSource dataSource;
    private final String receiver;

    Inbox(DataSource dataSource, String receiver) throws SQLException {
        this.dataSource = dataSource;
        this.receiver = receiver;
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS receivers (name VARCHAR(64) PRIMARY KEY, secret VARCHAR(200))");
            statement.execute("CREATE TABLE IF NOT EXISTS inbox (receiver VARCHAR(64),"
                    + " message_id VARCHAR(128), status INT)");
        }
    }

    /** The secret that was agreed upon: a new one the first time. */
    Secret secret() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO receivers SELECT ?, ?"
                        + " WHERE NOT EXISTS (SELECT 1 FROM receivers WHERE name = ?)");
                PreparedStatement select = connection.prepareStatement("SELECT secret FROM receivers WHERE name = ?")) {
            insert.setString(1, receiver);
            insert.setString(2, Secret.random().reveal());
            insert.setString(3, receiver);
            insert.executeUpdate();
            select.setString(1, receiver);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return Secret.of(row.getString(1));
            }
        }
    }

    /** How often this message was answered with this status. */
    int answered(String messageId, int status) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT COUNT(*) FROM inbox WHERE receiver = ? AND message_id = ? AND status = ?")) {
            select.setString(1, receiver);
            select.setString(2, messageId);
            select.setInt(3, status);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Notes an answer, before it is given. */
    void note(String messageId, int status) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO inbox (receiver, message_id, status) VALUES (?, ?, ?)")) {
            insert.setString(1, receiver);
            insert.setString(2, messageId);
            insert.setInt(3, status);
            insert.executeUpdate();
        }
    }
}
