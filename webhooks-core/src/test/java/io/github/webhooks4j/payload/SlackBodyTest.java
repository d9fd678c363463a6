package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules are those of Slack's reference on blocks and on formatting text. */
class SlackBodyTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Instant TIME = Instant.parse("2026-01-15T12:00:00Z");

    @Test
    void flatDataBecomesFields() {
        assertThat(body("invoice.paid", "{\"invoice\":\"in_42\",\"total\":19.90,\"paid\":true}"))
                .isEqualTo(
                        ("{'text':'invoice.paid (evt_1)\\n```\\n{\\n  \\'invoice\\' : \\'in_42\\',\\n  \\'total\\' : 19.90,\\n"
                                        + "  \\'paid\\' : true\\n}\\n```','blocks':["
                                        + "{'type':'header','text':{'type':'plain_text','text':'invoice.paid','emoji':false}},"
                                        + "{'type':'section','fields':["
                                        + "{'type':'mrkdwn','text':'*invoice*\\nin_42','verbatim':true},"
                                        + "{'type':'mrkdwn','text':'*total*\\n19.90','verbatim':true},"
                                        + "{'type':'mrkdwn','text':'*paid*\\ntrue','verbatim':true}]},"
                                        + "{'type':'context','elements':["
                                        + "{'type':'mrkdwn','text':'<!date^1768478400^{date_short_pretty} {time_secs}"
                                        + "|2026-01-15T12:00:00Z>','verbatim':true},"
                                        + "{'type':'mrkdwn','text':'`evt_1`','verbatim':true}]}]}")
                                .replace('\'', '"'));
    }

    @Test
    void nestedDataBecomesJson() throws IOException {
        JsonNode section = parsed("a", "{\"items\":[1,2]}").get("blocks").get(1);

        assertThat(section.at("/text/text").textValue())
                .startsWith("```{")
                .endsWith("}```")
                .contains("\"items\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "[]"})
    void noDataIsNoSection(String data) throws IOException {
        assertThat(parsed("a", data).get("blocks")).hasSize(2);
        assertThat(parsed("a", data).get("text").textValue()).isEqualTo("a (evt_1)");
    }

    @Test
    void valuesMentionNobody() throws IOException {
        String text = parsed("a", "{\"<!here>\":\"<!channel> <@U1> & <https://x|y>\"}")
                .at("/blocks/1/fields/0/text")
                .textValue();

        assertThat(text).isEqualTo("*&lt;!here&gt;*\n&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;https://x|y&gt;");
    }

    @Test
    void dataDoesNotEndTheFenceAroundIt() throws IOException {
        String text =
                parsed("a", "[\"```<!channel>\"]").at("/blocks/1/text/text").textValue();

        assertThat(text.substring(3, text.length() - 3)).doesNotContain("```").doesNotContain("<");
    }

    /** Such as Mattermost, and Discord's address for Slack's format. There a name mentions people as it stands, except in code. */
    @Test
    void receiversThatShowTheTextAloneGetTheDataInACodeBlock() throws IOException {
        assertThat(parsed("a", "{\"note\":\"@channel ```\\n<!here>\",\"items\":[1.50]}")
                        .get("text")
                        .textValue())
                .isEqualTo("a (evt_1)\n```\n{\n  \"note\" : \"@channel '''\\n&lt;!here&gt;\",\n"
                        + "  \"items\" : [ 1.50 ]\n}\n```");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0", "1e2", "1E5", "1.50", "-0.0", "1e400", "12345678901234567890"})
    void numbersStayAsTheyAreWritten(String number) throws IOException {
        assertThat(parsed("a", "{\"n\":" + number + "}")
                        .at("/blocks/1/fields/0/text")
                        .textValue())
                .isEqualTo("*n*\n" + number);
        assertThat(parsed("a", "[[" + number + "]]").at("/blocks/1/text/text").textValue())
                .contains("[ " + number + " ]");
    }

    @Test
    void emptyValueIsShownAsADash() throws IOException {
        assertThat(parsed("a", "{\"a\":\" \"}").at("/blocks/1/fields/0/text").textValue())
                .isEqualTo("*a*\n\u2013");
    }

    @Test
    void dataThatIsNotJsonIsRefused() {
        assertThatThrownBy(() -> body("a", "hush"))
                .isInstanceOf(RenderException.class)
                .hasMessageNotContaining("hush");
    }

    /** Whatever the data, Slack would take it. */
    @Test
    void limitsOfSlackHold() throws IOException {
        Random random = new Random(5);
        List<String> pieces =
                List.of("&", "<!channel>", "```", "x", "\ud83d\ude00", "\\ud800", "\\n", "*", " ", "\\\"");
        for (int i = 0; i < 3000; i++) {
            StringBuilder data = new StringBuilder(i % 2 == 0 ? "{" : "[[");
            int members = random.nextInt(13);
            for (int n = 0; n < members; n++) {
                data.append(n == 0 ? "" : ",")
                        .append(i % 2 == 0 ? "\"" + "k&".repeat(random.nextInt(400)) + n + "\":" : "");
                data.append('"');
                for (int m = random.nextInt(1500); m > 0; m--) {
                    data.append(pieces.get(random.nextInt(pieces.size())));
                }
                data.append('"');
            }
            data.append(i % 2 == 0 ? "}" : "]]");

            assertWithinLimits(parsed("t.".repeat(random.nextInt(200)) + "t", data.toString()));
        }
    }

    private static void assertWithinLimits(JsonNode message) {
        assertThat(message.get("text").textValue().length()).isBetween(1, 2000);
        assertThat(message.get("text").textValue())
                .doesNotContain("<")
                .matches("(?s)t[.t]* \\(evt_1\\)(\n```\n((?!```).)*\n```)?");
        assertThat(message.get("blocks").size()).isBetween(1, 50);
        for (JsonNode block : message.get("blocks")) {
            switch (block.get("type").textValue()) {
                case "header" -> assertText(block.get("text"), 150);
                case "section" -> {
                    assertThat(block.has("text") || block.has("fields")).isTrue();
                    if (block.has("text")) {
                        assertText(block.get("text"), 3000);
                    } else {
                        assertThat(block.get("fields").size()).isBetween(1, 10);
                        block.get("fields").forEach(field -> assertText(field, 2000));
                    }
                }
                case "context" -> {
                    assertThat(block.get("elements").size()).isBetween(1, 10);
                    block.get("elements").forEach(element -> assertText(element, 2000));
                }
                default -> throw new AssertionError(block);
            }
        }
    }

    private static void assertText(JsonNode text, int max) {
        String value = text.get("text").textValue();
        assertThat(value.length()).isBetween(1, max);
        if (text.get("type").textValue().equals("mrkdwn") && !value.startsWith("<!date^")) {
            assertThat(value).doesNotContain("<").doesNotContain(">");
            assertThat(value.replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
        }
    }

    private static JsonNode parsed(String type, String data) throws IOException {
        return MAPPER.readTree(body(type, data));
    }

    private static String body(String type, String data) {
        return new String(SlackBody.of(new EventContent("evt_1", type, TIME, data.getBytes(UTF_8))), UTF_8);
    }
}
