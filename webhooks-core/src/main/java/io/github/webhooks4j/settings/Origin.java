package io.github.webhooks4j.settings;

/** The part of a URL that holds no secret. */
public final class Origin {
    private Origin() {}

    /** The URL without its path and query; all of it if there is neither. */
    public static String of(String url) {
        int authority = url.indexOf("://") + "://".length();
        for (int i = authority; i < url.length(); i++) {
            boolean isPath = url.charAt(i) == '?' || (url.charAt(i) == '/' && i + 1 < url.length());
            if (isPath) {
                return url.substring(0, i);
            }
        }
        return url;
    }

    /** Scheme, host and port of a URL, whatever else it holds; empty if it has none. */
    public static String shown(String url) {
        int authority = url.indexOf("://") + "://".length();
        if (authority < "://".length()) {
            return "";
        }
        int end = authority;
        while (end < url.length() && "/?#\\".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        int host = Math.max(authority, url.lastIndexOf('@', end - 1) + 1);
        return url.substring(0, authority) + url.substring(host, end);
    }
}
