package io.github.webhooks4j.it;

import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** MariaDB, with transactions of the application that are REPEATABLE READ. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class MariaDbOutageTest extends OutageContract {
    @Override
    FragileServer start(Path folder) throws Exception {
        return FragileMariaDb.inFolder(folder);
    }
}
