package io.github.webhooks4j.lanes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose webhooks these are: one customer, however many webhooks or host names it has. Its lanes take turns among themselves, as
 * customers do among each other. All of it is guarded by the lock of {@link Lanes}.
 */
public final class Customer {
    private static final Pattern HOST = Pattern.compile("^[a-z]+://(\\[[^]]*]|[^:/?#]*)");
    /** The last two labels of a name; numbers are no name. */
    private static final Pattern SITE = Pattern.compile("[^.]+\\.[^.]*[a-z][^.]*$", Pattern.CASE_INSENSITIVE);

    final String name;
    /** Lanes that can start a request, in their turn. */
    final Deque<Lane> ready = new ArrayDeque<>();
    /** Requests that are under way. */
    int inFlight;
    /** What this node holds of it. */
    int held;

    long heldBytes;
    /** How many lanes it has. */
    int lanes;
    /** Whether it waits for its turn among the customers. */
    boolean listed;
    /** Whether the last look for what to claim ended at its share. */
    boolean capped;
    /** Whether it had nothing here until something was published. */
    boolean isNew;

    Customer(String name) {
        this.name = name;
    }

    /**
     * The customer of a webhook: its tenant; of one that has none, the site of its host, as far as that can be told from the last
     * two parts of its name.
     */
    public static String of(Optional<String> tenant, String url) {
        return tenant.map(each -> "tenant " + each).orElseGet(() -> "site " + site(url));
    }

    private static String site(String url) {
        Matcher host = HOST.matcher(url);
        if (!host.find()) {
            return url;
        }
        Matcher site = SITE.matcher(host.group(1));
        return site.find() ? site.group() : host.group(1);
    }
}
