package io.github.webhooks4j.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What a client is called if the application gives it no name. */
public final class NodeName {
    private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");
    private static final int MAX_HOST = 40;

    private NodeName() {}

    /**
     * The host's name, as far as it is known without asking the network, and four random hex digits: a host may have several
     * clients, one after the other or at once. Visible ASCII, at most 45 characters.
     */
    public static String random(RandomGenerator random) {
        return of(host(), random.nextInt(0x10000));
    }

    static String of(String host, int digits) {
        String visible = host.replaceAll("[^!-~]", "");
        String cut = visible.length() > MAX_HOST ? visible.substring(0, MAX_HOST) : visible;
        return String.format("%s-%04x", cut.isEmpty() ? "node" : cut, digits);
    }

    private static String host() {
        return Stream.of("HOSTNAME", "COMPUTERNAME")
                .map(System::getenv)
                .filter(Objects::nonNull)
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElseGet(NodeName::hostOfLinux);
    }

    private static String hostOfLinux() {
        try {
            return Files.readString(LINUX);
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }
}
