package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.transport.TlsSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Everything that can be wrong with a webhook's settings. */
final class WebhookRules {
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");
    private static final int MAX_NAME = 200;
    private static final int MAX_PATTERNS = 100;
    private static final int MAX_SIGNERS = 10;
    private static final String ANEW = " than before, with a secret that whoever is there could read; set it anew,"
            + " with another secret if it has one";
    private final EgressPolicy policy;
    private final Remedies remedies;
    private final Extensions extensions;
    private final Duration requestTimeout;

    /** Rules for one client, whose requests take at most so long. */
    WebhookRules(EgressPolicy policy, Extensions extensions, Duration requestTimeout) {
        this.requestTimeout = requestTimeout;
        this.policy = policy;
        this.extensions = extensions;
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
            problems.add(
                    new Problem(
                            "id",
                            "id.copied",
                            "is not that of the stored webhook which this was made from; secrets are not copied: build it anew"));
        }
        policy.check(webhook.url())
                .forEach(refusal -> problems.add(new Problem("url", "url." + refusal.code(), refusal.message())));
        webhook.name()
                .filter(name -> name.isBlank()
                        || name.length() > MAX_NAME
                        || name.chars().anyMatch(Character::isISOControl))
                .ifPresent(name -> problems.add(new Problem(
                        "name", "name.form", "must be 1 to " + MAX_NAME + " characters without control characters")));
        checkTenant(webhook.tenant(), problems);
        checkEvents(webhook, problems);
        if (webhook.unreadable().isEmpty()) {
            checkSigners(webhook, isNew, problems);
        }
        checkReadable(webhook, problems);
        checkRequest(webhook, problems);
        checkTls(webhook.tls(), problems);
        problems.addAll(webhook.overrides()
                .problems(requestTimeout, extensions.retryPolicies().keySet()));
        return problems;
    }

    private void checkTenant(Optional<String> tenant, List<Problem> problems) {
        if (!isTenant(tenant)) {
            problems.add(new Problem("tenant", "tenant.form", "must be 1 to 64 letters, digits, _ or -"));
        }
    }

    private void checkRequest(WebhookSettings webhook, List<Problem> problems) {
        if (!METHODS.contains(webhook.method())) {
            problems.add(new Problem("method", "method.form", "must be POST, PUT or PATCH"));
        }
        problems.addAll(checkOwnHeaders(webhook));
        if (!(webhook.payload() instanceof ReadyMadeFormat format)) {
            problems.add(new Problem(
                    "payload",
                    "payload.unstorable",
                    "is a format that cannot be stored: register it with"
                            + " WebhookClient.builder().payloadFormat(name, format) and refer to it as"
                            + " PayloadFormat.custom(name)"));
            return;
        }
        format.problem().ifPresent(problem -> problems.add(new Problem("payload", "payload.unusable", problem)));
        format.customName()
                .filter(name -> !extensions.formats().containsKey(name))
                .ifPresent(name -> problems.add(new Problem(
                        "payload",
                        "payload.unknown",
                        "refers to a format that is not registered: add"
                                + " WebhookClient.builder().payloadFormat(name, format) with its name")));
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
        checkSignersHeaders(webhook.signers(), problems);
        return problems;
    }

    private static void checkReadable(WebhookSettings webhook, List<Problem> problems) {
        webhook.unreadable().stream()
                .sorted()
                .forEach(setting -> problems.add(new Problem(
                        setting,
                        setting + ".unreadable",
                        "cannot be read here, since the key of its secrets is missing or a newer version stored it, and so"
                                + " cannot be kept; set it anew, or make the change where it can be read")));
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
            problems.add(
                    new Problem("signers", "signers.kept", "would be sent to another scheme, host or port" + ANEW));
        }
        if (webhook.keepsPayloadSecret(stored)) {
            problems.add(
                    new Problem("payload", "payload.kept", "would be sent to another scheme, host or port" + ANEW));
        }
        webhook.keptHeaders()
                .forEach(name -> problems.add(new Problem(
                        "secretHeaders",
                        "secretHeaders.kept",
                        "has the header " + name + ", which would be sent to another scheme, host or port" + ANEW)));
        return problems;
    }

    private boolean isSameOrigin(String url, String stored) {
        String before = WebhookDocument.origin(stored);
        String after = WebhookDocument.origin(policy.canonical(url));
        return withoutSlash(before).equals(withoutSlash(after));
    }

    private static String withoutSlash(String origin) {
        return origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin;
    }

    private void checkTls(TlsSettings tls, List<Problem> problems) {
        tls.problems().forEach(problem -> problems.add(new Problem("tls", "tls.unusable", problem)));
        if (tls.skipsVerification() && !policy.allowsSkipVerification()) {
            problems.add(new Problem(
                    "tls",
                    "tls.skip-verification",
                    "skips the verification of certificates, which is not allowed here; trust the receiver's certificate"
                            + " instead"));
        }
    }

    private static void checkEvents(WebhookSettings webhook, List<Problem> problems) {
        if (webhook.events().isEmpty()) {
            problems.add(
                    new Problem("events", "events.missing", "is empty; name at least one event type, or * for all"));
        }
        if (webhook.events().size() > MAX_PATTERNS) {
            problems.add(new Problem("events", "events.many", "has more than " + MAX_PATTERNS + " entries"));
        }
        if (!webhook.events().stream().allMatch(TypePattern::isPattern)) {
            problems.add(new Problem(
                    "events",
                    "events.form",
                    "has an entry that is no event type: use a name such as invoice.paid, invoice.* or *"));
        }
    }

    private void checkSigners(WebhookSettings webhook, boolean isNew, List<Problem> problems) {
        if (isNew && !webhook.choosesSigners()) {
            problems.add(new Problem(
                    "signers",
                    "signers.missing",
                    "is not set; add one, such as Signer.standardWebhooks(Secret.random()), or say unsigned()"));
        }
        if (webhook.signers().size() > MAX_SIGNERS) {
            problems.add(new Problem("signers", "signers.many", "has more than " + MAX_SIGNERS + " entries"));
        }
        webhook.signers().forEach(signer -> checkSigner(signer, problems));
        checkSignersHeaders(webhook.signers(), problems);
    }

    private void checkSignersHeaders(List<Signer> signers, List<Problem> problems) {
        List<Set<String>> names =
                signers.stream().map(StoredSigner::headerNames).toList();
        policy.checkSigned(names).stream()
                .filter(refusal -> !refusal.code().equals("header.name")) // which the signer says itself
                .map(refusal -> new Problem(
                        "signers",
                        refusal.code().equals("header.twice") ? "signers.conflict" : "signers.reserved",
                        refusal.message()))
                .forEach(problems::add);
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
                    new Problem("signer", "signer.shared", "refers to another shared signer; store the signer itself"));
        } else {
            checkSigner(signer, ofSigner);
            checkSignersHeaders(List.of(signer), ofSigner);
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

    private void checkSigner(Signer signer, List<Problem> problems) {
        if (signer instanceof UnreadableSigner) {
            return; // shared with others, and stored by a node that can read it
        }
        StoredSigner.problems(signer)
                .forEach(problem -> problems.add(new Problem("signers", "signers.unusable", problem)));
        if (StoredSigner.of(signer).isEmpty()) {
            problems.add(new Problem(
                    "signers",
                    "signers.unstorable",
                    "has a signer that cannot be stored: register it with"
                            + " WebhookClient.builder().signer(name, signer) and refer to it as Signer.custom(name)"));
        }
        StoredSigner.tokenUrl(signer)
                .map(policy::check)
                .orElse(List.of())
                .forEach(refusal -> problems.add(new Problem(
                        "signers",
                        "signers.token-url." + refusal.code(),
                        "has a token URL that cannot be used: " + refusal.message())));
        StoredSigner.sharedName(signer)
                .filter(name -> StoredSigner.problems(signer).isEmpty())
                .ifPresent(name -> problems.add(new Problem(
                        "signers",
                        "signers.unknown",
                        "refers to the shared signer " + name
                                + ", which is not stored for the webhook's tenant: save it"
                                + " with WebhookClient.signers() first")));
        StoredSigner.customName(signer)
                .filter(name -> StoredSigner.problems(signer).isEmpty()
                        && !extensions.signers().containsKey(name))
                .ifPresent(name -> problems.add(new Problem(
                        "signers",
                        "signers.unknown",
                        "refers to the signer " + name
                                + ", which is not registered: add WebhookClient.builder().signer(\"" + name
                                + "\", …)")));
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
