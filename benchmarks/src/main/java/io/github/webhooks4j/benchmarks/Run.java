package io.github.webhooks4j.benchmarks;

import java.lang.management.ManagementFactory;

/**
 * What one run of one way to send took.
 *
 * @param requests how many requests the receiver counted
 * @param pending how many deliveries were left in the store
 * @param nanos from the start to the last of them, recorded where something is recorded
 * @param cpuNanos the processor time of this process meanwhile; the receiver's is not in it
 */
record Run(long requests, long pending, long nanos, long cpuNanos) {
    double perSecond() {
        return requests * 1e9 / nanos;
    }

    double cpuMicros() {
        return cpuNanos / 1e3 / requests;
    }

    static long cpuNow() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
