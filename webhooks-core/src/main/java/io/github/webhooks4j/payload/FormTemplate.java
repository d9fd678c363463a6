package io.github.webhooks4j.payload;

import java.util.HexFormat;

/** Finds the places in a template for a form: {@code name={{path}}&…}, percent-encoded. */
final class FormTemplate {
    private static final String SIGNS = "!$'()*+,-./:;=?@_~&";

    private FormTemplate() {}

    static void read(String text, TemplateParts parts) throws InvalidTemplateException {
        int i = 0;
        while (i < text.length()) {
            if (text.startsWith(TemplateParts.OPEN, i)) {
                int close = text.indexOf(TemplateParts.CLOSE, i);
                if (close < 0) {
                    break; // which is reported below
                }
                i = close + TemplateParts.CLOSE.length();
            } else if (isOfAForm(text, i)) {
                i += text.charAt(i) == '%' ? 3 : 1;
            } else {
                throw InvalidTemplateException.at(
                        text, i, "this character cannot stand in a form; percent-encode it, as in %20 for a space");
            }
        }
        parts.addAll(0, text.length(), Escape.FORM);
    }

    private static boolean isOfAForm(String text, int i) {
        char c = text.charAt(i);
        return c == '%'
                ? i + 2 < text.length()
                        && HexFormat.isHexDigit(text.charAt(i + 1))
                        && HexFormat.isHexDigit(text.charAt(i + 2))
                : c < 0x80 && (Character.isLetterOrDigit(c) || SIGNS.indexOf(c) >= 0);
    }
}
