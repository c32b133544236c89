package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TextTemplateTest {

  private static String render(String template, Map<String, String> row) throws Exception {
    return TextTemplate.parse(template).render(row::get);
  }

  @Test
  void shouldPutValuesInTheirPlaces() throws Exception {
    assertThat(render("{{ a }} and {{b}}", Map.of("a", "x", "b", "y"))).isEqualTo("x and y");
    assertThat(TextTemplate.parse("{{b}} {{#a}}{{c}}{{/a}}{{b}}").fields())
        .containsExactly("b", "a", "c");
  }

  @Test
  void shouldLeaveNoTraceOfWhatIsNull() throws Exception {
    String template =
        "{{maker}} {{model}}{{#seats}}, {{seats}} seats{{/seats}}{{^seats}} (?){{/seats}}";
    assertThat(render(template, Map.of("maker", "AIRBUS", "seats", "180")))
        .isEqualTo("AIRBUS , 180 seats");
    assertThat(render(template, Map.of("maker", " A\t\n320 ", "model", ""))).isEqualTo("A 320 (?)");
    assertThat(render("{{#flag}}yes{{/flag}}", Map.of("flag", "false"))).isEmpty();
  }

  @Test
  void shouldNestSections() throws Exception {
    String template = "{{#a}}A{{#b}}B{{/b}}{{/a}}";
    assertThat(render(template, Map.of("a", "1", "b", "1"))).isEqualTo("AB");
    assertThat(render(template, Map.of("a", "1"))).isEqualTo("A");
    assertThat(render(template, Map.of("b", "1"))).isEmpty();
  }

  @Test
  void shouldNotTakeValuesForTemplates() throws Exception {
    assertThat(render("{{a}}", Map.of("a", "{{b}}", "b", "no"))).isEqualTo("{{b}}");
  }

  @Test
  void shouldSayWhatCannotBeRead() {
    assertThatThrownBy(() -> TextTemplate.parse("{{#a}} {{/b}}"))
        .hasMessageContaining("\"{{/b}}\" closes nothing");
    assertThatThrownBy(() -> TextTemplate.parse("{{ }}")).hasMessageContaining("names no field");
    assertThatThrownBy(() -> TextTemplate.parse("{{a} b")).hasMessageContaining("brace");
  }
}
