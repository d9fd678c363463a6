package io.github.webhooks4j.jdbc;

import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on H2 with odd time zones: one of the database, another of the JVM. */
class H2TimeZoneTest extends H2Contract {
    private static final TimeZone BEFORE = TimeZone.getDefault();

    @BeforeAll
    static void jvmIsElsewhere() {
        TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
    }

    @AfterAll
    static void jvmIsBack() {
        TimeZone.setDefault(BEFORE);
    }

    @Override
    String url() {
        return super.url() + ";TIME ZONE=Asia/Kathmandu";
    }
}
