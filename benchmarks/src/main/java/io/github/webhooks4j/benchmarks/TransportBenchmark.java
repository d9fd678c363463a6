package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.transport.Transport;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two versions of the transport beside each other, each in a process of its own: requests one after the other on a kept
 * connection, whose answers have 1 byte, 16 KiB, or 16 KiB in chunks. Runs of both take turns, in changing order. How a process
 * compiles makes it some percent faster or slower for as long as it lives, so that several are started, and each pair of
 * processes counts once.
 *
 * <p>Options: {@code --before path} the classes or the jar of the {@code webhooks-okhttp} before (the same code twice if absent),
 * {@code --starts n} pairs of processes (20), {@code --pairs n} runs of each (20), {@code --count n} requests a run (250).
 */
public final class TransportBenchmark {
    private static final List<String> ANSWERS = List.of("/1", "/16384", "/chunked");
    private static final String CHUNK = "{\"message\":\"" + "x".repeat(1000) + "\"}\r\n";
    private static final int CHUNKS = 16;

    private TransportBenchmark() {}

    /** Measures and prints; {@code side port} is for the processes that it starts. */
    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("side")) {
            side(Integer.parseInt(args[1]));
            return;
        }
        Map<String, String> options =
                new LinkedHashMap<>(Map.of("--before", "", "--starts", "20", "--pairs", "20", "--count", "250"));
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (options.replace(args[i], args[i + 1]) == null) {
                throw new IllegalArgumentException(args[i] + " is unknown; the options are " + options.keySet());
            }
        }
        measure(options, new PrintStream(System.out, true, UTF_8));
    }

    private static void measure(Map<String, String> options, PrintStream out) throws IOException {
        int starts = Integer.parseInt(options.get("--starts"));
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread receiver = new Thread(() -> accept(listener));
            receiver.setDaemon(true);
            receiver.start();
            for (int start = 0; start < starts; start++) {
                compare(options, listener.getLocalPort()).forEach((what, ratio) -> add(ratios, what, ratio));
            }
        }
        out.printf(
                "| after/before, %d pairs of processes | mean | 95 %% interval | median |%n|---|--:|--:|--:|%n",
                starts);
        ratios.forEach((what, each) -> {
            double[] interval = BeforeAfterBenchmark.interval(each);
            double median = Comparison.median(each, ratio -> ratio);
            out.printf("| %s | %.3f | %.3f–%.3f | %.3f |%n", what, interval[1], interval[0], interval[2], median);
        });
    }

    /** After over before, of one pair of processes. */
    private static Map<String, Double> compare(Map<String, String> options, int port) throws IOException {
        String ours = System.getProperty("java.class.path");
        int pairs = Integer.parseInt(options.get("--pairs"));
        Map<String, double[]> sums = new LinkedHashMap<>();
        try (Side before = new Side(options.get("--before") + File.pathSeparator + ours, port);
                Side after = new Side(ours, port)) {
            for (int pair = -pairs; pair < pairs; pair++) { // the first half compiles
                for (String answer : ANSWERS) {
                    String line = answer + " " + options.get("--count");
                    boolean beforeFirst = Math.floorMod(pair, 2) == 0;
                    double[] one = (beforeFirst ? before : after).run(line);
                    double[] two = (beforeFirst ? after : before).run(line);
                    if (pair >= 0) {
                        double[] was = beforeFirst ? one : two;
                        double[] is = beforeFirst ? two : one;
                        double[] sum = sums.computeIfAbsent(answer, name -> new double[4]);
                        sum[0] += was[0];
                        sum[1] += is[0];
                        sum[2] += was[1];
                        sum[3] += is[1];
                    }
                }
            }
        }
        Map<String, Double> ratios = new LinkedHashMap<>();
        sums.forEach((answer, sum) -> {
            ratios.put(answer + ", requests/s", sum[0] / sum[1]);
            ratios.put(answer + ", CPU each", sum[3] / sum[2]);
        });
        return ratios;
    }

    private static void add(Map<String, List<Double>> ratios, String what, double ratio) {
        ratios.computeIfAbsent(what, name -> new ArrayList<>()).add(ratio);
    }

    /** Makes as many requests as each line says, and prints nanoseconds and processor time. */
    private static void side(int port) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        try (OkHttpTransport transport = OkHttpTransport.create()) {
            transport.open(EgressPolicy.development());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                Transport.Request request = new Transport.Request(
                        "POST",
                        "http://127.0.0.1:" + port + words[0],
                        Map.of("Content-Type", "application/json"),
                        new byte[440],
                        Duration.ofSeconds(30));
                long cpu = Run.cpuNow();
                long began = System.nanoTime();
                for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                    if (transport.send(request).status().orElse(0) != 200) {
                        throw new IllegalStateException("no answer");
                    }
                }
                out.println((System.nanoTime() - began) + " " + (Run.cpuNow() - cpu));
            }
        }
    }

    private static void accept(ServerSocket listener) {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread serving = new Thread(() -> serve(socket));
                serving.setDaemon(true);
                serving.start();
            }
        } catch (IOException e) {
            // The end.
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                StringBuilder head = new StringBuilder();
                while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
                    int one = in.read();
                    if (one < 0) {
                        return;
                    }
                    head.append((char) one);
                }
                in.skipNBytes(440);
                socket.getOutputStream().write(answer(head.substring(head.indexOf("/"), head.indexOf(" HTTP"))));
            }
        } catch (IOException e) {
            // The side has ended.
        }
    }

    /** With the headers that usual servers send. */
    private static byte[] answer(String path) {
        String head = String.join(
                "\r\n",
                "HTTP/1.1 200 OK",
                "Server: nginx",
                "Date: Fri, 27 Nov 2026 23:00:00 GMT",
                "Content-Type: application/json; charset=utf-8",
                "Connection: keep-alive",
                "Vary: Accept-Encoding",
                "");
        if (path.equals("/chunked")) {
            String chunk = Integer.toHexString(CHUNK.length()) + "\r\n" + CHUNK + "\r\n";
            return (head + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(CHUNKS - 1) + "0\r\n\r\n")
                    .getBytes(UTF_8);
        }
        int length = Integer.parseInt(path.substring(1));
        return (head + "Content-Length: " + length + "\r\n\r\n" + "x".repeat(length)).getBytes(UTF_8);
    }

    /** A process of one version. */
    private static final class Side implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;

        Side(String classPath, int port) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-cp",
                            classPath,
                            TransportBenchmark.class.getName(),
                            "side",
                            String.valueOf(port))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = process.inputReader(UTF_8);
        }

        double[] run(String line) throws IOException {
            process.outputWriter(UTF_8).write(line + "\n");
            process.outputWriter(UTF_8).flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("a side has ended; what it wrote says why");
            }
            String[] words = answer.split(" ", -1);
            return new double[] {Double.parseDouble(words[0]), Double.parseDouble(words[1])};
        }

        @Override
        public void close() throws IOException {
            process.outputWriter(UTF_8).close();
            process.onExit().join();
        }
    }
}
