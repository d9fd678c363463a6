package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand hostile answers at the same time, in a JVM with little memory. */
class HostileTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n";
    private static final Pattern WEBHOOK_ID = Pattern.compile("(?i)\\r\\nwebhook-id: *([^\\r]+)\\r\\n");
    private static final String FILL = "x".repeat(4000);

    /** What is sent first, and what is sent then for ever, in bytes that all connections share. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Attack(byte[] start, byte[] more) {
        Attack(String start, String more) {
            this(start.getBytes(ISO_8859_1), more.getBytes(ISO_8859_1));
        }
    }

    /** All in one line: together twice the heap, if it were kept until the time is over. */
    private static final Attack HOARD = new Attack(CHUNKED + "1;" + FILL.repeat(128), "");

    private static final Attack STALL = new Attack("HTTP/1.1 200 ", "");

    private static final List<Attack> ATTACKS = List.of(
            new Attack(CHUNKED + "1;", FILL),
            new Attack(HEAD, "X-A: " + FILL + "\r\n"),
            new Attack(HEAD + "X: ", FILL),
            new Attack(HEAD + "Content-Length: 10000000000\r\n\r\n", FILL),
            new Attack(CHUNKED, "fa0\r\n" + FILL + "\r\n"),
            new Attack(CHUNKED + "0\r\n", "X-T: " + FILL + "\r\n"),
            new Attack("", "HTTP/1.1 100 Continue\r\n\r\n"),
            new Attack("HTTP/1.1 500 X\r\nContent-Encoding: gzip\r\n\r\n", FILL),
            new Attack("", FILL),
            STALL);

    /** Lines so short that what is kept of them takes many times their bytes: in headers, trailers and 1xx answers. */
    private static List<Attack> shortLines(int bytes) {
        return List.of(
                new Attack(HEAD + "x\n".repeat(bytes / 2), ""),
                new Attack(HEAD + "a:b\n".repeat(bytes / 4), ""),
                new Attack(CHUNKED + "0\r\n" + "x\n".repeat(bytes / 2), ""),
                new Attack("HTTP/1.1 103 X\r\n" + "x\n".repeat(bytes / 2), ""));
    }

    /** What each of the requests of a round meets in turn. */
    private static final List<List<Attack>> ROUNDS =
            List.of(ATTACKS, List.of(HOARD), shortLines(480_000), shortLines(60_000));

    @TempDir
    Path folder;

    private final List<CountDownLatch> attacks = ROUNDS.stream()
            .map(round -> new CountDownLatch(HostileChild.HOSTILE))
            .toList();
    private final AtomicInteger waiting = new AtomicInteger();
    /** When each event was sent first, by its id. */
    private final Map<String, Long> sent = new ConcurrentHashMap<>();

    private final AtomicInteger tooEarly = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** First all kinds of attacks together, then a thousand of each that can hold much memory. */
    @Test
    void thousandHostileAnswersAtOnceDoNoHarm() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 2000, InetAddress.getLoopbackAddress());
                Receiver good = Receiver.start(request -> 200)) {
            Thread server = new Thread(() -> accept(listener));
            server.setDaemon(true);
            server.start();
            File log = folder.resolve("child.log").toFile();
            Process child = child("http://127.0.0.1:" + listener.getLocalPort() + "/", good.url("/good"), log);
            try {
                assertThat(child.waitFor(5, TimeUnit.MINUTES)).isTrue();
            } finally {
                child.destroyForcibly();
            }
            String output = Files.readString(log.toPath());
            System.out.println(output.lines()
                    .filter(line -> line.startsWith("threads") || line.contains("under attack"))
                    .toList());
            assertThat(output).doesNotContain("OutOfMemoryError");
            assertThat(child.exitValue()).as(output).isZero();
            assertThat(tooEarly).as("sent again within its lease").hasValue(0);
            assertThat(waiting).as("requests that were attacked").hasValue(ROUNDS.size() * HostileChild.HOSTILE + 1);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private void accept(ServerSocket listener) {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread thread = new Thread(null, () -> attack(socket), "attack", 64 * 1024);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** A delivery whose lease has passed on a machine that is this busy is sent once more; no other is. */
    private boolean isRepeated(String request) {
        Matcher id = WEBHOOK_ID.matcher(request);
        if (!id.find()) {
            throw new AssertionError("the request has no id: " + request);
        }
        Long before = sent.putIfAbsent(id.group(1), System.nanoTime());
        if (before != null && System.nanoTime() - before < HostileChild.AGAIN_AFTER.toNanos()) {
            tooEarly.incrementAndGet();
        }
        return before != null;
    }

    /**
     * The first request is that of the warm-up. It has to wait for bytes, so that the JVM opens what virtual threads wait by
     * before open files are counted; on a busy machine all other bytes may be there at once. The others are answered when
     * all of them are there.
     */
    private void attack(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] request = new byte[8192];
            int length = in.read(request);
            if (length < 0 || isRepeated(new String(request, 0, length, ISO_8859_1))) {
                return;
            }
            int number = waiting.incrementAndGet();
            int round = Math.min(Math.max(0, number - 2) / HostileChild.HOSTILE, ROUNDS.size() - 1);
            if (number > 1) {
                attacks.get(round).countDown();
                attacks.get(round).await();
            }
            List<Attack> kinds = ROUNDS.get(round);
            Attack kind = number == 1 ? STALL : kinds.get(number % kinds.size());
            OutputStream out = socket.getOutputStream();
            out.write(kind.start());
            while (kind.more().length > 0) {
                out.write(kind.more());
            }
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The sender had enough.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Process child(String hostile, String good, File log) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileChild.class.getName(),
                        hostile,
                        good,
                        Integer.toString(ROUNDS.size())))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
    }
}
