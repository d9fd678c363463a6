package io.github.webhooks4j.payload;

/** A template was refused. The message says why and where, for the person who wrote it, and does not quote the template. */
final class InvalidTemplateException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidTemplateException(String message) {
        super(message);
    }

    /** A problem at a place in the text, counted from one. */
    static InvalidTemplateException at(String text, int offset, String message) {
        String before = text.substring(0, offset);
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        int column = offset - before.lastIndexOf('\n');
        return new InvalidTemplateException("at line " + line + ", column " + column + ": " + message);
    }
}
