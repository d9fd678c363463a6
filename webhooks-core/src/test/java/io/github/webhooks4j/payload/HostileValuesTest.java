package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.webhooks4j.json.Json;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/** Generated values that try to break out of a template. The seed is fixed, so that a failure can be repeated. */
class HostileValuesTest {
    private static final int VALUES = 100_000;
    private static final long SEED = 20260115L;
    private static final Instant TIME = Instant.parse("2026-01-15T12:00:00Z");

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final List<String> PIECES = List.of(
            "\"",
            "\\",
            "\\\"",
            "'",
            "\n",
            "\r\n",
            "\t",
            "\u0000",
            "\u0001",
            "\u001f",
            "\u007f",
            "\u0085",
            "\u2028",
            "\ud800",
            "\udc00",
            "\ud83d\ude00",
            "\ufffe",
            "\uffff",
            "\ufeff",
            "\u00e9",
            "\u4e2d",
            "&",
            "=",
            "+",
            "%",
            "%41",
            "%zz",
            ";",
            "<",
            ">",
            "]]>",
            "<![CDATA[",
            "<!--",
            "-->",
            "<?x",
            "?>",
            "<!ENTITY a SYSTEM 'file:///'>",
            "&amp;",
            "&a;",
            "&#0;",
            "</c>",
            "<c x='",
            "\" x=\"",
            "\",\"x\":\"",
            "\"}",
            "}",
            "]",
            "[",
            "{",
            "{{",
            "}}",
            "{{data.v}}",
            "{{id}}",
            "{{{data}}}",
            "{{#each data}}",
            "${7*7}",
            "#{7*7}",
            "<%= 7*7 %>",
            "{% x %}",
            "*{v}",
            "@{v}",
            "\\u0022",
            "\\u007b",
            " ",
            "a",
            "Z",
            "0",
            "/",
            ".",
            "..",
            ",",
            ":",
            "null",
            "true");

    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "-1",
            "1.10",
            "1e2",
            "0.1e-7",
            "9007199254740993",
            "123456789012345678901234567890",
            "1e400",
            "-0.0",
            "1E+400",
            "3.14159265358979323846264338327950288");

    private final Random random = new Random(SEED);

    @Test
    void valuesCannotBreakOutOfJson() throws Exception {
        Template template = Template.parse(
                TemplateSyntax.JSON,
                "{ \"typed\": \"{{data.v}}\", \"n\": 1.10,\n \"in\": \"<{{data.v}}|{{data.v}}>\", \"deep\":"
                        + " [{\"d\": \"{{data}}\"}], \"fixed\": \"\\u007b{id}} ${7*7} \\\"\" }");
        for (int i = 0; i < VALUES; i++) {
            String value = value();
            JsonNode expected = MAPPER.readTree(value);

            byte[] body = template.render(event(value));
            JsonNode json = strictly(body);

            assertThat(names(json)).isEqualTo(List.of("typed", "n", "in", "deep", "fixed"));
            assertThat(json.get("typed")).as("value %d: %s", i, value).isEqualTo(expected);
            String text = text(value);
            assertThat(json.get("in").textValue()).isEqualTo("<" + text + "|" + text + ">");
            assertThat(json.get("deep")).hasSize(1);
            assertThat(json.get("deep").get(0).get("d").get("v")).isEqualTo(expected);
            assertThat(json.get("fixed").textValue()).isEqualTo("{{id}} ${7*7} \"");
        }
    }

    @Test
    void valuesCannotBreakOutOfAForm() throws Exception {
        Template template =
                Template.parse(TemplateSyntax.FORM, "a={{data.v}}&b=x%20y&c=<>".replace("<>", "-{{data.v}}-{{type}}"));
        for (int i = 0; i < VALUES; i++) {
            String value = value();
            String expected = whole(text(value));

            String[] fields = decoded(template.render(event(value))).split("&", -1);

            assertThat(fields).as("value %d: %s", i, value).hasSize(3);
            assertThat(fields[0].split("=", -1)).hasSize(2);
            assertThat(URLDecoder.decode(fields[0], UTF_8)).isEqualTo("a=" + expected);
            assertThat(fields[1]).isEqualTo("b=x%20y");
            assertThat(URLDecoder.decode(fields[2], UTF_8)).isEqualTo("c=-" + expected + "-a.b");
        }
    }

    @Test
    void valuesCannotBreakOutOfXml() throws Exception {
        Template template = Template.parse(
                TemplateSyntax.XML,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r a=\"{{data.v}}\" b = '-{{data.v}}'><!-- x > y -->"
                        + "<c>{{data.v}}</c>{{type}}<d><![CDATA[<fixed>]]></d></r>");
        DocumentBuilder parser = parser();
        for (int i = 0; i < VALUES; i++) {
            String value = value();
            String expected = ofXml(text(value));

            Element root = parser.parse(new ByteArrayInputStream(template.render(event(value))))
                    .getDocumentElement();

            assertThat(root.getTagName()).isEqualTo("r");
            assertThat(root.getAttributes().getLength()).isEqualTo(2);
            assertThat(root.getAttribute("a")).as("value %d: %s", i, value).isEqualTo(expected);
            assertThat(root.getAttribute("b")).isEqualTo("-" + expected);
            assertThat(root.getElementsByTagName("*").getLength()).isEqualTo(2);
            assertThat(root.getElementsByTagName("c").item(0).getTextContent()).isEqualTo(expected);
            assertThat(root.getTextContent()).isEqualTo(expected + "a.b<fixed>");
        }
    }

    @Test
    void valuesStandInTextAsTheyAre() throws Exception {
        Template template = Template.parse(TemplateSyntax.TEXT, "<{{data.v}}|{{type}}> ${7*7} }} {");
        for (int i = 0; i < VALUES; i++) {
            String value = value();
            String expected = whole(text(value));

            assertThat(decoded(template.render(event(value)))).isEqualTo("<" + expected + "|a.b> ${7*7} }} {");
        }
    }

    private static EventContent event(String value) {
        return new EventContent("evt_1", "a.b", TIME, ("{\"v\":" + value + "}").getBytes(UTF_8));
    }

    /** A JSON value, as text; names without surrogates, half of which an event cannot have there. */
    private String value() throws Exception {
        return switch (random.nextInt(10)) {
            case 0 -> NUMBERS.get(random.nextInt(NUMBERS.size()));
            case 1 -> List.of("true", "false", "null", "{}", "[]", "\"\"").get(random.nextInt(6));
            case 2 -> "[" + quoted() + "," + NUMBERS.get(random.nextInt(NUMBERS.size())) + "," + quoted() + "]";
            case 3 -> "{" + quoted().replaceAll("\\\\ud[89a-f][0-9a-f]{2}", "") + ":" + quoted() + "}";
            default -> quoted();
        };
    }

    /** A string whose text JSON can hold: half of a surrogate pair only as an escape. */
    private String quoted() {
        StringBuilder json = new StringBuilder("\"");
        for (int n = random.nextInt(8); n > 0; n--) {
            String piece = random.nextInt(8) == 0
                    ? String.valueOf((char) random.nextInt(0x10000))
                    : PIECES.get(random.nextInt(PIECES.size()));
            piece.chars()
                    .forEach(c -> json.append(
                            c < ' ' || c == '"' || c == '\\' || Character.isSurrogate((char) c)
                                    ? String.format("\\u%04x", c)
                                    : String.valueOf((char) c)));
        }
        return json.append('"').toString();
    }

    private static String text(String value) throws Exception {
        JsonNode node = MAPPER.readTree(value);
        if (node.isNull()) {
            return "";
        }
        return node.isTextual() ? node.textValue() : spelledOut(compact(value));
    }

    /** Without spaces and needless escapes, and with numbers as they are written. */
    private static String compact(String json) throws Exception {
        StringWriter text = new StringWriter();
        try (JsonParser parser = MAPPER.createParser(json);
                JsonGenerator generator = MAPPER.createGenerator(text)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken().isNumeric()) {
                    generator.writeNumber(parser.getText());
                } else {
                    generator.copyCurrentEvent(parser);
                }
            }
        }
        return text.toString();
    }

    /** Halves of surrogate pairs as JSON escapes, so that they survive where there is no other way to write them. */
    private static String spelledOut(String json) {
        StringBuilder spelled = new StringBuilder();
        json.codePoints()
                .forEach(c -> spelled.append(
                        c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                                ? String.format("\\u%04X", c)
                                : Character.toString(c)));
        return spelled.toString();
    }

    private static String whole(String text) {
        return new String(text.getBytes(UTF_16), UTF_16);
    }

    private static String ofXml(String text) {
        return whole(text)
                .codePoints()
                .map(c -> c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c != 0xFFFE && c != 0xFFFF) ? c : 0xFFFD)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static JsonNode strictly(byte[] body) throws Exception {
        Json.checkStrictly(decoded(body));
        return MAPPER.readTree(body);
    }

    private static String decoded(byte[] body) throws CharacterCodingException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        for (Iterator<String> i = object.fieldNames(); i.hasNext(); ) {
            names.add(i.next());
        }
        return names;
    }

    private static DocumentBuilder parser() throws Exception {
        DocumentBuilder parser = DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder();
        parser.setErrorHandler(new ErrorHandler() {
            @Override
            public void warning(SAXParseException e) throws SAXParseException {
                throw e;
            }

            @Override
            public void error(SAXParseException e) throws SAXParseException {
                throw e;
            }

            @Override
            public void fatalError(SAXParseException e) throws SAXParseException {
                throw e;
            }
        });
        return parser;
    }
}
