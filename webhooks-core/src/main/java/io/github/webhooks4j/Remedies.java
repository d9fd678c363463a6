package io.github.webhooks4j;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.egress.Refusal;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator, in the log, what would allow a webhook that the egress policy refuses. Customers are told what to
 * enter instead, and nothing of the operator's settings. Safe for use by any thread.
 */
final class Remedies {
    private static final Logger log = LoggerFactory.getLogger(Remedies.class);
    private static final int REMEMBERED = 1000;

    private final EgressPolicy policy;
    /** What was said lately: customers try again and again. */
    private final Cache<String, Boolean> told =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    Remedies(EgressPolicy policy) {
        this.policy = policy;
    }

    /** A webhook was not registered. Says the same once, and nothing if the operator could not allow it. */
    void refused(WebhookSettings webhook) {
        remedy(webhook)
                .filter(remedy -> told.asMap().putIfAbsent(remedy, true) == null)
                .ifPresent(remedy -> log.info(
                        "the egress policy refused webhook {}; if it is to be allowed: {}", webhook.id(), remedy));
    }

    /** A registered webhook is not sent to. Called once for each of its versions. */
    void denied(WebhookSettings webhook) {
        log.warn(
                "nothing is sent to webhook {}, since the egress policy refuses it; {}",
                webhook.id(),
                remedy(webhook)
                        .map(remedy -> "if it is to be allowed: " + remedy)
                        .orElse("change its URLs or its headers"));
    }

    /** Empty if the policy refuses nothing, or something that no setting allows. */
    private Optional<String> remedy(WebhookSettings webhook) {
        List<Refusal> refusals = new ArrayList<>(policy.check(webhook.url()));
        webhook.signers()
                .forEach(signer ->
                        StoredSigner.tokenUrl(signer).map(policy::check).ifPresent(refusals::addAll));
        List<String> calls = new ArrayList<>();
        refusals.forEach(refusal -> refusal.remedy().ifPresent(calls::add));
        if (calls.size() < refusals.size()) {
            return Optional.empty();
        }
        if (webhook.tls().skipsVerification() && !policy.allowsSkipVerification()) {
            calls.add("allowSkipVerification()");
        }
        return calls.isEmpty()
                ? Optional.empty()
                : Optional.of(text(calls.stream().distinct().collect(Collectors.joining("."))));
    }

    private static String text(String calls) {
        boolean isThisMachine = calls.contains("127.0.0.1") || calls.contains("\"::1\"");
        if (isThisMachine) {
            return "EgressPolicy.builder()." + calls + ", or EgressPolicy.development() on a developer's machine";
        }
        return "EgressPolicy.builder()." + calls
                + (calls.contains("allowHost(") ? ".allow(\"…\") with the address of that host" : "");
    }
}
