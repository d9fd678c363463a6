package io.github.webhooks4j.settings;

import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.delivery.StoredRetryPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The form of a retry policy: a name, or a list of delays in milliseconds, which may vary by a part. */
final class RetryPolicyCodec implements Codec<RetryPolicy> {
    private static final String NAME = "name";
    private static final String DELAYS = "delays";
    private static final String JITTER = "jitter";
    private static final Codec<List<Duration>> TIMES = Codec.list(Codec.millis());

    @Override
    public Object write(RetryPolicy policy, Secrets secrets) {
        StoredRetryPolicy stored = StoredRetryPolicy.of(policy).orElseThrow();
        Map<String, Object> form = new LinkedHashMap<>();
        if (stored.name().isPresent()) {
            form.put(NAME, stored.name().get());
            return form;
        }
        form.put(DELAYS, TIMES.write(stored.delays(), secrets));
        if (stored.jitter() != 0) {
            form.put(JITTER, stored.jitter());
        }
        return form;
    }

    @Override
    public Reading<RetryPolicy> read(Object plain, Secrets secrets) {
        Form form = Form.of(plain);
        Optional<String> name = form.take(NAME, Codec.text());
        List<Duration> delays = name.isPresent() ? List.of() : form.need(DELAYS, TIMES);
        double jitter =
                name.isPresent() ? 0 : form.take(JITTER, Codec.fraction()).orElse(0.0);
        form.end();
        return new Reading<>(new StoredRetryPolicy(name, delays, jitter).restore(), true);
    }
}
