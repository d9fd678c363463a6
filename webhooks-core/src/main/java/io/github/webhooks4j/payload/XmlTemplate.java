package io.github.webhooks4j.payload;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Finds the places in a template for XML. The text is known to be well-formed, and without a document type, before it is
 * looked at, so that each angle bracket means what it seems to. Values go into text and attributes, where they can be
 * escaped; not into comments, CDATA, instructions and namespaces.
 */
final class XmlTemplate {
    private final String text;
    private final TemplateParts parts;

    private XmlTemplate(String text, TemplateParts parts) {
        this.text = text;
        this.parts = parts;
    }

    static void read(String text, TemplateParts parts) throws InvalidTemplateException {
        checkDeclaration(text);
        checkWellFormed(text);
        new XmlTemplate(text, parts).read();
    }

    private void read() throws InvalidTemplateException {
        int done = 0;
        for (int tag = text.indexOf('<'); tag >= 0; tag = text.indexOf('<', done)) {
            parts.addAll(done, tag, Escape.XML);
            if (text.startsWith("<!--", tag)) {
                done = addFixed(tag, "-->");
            } else if (text.startsWith("<![CDATA[", tag)) {
                done = addFixed(tag, "]]>");
            } else if (text.startsWith("<?", tag)) {
                done = addFixed(tag, "?>");
            } else {
                done = addTag(tag);
            }
        }
        parts.addAll(done, text.length(), Escape.XML);
    }

    private int addFixed(int start, String close) throws InvalidTemplateException {
        int end = text.indexOf(close, start) + close.length();
        if (parts.hasPlace(start, end)) {
            throw InvalidTemplateException.at(
                    text,
                    start,
                    "no value can be put into a comment, CDATA or an instruction; only into text and attributes");
        }
        parts.addFixed(start, end);
        return end;
    }

    private int addTag(int start) throws InvalidTemplateException {
        int done = start;
        int i = start;
        while (text.charAt(i) != '>') {
            char c = text.charAt(i);
            if (c == '"' || c == '\'') {
                int end = text.indexOf(c, i + 1);
                if (parts.hasPlace(i, end) && isNamespace(start, i)) {
                    throw InvalidTemplateException.at(
                            text, i, "no value can be put into a namespace or an xml: attribute");
                }
                parts.addFixed(done, i);
                parts.addAll(i, end, Escape.XML);
                done = end;
                i = end;
            }
            i++;
        }
        parts.addFixed(done, i + 1);
        return i + 1;
    }

    /** Whether the value that begins here is that of {@code xmlns}, {@code xmlns:…} or {@code xml:…}. */
    private boolean isNamespace(int tag, int value) {
        String before = text.substring(tag, value).stripTrailing();
        String name = before.substring(0, before.length() - 1).stripTrailing(); // without the =
        int start = name.length();
        while (start > 0 && !Character.isWhitespace(name.charAt(start - 1))) {
            start--;
        }
        return name.startsWith("xml", start);
    }

    /** The body will be UTF-8, and the rules are those of XML 1.0. */
    private static void checkDeclaration(String text) throws InvalidTemplateException {
        if (text.matches("(?s)<\\?xml\\s.*")
                && !text.matches(
                        "(?s)<\\?xml\\s+version\\s*=\\s*[\"']1\\.0[\"']"
                                + "(\\s+encoding\\s*=\\s*[\"'](?i:utf-8)[\"'])?(\\s+standalone\\s*=\\s*[\"'](yes|no)[\"'])?\\s*\\?>.*")) {
            throw InvalidTemplateException.at(
                    text, 0, "the declaration must be <?xml version=\"1.0\" encoding=\"UTF-8\"?>, or left out");
        }
    }

    private static void checkWellFormed(String text) throws InvalidTemplateException {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance(); // the JDK's, whatever the host brings
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.newSAXParser().parse(new InputSource(new StringReader(text)), new DefaultHandler());
        } catch (SAXParseException e) {
            // Not the parser's own words, which quote the template.
            throw new InvalidTemplateException("at line " + e.getLineNumber() + ", column " + e.getColumnNumber()
                    + ": the template is not well-formed XML, or has a document type");
        } catch (SAXException e) {
            throw new InvalidTemplateException("the template is not well-formed XML");
        } catch (ParserConfigurationException | IOException e) {
            throw new IllegalStateException("the JDK's XML parser takes these settings", e);
        }
    }
}
