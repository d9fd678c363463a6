package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final String DATA =
            "{\"name\":\"J\u00f6rg & \\\"Co\\\"\",\"total\":1.10,\"items\":[{\"sku\":\"A-1\"},2],\"no\":null,\"x-y\":true}";

    private static final EventContent EVENT =
            new EventContent("evt_1", "invoice.paid", Instant.parse("2026-01-15T12:00:00Z"), DATA.getBytes(UTF_8));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{{id}}|evt_1",
                "{{type}}|invoice.paid",
                "{{timestamp}}|2026-01-15T12:00:00Z",
                "{{data.total}}|1.10",
                "{{data.items[0].sku}}|A-1",
                "{{data.items[1]}}|2",
                "{{data.items}}|[{\"sku\":\"A-1\"},2]",
                "{{data.x-y}}|true",
                "[{{data.no}}]|[]",
                "[{{data.missing.deeper[3]}}]|[]",
                "[{{data.items[2]}}]|[]",
                "[{{data.items.sku}}]|[]",
                "[{{data.name[0]}}]|[]",
                "{{id}}{{id}}|evt_1evt_1",
                "a } b }} c { d|a } b }} c { d",
            })
    void pathLeadsIntoTheEvent(String template, String expected) throws InvalidTemplateException {
        assertThat(render(TemplateSyntax.TEXT, template)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"{{data.total}}\"|1.10",
                "\"{{data.items}}\"|[{\"sku\":\"A-1\"},2]",
                "\"{{data.no}}\"|null",
                "\"{{data.missing}}\"|null",
                "\"-{{data.missing}}-\"|\"--\"",
                "\"-{{data.total}}\"|\"-1.10\"",
                "\"{{id}}{{id}}\"|\"evt_1evt_1\"",
                "\"{{data.name}}!\"|\"J\u00f6rg & \\\"Co\\\"!\"",
                "\"in: {{data.items[0]}}\"|\"in: {\\\"sku\\\":\\\"A-1\\\"}\"",
                "{ \"a\" : [ 1.0e2 , \"{{id}}\" ] }|{ \"a\" : [ 1.0e2 , \"evt_1\" ] }",
                "{\"{\":\"}}\",\"a\":{\"b\":{}}}|{\"{\":\"}}\",\"a\":{\"b\":{}}}",
            })
    void stringThatIsOnlyAPlaceBecomesTheValue(String template, String expected) throws InvalidTemplateException {
        assertThat(render(TemplateSyntax.JSON, template)).isEqualTo(expected);
    }

    @Test
    void formValuesAreEncoded() throws InvalidTemplateException {
        assertThat(render(TemplateSyntax.FORM, "n={{data.name}}&t={{data.total}}&m={{data.missing}}"))
                .isEqualTo("n=J%C3%B6rg+%26+%22Co%22&t=1.10&m=");
    }

    @Test
    void xmlValuesAreEscaped() throws InvalidTemplateException {
        assertThat(render(TemplateSyntax.XML, "<a b='{{id}}'>{{data.name}}</a>"))
                .isEqualTo("<a b='evt_1'>J\u00f6rg &amp; &quot;Co&quot;</a>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{}}",
                "{{ id }}",
                "{{id }}",
                "{{{id}}}",
                "{{&id}}",
                "{{#data}}x{{/data}}",
                "{{^data}}",
                "{{> partial}}",
                "{{!comment}}",
                "{{=<% %>=}}",
                "{{data.name | upper}}",
                "{{upper data.name}}",
                "{{data.name()}}",
                "{{data..name}}",
                "{{data.}}",
                "{{.data}}",
                "{{data.[0]}}",
                "{{data[0}}",
                "{{data[-1]}}",
                "{{data[x]}}",
                "{{data['name']}}",
                "{{data[0]name}}",
                "{{data[1234567]}}",
                "{{data.1a}}",
                "{{data.n\u00e4me}}",
                "{{data.a b}}",
                "{{[0]}}",
                "{{../id}}",
                "{{@root}}",
                "{{this}}",
                "{{secret}}",
                "{{headers.x}}",
                "{{id.length}}",
                "{{id[0]}}",
                "{{constructor.name}}",
                "{{id",
                "{{id}",
                "{{id{{id}}",
            })
    void whatIsNotInTheGrammarIsRefused(String template) {
        for (TemplateSyntax syntax : TemplateSyntax.values()) {
            String text = switch (syntax) {
                case JSON -> "{\n \"a\": \"" + template + "\"}";
                case XML -> "<a>\n" + template.replace("<", "&lt;").replace("&id", "&amp;id") + "</a>";
                default -> template;
            };
            assertThatThrownBy(() -> Template.parse(syntax, text))
                    .as(syntax + " " + text)
                    .isInstanceOf(InvalidTemplateException.class)
                    .hasMessageContaining("at line ");
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                argumentSet(
                        "no quotes",
                        TemplateSyntax.JSON,
                        "{\"a\": {{id}}}",
                        "line 1, column 7: the braces need quotes"),
                argumentSet(
                        "no quotes, with spaces",
                        TemplateSyntax.JSON,
                        "{\n\"a\":1,\n\"b\": {{ data.x }}}",
                        "line 3, column 6: the braces need quotes around them; write \"{{data.name}}\""),
                argumentSet(
                        "only a place", TemplateSyntax.JSON, "{{data}}", "line 1, column 1: the braces need quotes"),
                argumentSet(
                        "the second of two",
                        TemplateSyntax.JSON,
                        "[\"\\\"{{id}}\",{{data.a}},{{data.b}}]",
                        "line 1, column 13: the braces need quotes"),
                argumentSet("no quotes and no JSON", TemplateSyntax.JSON, "{\"a\" {{id}}}", "is not JSON: "),
                argumentSet("no end of a string", TemplateSyntax.JSON, "{\"a\": \"{{id}}}", "is not JSON: "),
                argumentSet("a backslash at the end", TemplateSyntax.JSON, "\"{{id}}\\", "is not JSON: "),
                argumentSet("open braces", TemplateSyntax.JSON, "[" + "{{".repeat(100_000) + "}}", "is not JSON: "),
                argumentSet("open braces only", TemplateSyntax.JSON, "{{".repeat(100_000), "is not JSON: "),
                argumentSet("empty JSON", TemplateSyntax.JSON, "", "is empty"),
                argumentSet("two values", TemplateSyntax.JSON, "1 2", "something follows"),
                argumentSet("two of one name", TemplateSyntax.JSON, "{\"a\":1,\"a\":2}", "two members of one name"),
                argumentSet(
                        "exponent", TemplateSyntax.JSON, "{\"a\": 1e99999999999}", "too large an exponent at line 1"),
                argumentSet("a name", TemplateSyntax.JSON, "{\n\"{{id}}\" : 1}", "line 2, column 1: no value"),
                argumentSet("no element", TemplateSyntax.XML, "{{id}}", "not well-formed"),
                argumentSet("open element", TemplateSyntax.XML, "<a>{{id}}", "not well-formed"),
                argumentSet("element name", TemplateSyntax.XML, "<{{id}}/>", "not well-formed"),
                argumentSet("attribute name", TemplateSyntax.XML, "<a {{id}}='1'/>", "not well-formed"),
                argumentSet("no quotes", TemplateSyntax.XML, "<a b={{id}}/>", "not well-formed"),
                argumentSet("comment", TemplateSyntax.XML, "<a><!--{{id}}--></a>", "into a comment"),
                argumentSet("CDATA", TemplateSyntax.XML, "<a><![CDATA[{{id}}]]></a>", "CDATA"),
                argumentSet("instruction", TemplateSyntax.XML, "<a><?x {{id}}?></a>", "instruction"),
                argumentSet("namespace", TemplateSyntax.XML, "<a xmlns = \"{{id}}\"/>", "namespace"),
                argumentSet("prefix", TemplateSyntax.XML, "<a b='1' xmlns:p='{{id}}'/>", "namespace"),
                argumentSet("document type", TemplateSyntax.XML, "<!DOCTYPE a><a/>", "document type"),
                argumentSet(
                        "entity",
                        TemplateSyntax.XML,
                        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
                        "document type"),
                argumentSet("unknown entity", TemplateSyntax.XML, "<a>&nbsp;</a>", "not well-formed"),
                argumentSet("version", TemplateSyntax.XML, "<?xml version='1.1'?><a/>", "declaration"),
                argumentSet(
                        "encoding", TemplateSyntax.XML, "<?xml version='1.0' encoding='UTF-16'?><a/>", "declaration"),
                argumentSet("space", TemplateSyntax.FORM, "a=b c", "column 4"),
                argumentSet("half an escape", TemplateSyntax.FORM, "a=%4", "percent-encode"),
                argumentSet("escape of a value", TemplateSyntax.FORM, "a=%{{id}}", "percent-encode"),
                argumentSet(
                        "braces only", TemplateSyntax.FORM, "{".repeat(200_000), "line 1, column 1: {{ is not closed"),
                argumentSet("beyond ASCII", TemplateSyntax.FORM, "a=\u00e9", "percent-encode"),
                argumentSet("half a surrogate", TemplateSyntax.TEXT, "\ud800", "surrogate"),
                argumentSet("17 steps", TemplateSyntax.TEXT, "{{data" + ".a".repeat(16) + "}}", "more than 16 steps"),
                argumentSet("endless path", TemplateSyntax.TEXT, "{{data" + ".a".repeat(100_000) + "}}", "16 steps"),
                argumentSet("257 places", TemplateSyntax.TEXT, "{{id}}".repeat(257), "more than 256 places"),
                argumentSet("too large", TemplateSyntax.TEXT, "x".repeat(256 * 1024 + 1), "larger than 256 KiB"),
                argumentSet("too many bytes", TemplateSyntax.TEXT, "\u00e9".repeat(128 * 1024 + 1), "256 KiB"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void unfitTemplateIsRefused(TemplateSyntax syntax, String template, String words) {
        assertThatThrownBy(() -> Template.parse(syntax, template))
                .isInstanceOf(InvalidTemplateException.class)
                .hasMessageContaining(words);
    }

    @Test
    void positionIsThatOfTheBraces() {
        assertThatThrownBy(() -> Template.parse(TemplateSyntax.JSON, "{\n  \"a\": \"x {{nothing}}\"}"))
                .hasMessageStartingWith("at line 2, column 11: ");
    }

    @Test
    void refusalDoesNotQuoteTheTemplate() {
        for (String template :
                new String[] {"{\"a\":hush}", "{\"hush\":1e99999999999}", "<hush", "hush hush", "{{hush}}"}) {
            for (TemplateSyntax syntax :
                    new TemplateSyntax[] {TemplateSyntax.JSON, TemplateSyntax.XML, TemplateSyntax.FORM}) {
                assertThatThrownBy(() -> Template.parse(syntax, template))
                        .isInstanceOf(InvalidTemplateException.class)
                        .hasMessageNotContaining("hush");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void longestTemplateIsReadAndRendered(TemplateSyntax syntax) throws InvalidTemplateException {
        String fill = "x".repeat(256 * 1024 - 20);
        String template = switch (syntax) {
            case JSON -> "\"" + fill + "{{id}}\"";
            case XML -> "<a>" + fill + "{{id}}</a>";
            default -> fill + "{{id}}";
        };

        assertThat(render(syntax, template)).contains("xevt_1");
    }

    @ParameterizedTest
    @EnumSource
    void manySmallPiecesAreReadWithoutAStackOverflow(TemplateSyntax syntax) {
        String template = switch (syntax) {
            case JSON -> "[" + "\"a\",".repeat(60_000) + "1]";
            case XML -> "<a>" + "<b c=''/>".repeat(28_000) + "</a>";
            case FORM -> "%20".repeat(80_000);
            case TEXT -> "{ } ".repeat(60_000);
        };

        assertThatCode(() -> render(syntax, template)).doesNotThrowAnyException();
    }

    @Test
    void sixteenStepsAndTwoHundredAndFiftySixPlacesAreFine() throws InvalidTemplateException {
        assertThat(render(TemplateSyntax.TEXT, "{{data" + ".a".repeat(15) + "}}"))
                .isEmpty();
        assertThat(render(TemplateSyntax.TEXT, "{{id}}".repeat(256))).hasSize(256 * 5);
    }

    @Test
    void bodyOfAMebibyteIsFineAndNoMore() throws InvalidTemplateException {
        Template template = Template.parse(TemplateSyntax.TEXT, "{{data}}".repeat(4));
        int quarter = 256 * 1024;

        assertThat(template.render(data("\"" + "x".repeat(quarter) + "\""))).hasSize(1024 * 1024);
        assertThatThrownBy(() -> template.render(data("\"" + "x".repeat(quarter) + "y\"")))
                .isInstanceOf(RenderException.class)
                .hasMessageContaining("more than 1024 KiB");
        assertThatThrownBy(() -> template.render(data("\"" + "\u00e9".repeat(quarter) + "\"")))
                .isInstanceOf(RenderException.class);
    }

    @Test
    void bodyThatWouldBeHugeIsNotMade() throws InvalidTemplateException {
        Template template = Template.parse(TemplateSyntax.TEXT, "{{data}}".repeat(256));

        assertThatThrownBy(() -> template.render(data("\"" + "x".repeat(10_000_000) + "\"")))
                .isInstanceOf(RenderException.class);
    }

    @Test
    void dataThatIsNotJsonCannotBeRendered() throws InvalidTemplateException {
        Template template = Template.parse(TemplateSyntax.TEXT, "{{id}}");

        for (String data : new String[] {"", "hush", "{\"hush\":01}", "{\"hush\""}) {
            assertThatThrownBy(() -> template.render(data(data)))
                    .isInstanceOf(RenderException.class)
                    .hasMessageContaining("not JSON")
                    .hasMessageNotContaining("hush");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, JSON",
        "Application/JSON; charset=UTF-8, JSON",
        "application/vnd.api+json, JSON",
        "application/x-www-form-urlencoded, FORM",
        "application/xml;charset=utf-8, XML",
        "text/xml, XML",
        "application/soap+xml, XML",
        "text/plain; charset=\"utf-8\", TEXT",
    })
    void contentTypeDecidesTheSyntax(String contentType, TemplateSyntax syntax) {
        assertThat(TemplateSyntax.of(contentType)).contains(syntax);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/html",
                "application/javascript",
                "multipart/form-data",
                "json",
                "application/json; charset=utf-16",
                "application/json; charset=\"utf-8",
                "application/json; charset=utf-8\"",
                "application/\u212a+json",
                "text/plain; boundary=x",
                "text/plain\r\nX: 1",
                "application/octet-stream",
                "application/+json+zip"
            })
    void otherContentTypesHaveNoTemplates(String contentType) {
        assertThat(TemplateSyntax.of(contentType)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0",
                "-0.0",
                "0e0",
                "1.0",
                "1.50",
                "1e2",
                "1E5",
                "1e+2",
                "1E-07",
                "1e400",
                "-1E-2147483000",
                "1e99999999999",
                "12345678901234567890",
                "0.10000000000000000000000000000000001"
            })
    void numbersStayAsTheyAreWritten(String number) throws InvalidTemplateException {
        EventContent event = data("{ \"n\" : " + number + " , \"deep\" : [ [ { \"n\" : " + number + " } ] ] }");
        String deep = "[[{\"n\":" + number + "}]]";

        assertThat(render(TemplateSyntax.JSON, "[\"{{data.n}}\", \"{{data.deep}}\", \"n={{data.n}}\"]", event))
                .isEqualTo("[" + number + ", " + deep + ", \"n=" + number + "\"]");
        assertThat(render(TemplateSyntax.XML, "<a b='{{data.n}}'>{{data.deep}}</a>", event))
                .isEqualTo("<a b='" + number + "'>" + deep.replace("\"", "&quot;") + "</a>");
        assertThat(render(TemplateSyntax.TEXT, "{{data.n}} {{data}}", event))
                .isEqualTo(number + " {\"n\":" + number + ",\"deep\":" + deep + "}");
        assertThat(render(TemplateSyntax.FORM, "n={{data.n}}", event)).isEqualTo("n=" + number.replace("+", "%2B"));
    }

    private static EventContent data(String json) {
        return new EventContent("evt_1", "a", Instant.EPOCH, json.getBytes(UTF_8));
    }

    private static String render(TemplateSyntax syntax, String template) throws InvalidTemplateException {
        return render(syntax, template, EVENT);
    }

    private static String render(TemplateSyntax syntax, String template, EventContent event)
            throws InvalidTemplateException {
        return new String(Template.parse(syntax, template).render(event), UTF_8);
    }
}
