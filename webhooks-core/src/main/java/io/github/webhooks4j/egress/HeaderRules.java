package io.github.webhooks4j.egress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Judges the headers that customers, publishers and signers want to have sent. Refused is what frames the message, speaks for the sender's
 * identity or the customer's network, opens the doors of cloud metadata, or belongs to the signature.
 */
final class HeaderRules {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Pattern VALUE = Pattern.compile("(?! )[\\x20-\\x7E]{1,4096}(?<! )");
    /** Access tokens can be long. */
    private static final Pattern SIGNED_VALUE = Pattern.compile("(?! )[\\x20-\\x7E]{1,16384}(?<! )");

    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^!#$%&'*+.^_`|~0-9A-Za-z-]");
    private static final int MAX_HEADERS = 32;
    private static final int MAX_BYTES = 16 * 1024;
    private static final int MAX_SHOWN = 64;

    private static final Set<String> RESERVED = Set.of(
            // framing, and what concerns one connection only
            "accept-encoding",
            "connection",
            "early-data",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "max-forwards",
            "proxy",
            "range",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            // who asks, when, and from where
            "alt-used",
            "cf-connecting-ip",
            "client-ip",
            "cookie",
            "cookie2",
            "date",
            "fastly-client-ip",
            "forwarded",
            "from",
            "origin",
            "referer",
            "set-cookie",
            "set-cookie2",
            "true-client-ip",
            "user-agent",
            "via",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-forwarded",
            "x-host",
            "x-originating-ip",
            "x-real-ip",
            "x-remote-addr",
            "x-remote-ip",
            // another request than the one that was made
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-host",
            "x-original-url",
            "x-rewrite-url",
            // clouds
            "metadata",
            "metadata-flavor",
            "x-identity-header",
            "x-metadata-token");

    private static final List<String> RESERVED_PREFIXES = List.of(
            "access-control-",
            "content-",
            "if-",
            "metadata-",
            "proxy-",
            "sec-",
            "webhook-",
            "x-amz-",
            "x-aws-",
            "x-forwarded-",
            "x-google-");

    /** What signatures are made of is for signers alone, those of AWS included. */
    private static final Set<String> SIGNERS_ONLY = Set.of("content-digest", "date", "webhook-signature");

    private static final String SIGNERS_ONLY_PREFIX = "x-amz-";

    private HeaderRules() {}

    /** All rules that the names of the headers of several signers break. */
    static List<Refusal> checkSigned(Collection<Set<String>> names) {
        List<Refusal> refusals = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        names.forEach(
                ofOne -> ofOne.forEach(name -> checkName(name, HeaderRules::isForSigners, Set.of(), seen, refusals)));
        return List.copyOf(refusals);
    }

    static boolean isSignedValue(String value) {
        return SIGNED_VALUE.matcher(value).matches();
    }

    /**
     * All rules that these headers break. Names the headers and shows no value.
     *
     * @param taken names of headers that the signers of the webhook set
     */
    static List<Refusal> check(Map<String, String> headers, Set<String> taken) {
        List<Refusal> refusals = new ArrayList<>();
        if (headers.size() > MAX_HEADERS) {
            refusals.add(new Refusal("header.many", "there are more than " + MAX_HEADERS + " headers; remove some"));
            return List.copyOf(refusals);
        }
        Set<String> signed = new HashSet<>();
        taken.forEach(name -> signed.add(fold(name)));
        Set<String> seen = new HashSet<>();
        int bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            checkName(header.getKey(), folded -> false, signed, seen, refusals);
            checkValue(header.getKey(), header.getValue(), refusals);
            bytes += header.getKey().length() + header.getValue().length();
        }
        if (bytes > MAX_BYTES) {
            refusals.add(new Refusal(
                    "header.size", "the headers are longer than " + MAX_BYTES + " characters together; shorten them"));
        }
        return List.copyOf(refusals);
    }

    private static void checkName(
            String name, Predicate<String> allowed, Set<String> signed, Set<String> seen, List<Refusal> refusals) {
        String folded = fold(name);
        if (!NAME.matcher(name).matches()) {
            refusals.add(new Refusal(
                    "header.name",
                    "the header name \"" + shown(name)
                            + "\" is not valid; use 1 to 128 letters, digits, hyphens or underscores"));
        } else if (isReserved(folded) && !allowed.test(folded)) {
            refusals.add(
                    new Refusal("header.reserved", "the header " + shown(name) + " cannot be set; choose another"));
        } else if (signed.contains(folded)) {
            refusals.add(new Refusal(
                    "header.signed", "the header " + shown(name) + " is set by a signer; choose another name"));
        } else if (!seen.add(folded)) {
            refusals.add(new Refusal(
                    "header.twice",
                    "the header " + shown(name) + " is there twice, upper case and underscores aside; remove one"));
        }
    }

    private static void checkValue(String name, String value, List<Refusal> refusals) {
        if (!VALUE.matcher(value).matches()) {
            refusals.add(new Refusal(
                    "header.value",
                    "the value of the header " + shown(name) + " is not valid; use 1 to 4096 characters of ASCII"
                            + " without line breaks, and no space at either end"));
        }
    }

    private static boolean isForSigners(String folded) {
        return SIGNERS_ONLY.contains(folded) || folded.startsWith(SIGNERS_ONLY_PREFIX);
    }

    private static boolean isReserved(String folded) {
        return RESERVED.contains(folded) || RESERVED_PREFIXES.stream().anyMatch(folded::startsWith);
    }

    /** Receivers behind CGI and WSGI see no case and take {@code _} for {@code -}. */
    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A name fit for a message, whatever was typed into it. */
    private static String shown(String name) {
        String cut = name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) : name;
        return NOT_IN_A_NAME.matcher(cut).replaceAll("?");
    }
}
