package io.github.webhooks4j.settings;

import io.github.webhooks4j.delivery.RateLimit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The form of a rate limit; its time is in milliseconds. */
final class RateLimitCodec implements Codec<RateLimit> {
    private static final String REQUESTS = "requests";
    private static final String PER = "per";
    private static final String BURST = "burst";

    @Override
    public Object write(RateLimit limit, Secrets secrets) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put(REQUESTS, limit.requests());
        form.put(PER, limit.per().toMillis());
        form.put(BURST, limit.burst());
        return form;
    }

    @Override
    public Reading<RateLimit> read(Object plain, Secrets secrets) {
        Form form = Form.of(plain);
        RateLimit limit = new RateLimit(
                form.need(REQUESTS, Codec.number()), form.need(PER, Codec.millis()), form.need(BURST, Codec.number()));
        form.end();
        List<String> problems = limit.problems();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new Reading<>(limit, true);
    }
}
