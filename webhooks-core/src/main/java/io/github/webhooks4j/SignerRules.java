package io.github.webhooks4j;

import io.github.webhooks4j.settings.UnreadableSigner;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Everything that can be wrong with the signers of a webhook by themselves. */
final class SignerRules {
    private static final int MAX_SIGNERS = 10;

    private SignerRules() {}

    static List<Problem> check(List<Signer> signers, Setting.Allowed allowed) {
        List<Problem> problems = new ArrayList<>();
        if (signers.size() > MAX_SIGNERS) {
            problems.add(new Problem("signers", "signers.many", "has more than " + MAX_SIGNERS + " entries"));
        }
        signers.forEach(signer -> check(signer, allowed, problems));
        problems.addAll(checkHeaders(signers, allowed));
        return problems;
    }

    /** What is wrong with the headers that they set. */
    static List<Problem> checkHeaders(List<Signer> signers, Setting.Allowed allowed) {
        List<Set<String>> names =
                signers.stream().map(StoredSigner::headerNames).toList();
        return allowed.policy().checkSigned(names).stream()
                .filter(refusal -> !refusal.code().equals("header.name")) // which the signer says itself
                .map(refusal -> new Problem(
                        "signers",
                        refusal.code().equals("header.twice") ? "signers.conflict" : "signers.reserved",
                        refusal.message()))
                .toList();
    }

    private static void check(Signer signer, Setting.Allowed allowed, List<Problem> problems) {
        if (signer instanceof UnreadableSigner) {
            return; // shared with others, and stored by a node that can read it
        }
        StoredSigner.problems(signer)
                .forEach(problem -> problems.add(new Problem("signers", "signers.unusable", problem)));
        if (StoredSigner.of(signer).isEmpty()) {
            problems.add(new Problem(
                    "signers",
                    "signers.unstorable",
                    "has a signer that cannot be stored, since it is code; register it with"
                            + " WebhookClient.builder().signer(name, signer), and add Signer.custom(name)"));
        }
        StoredSigner.tokenUrl(signer)
                .map(allowed.policy()::check)
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
                                + ", which is not saved for the webhook's tenant; save it first, with"
                                + " WebhookClient.signers()")));
        StoredSigner.customName(signer)
                .filter(name -> StoredSigner.problems(signer).isEmpty()
                        && !allowed.extensions().signers().containsKey(name))
                .ifPresent(name -> problems.add(new Problem(
                        "signers",
                        "signers.unknown",
                        "refers to the signer " + name
                                + ", which is not registered; add WebhookClient.builder().signer(\"" + name
                                + "\", …)")));
    }
}
