package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.settings.Origin;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Everything that can be wrong with a webhook: what the {@link SettingTable} says of each setting, and what follows from several of
 * them or from the stored webhook.
 */
final class WebhookRules {
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final String SET_AGAIN =
            " than before, whose owner could read the secret; set it again, with a new secret if it has one";
    private final EgressPolicy policy;
    private final Remedies remedies;
    private final Setting.Allowed allowed;

    /** Rules for one client, whose requests take at most so long. */
    WebhookRules(EgressPolicy policy, Extensions extensions, Duration requestTimeout) {
        this.policy = policy;
        allowed = new Setting.Allowed(policy, extensions, requestTimeout);
        remedies = new Remedies(policy);
    }

    /**
     * Everything wrong with a webhook.
     *
     * @param webhook with the signers that it shares with others in the place of their names
     */
    List<Problem> check(WebhookSettings webhook, boolean isNew) {
        List<Problem> problems = new ArrayList<>();
        if (!ID.matcher(webhook.id()).matches()) {
            problems.add(new Problem("id", "id.form", "must be 1 to 64 letters, digits, _ or -"));
        }
        if (webhook.isCopy()) {
            problems.add(new Problem(
                    "id",
                    "id.copied",
                    "differs from the id of the webhook that toBuilder() started from, and secrets are not copied; use"
                            + " Webhook.builder(url) for a new webhook"));
        }
        checkTenant(webhook.tenant(), problems);
        problems.addAll(webhook.choices().problems(allowed));
        if (isNew && !webhook.choices().has(SettingTable.SIGNERS)) {
            problems.add(new Problem(
                    "signers",
                    "signers.missing",
                    "is not set; add Signer.standardWebhooks(secret), or say unsigned(). Make the secret once with"
                            + " Secret.random(), show its reveal() to the receiver, and read it with Secret.of(text)"
                            + " afterwards"));
        }
        checkReadable(webhook, problems);
        problems.addAll(checkOwnHeaders(webhook));
        return problems;
    }

    private void checkTenant(Optional<String> tenant, List<Problem> problems) {
        if (!isTenant(tenant)) {
            problems.add(new Problem("tenant", "tenant.form", "must be 1 to 64 letters, digits, _ or -"));
        }
    }

    private List<Problem> checkOwnHeaders(WebhookSettings webhook) {
        if (webhook.unreadable().contains("secretHeaders")) {
            return List.of();
        }
        return policy.checkHeaders(webhook.ownHeaders(), webhook.signedHeaders()).stream()
                .map(refusal -> new Problem("headers", "headers." + refusal.code(), refusal.message()))
                .toList();
    }

    /** What is wrong with the headers of a webhook, its own and those that its signers set. */
    List<Problem> checkHeaders(WebhookSettings webhook) {
        List<Problem> problems = new ArrayList<>(checkOwnHeaders(webhook));
        problems.addAll(SignerRules.checkHeaders(webhook.signers(), allowed));
        return problems;
    }

    private static void checkReadable(WebhookSettings webhook, List<Problem> problems) {
        webhook.unreadable().stream()
                .sorted()
                .forEach(setting -> problems.add(new Problem(
                        setting,
                        setting + ".unreadable",
                        "cannot be read on this node, because the key of its secrets is missing or a newer version stored"
                                + " it; set it again, or make the change on a node that can read it")));
    }

    /**
     * What is kept of the secrets of a stored webhook though it would be sent, as it is, to another host: whoever may change a
     * URL could read there what is never shown otherwise.
     */
    List<Problem> checkKept(WebhookSettings webhook, WebhookSettings stored) {
        if (!policy.check(webhook.url()).isEmpty() || isSameOrigin(webhook.url(), stored.url())) {
            return List.of();
        }
        List<Problem> problems = new ArrayList<>();
        if (!webhook.keptSigners(stored).stream().allMatch(StoredSigner::onlySigns)) {
            problems.add(new Problem(
                    "signers", "signers.kept", "would be sent to another scheme, host or port" + SET_AGAIN));
        }
        if (webhook.keepsPayloadSecret(stored)) {
            problems.add(new Problem(
                    "payload", "payload.kept", "would be sent to another scheme, host or port" + SET_AGAIN));
        }
        webhook.keptHeaders()
                .forEach(name -> problems.add(new Problem(
                        "secretHeaders",
                        "secretHeaders.kept",
                        "has the header " + name + ", which would be sent to another scheme, host or port"
                                + SET_AGAIN)));
        return problems;
    }

    private boolean isSameOrigin(String url, String stored) {
        String before = Origin.of(stored);
        String after = Origin.of(policy.canonical(url));
        return withoutSlash(before).equals(withoutSlash(after));
    }

    private static String withoutSlash(String origin) {
        return origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin;
    }

    /** What is wrong with a signer that many webhooks are to use. */
    List<Problem> checkShared(Optional<String> tenant, String name, Signer signer) {
        List<Problem> problems = new ArrayList<>();
        checkTenant(tenant, problems);
        if (!isSignerName(name)) {
            problems.add(new Problem("name", "name.form", "must be 1 to 64 letters, digits, dots, _ or -"));
        }
        List<Problem> ofSigner = new ArrayList<>();
        if (StoredSigner.sharedName(signer).isPresent()) {
            ofSigner.add(
                    new Problem("signer", "signer.shared", "refers to another shared signer; save the signer itself"));
        } else {
            ofSigner.addAll(SignerRules.check(List.of(signer), allowed));
        }
        ofSigner.forEach(problem ->
                problems.add(new Problem("signer", problem.code().replace("signers.", "signer."), problem.message())));
        return problems;
    }

    boolean isTenant(Optional<String> tenant) {
        return tenant.isEmpty() || FrozenEvent.TENANT.matcher(tenant.get()).matches();
    }

    boolean isSignerName(String name) {
        return StoredSigner.problems(Signer.shared(name)).isEmpty();
    }

    boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** Tells the operator what would have allowed a webhook that was refused. */
    void tellOperator(WebhookSettings webhook) {
        remedies.refused(webhook);
    }

    /** The one spelling of the URL of a webhook without problems. */
    String canonicalUrl(WebhookSettings webhook) {
        return policy.canonical(webhook.url());
    }
}
