package io.github.webhooks4j.it;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** On an H2 file. */
class H2TransactionTest extends TransactionTest {
    @TempDir
    Path folder;

    @Override
    void connect(HikariConfig config) {
        config.setJdbcUrl(Database.fileUrl(folder));
        config.setUsername("sa");
    }
}
