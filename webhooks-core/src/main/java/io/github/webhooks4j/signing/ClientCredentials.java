package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.signing.TokenExchange.Answer;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an access token is fetched with. Empty scope and audience are not sent. */
record ClientCredentials(
        String tokenUrl, String clientId, Secret clientSecret, String scope, String audience, boolean inBody)
        implements OAuth2Signer, ReadyMadeSigner {
    static final String KIND = "oauth2";

    private static final String PATH = "tokenUrl.path";
    private static final Secret NO_PATH = Secret.of("");
    private static final Pattern URL = Pattern.compile("(?i:https?)://[\\x21-\\x7E]{1,2040}");
    private static final Pattern CLIENT_ID = Pattern.compile("[\\x20-\\x7E]{1,1000}");
    private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E ]{0,1000}");
    private static final Pattern AUDIENCE = Pattern.compile("[\\x20-\\x7E]{0,1000}");
    private static final Pattern ORIGIN = Pattern.compile("(?:(?i:https?)://[^/?#]*)?");
    private static final int MAX_SECRET = 4000;

    ClientCredentials {
        Objects.requireNonNull(tokenUrl, "tokenUrl");
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(clientSecret, "clientSecret");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(audience, "audience");
    }

    @Override
    public OAuth2Signer scope(String text) {
        return new ClientCredentials(tokenUrl, clientId, clientSecret, text, audience, inBody);
    }

    @Override
    public OAuth2Signer audience(String text) {
        return new ClientCredentials(tokenUrl, clientId, clientSecret, scope, text, inBody);
    }

    @Override
    public OAuth2Signer credentialsInBody() {
        return new ClientCredentials(tokenUrl, clientId, clientSecret, scope, audience, true);
    }

    @Override
    public Map<String, String> headers(Message message) {
        throw new IllegalStateException("an OAuth 2 signer signs only within a client, which fetches its tokens");
    }

    /** Asks for a token. */
    Answer request(TokenExchange exchange) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        if (!scope.isEmpty()) {
            form.put("scope", scope);
        }
        if (!audience.isEmpty()) {
            form.put("audience", audience);
        }
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        headers.put("Accept", "application/json");
        if (inBody) {
            form.put("client_id", clientId);
            form.put("client_secret", clientSecret.reveal());
        } else {
            String pair = encoded(clientId) + ":" + encoded(clientSecret.reveal());
            headers.put(BearerSigner.AUTHORIZATION, "Basic " + StrictBase64.encode(pair.getBytes(UTF_8)));
        }
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return exchange.post(tokenUrl, headers, body.getBytes(UTF_8));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    @Override
    public StoredSigner stored() {
        Map<String, String> settings = new HashMap<>();
        String origin = origin();
        settings.put("tokenUrl", origin);
        settings.put("clientId", clientId);
        if (!scope.isEmpty()) {
            settings.put("scope", scope);
        }
        if (!audience.isEmpty()) {
            settings.put("audience", audience);
        }
        if (inBody) {
            settings.put("credentials", "body");
        }
        Map<String, Secret> secrets = new HashMap<>();
        secrets.put("clientSecret", clientSecret);
        String path = tokenUrl.substring(origin.length());
        if (!path.isEmpty()) {
            secrets.put(PATH, Secret.of(path));
        }
        return new StoredSigner(KIND, settings, secrets);
    }

    /** The token URL without its path and query, which may hold secrets. */
    private String origin() {
        Matcher matcher = ORIGIN.matcher(tokenUrl);
        return matcher.lookingAt() ? matcher.group() : "";
    }

    static ClientCredentials restore(StoredSigner stored) {
        Map<String, String> settings = stored.settings();
        Secret path = stored.secrets().getOrDefault(PATH, NO_PATH);
        return new ClientCredentials(
                stored.setting("tokenUrl") + path.reveal(),
                stored.setting("clientId"),
                stored.secret("clientSecret"),
                settings.getOrDefault("scope", ""),
                settings.getOrDefault("audience", ""),
                settings.containsKey("credentials"));
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!URL.matcher(tokenUrl).matches()) {
            problems.add("the token URL must be an http or https URL of at most 2048 visible ASCII characters");
        }
        if (!CLIENT_ID.matcher(clientId).matches()) {
            problems.add("the client id must be 1 to 1000 printable ASCII characters");
        }
        String secret = clientSecret.reveal();
        if (secret.isEmpty()
                || secret.length() > MAX_SECRET
                || !UTF_8.newEncoder().canEncode(secret)) {
            problems.add("the client secret must be 1 to " + MAX_SECRET + " characters that UTF-8 can hold");
        }
        if (!SCOPE.matcher(scope).matches()) {
            problems.add("the scope must be at most 1000 characters of names and spaces (RFC 6749, section 3.3)");
        }
        if (!AUDIENCE.matcher(audience).matches()) {
            problems.add("the audience must be at most 1000 printable ASCII characters");
        }
        return problems;
    }

    @Override
    public Set<String> headerNames() {
        return Set.of(BearerSigner.AUTHORIZATION);
    }

    /** Without the URL, which may hold a secret. */
    @Override
    public String toString() {
        return "ClientCredentials[clientId=" + clientId + "]";
    }
}
