package io.github.webhooks4j.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on H2 in files. */
class H2FileTest extends H2Contract {
    @TempDir
    Path folder;

    @Override
    String url() {
        return "jdbc:h2:file:" + folder.resolve("store");
    }
}
