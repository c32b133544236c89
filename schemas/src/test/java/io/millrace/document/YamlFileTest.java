package io.millrace.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlFileTest {

  @Test
  void shouldKnowTheLineAndPathOfEveryValue() {
    YamlValue root =
        root(
            """
            a:
              b: 1
              "c.d": [x,
                      y]
            """);

    assertThat(root.nearest("a").line()).isEqualTo(1);
    assertThat(root.nearest("a", "b").line()).isEqualTo(2);
    assertThat(root.nearest("a", "b").path()).isEqualTo("a.b");
    assertThat(root.nearest("a", "c.d").path()).isEqualTo("a.\"c.d\"");
    assertThat(root.nearest("a", "c.d").items().get(1).line()).isEqualTo(4);
    assertThat(root.nearest("a", "c.d").items().get(1).path()).isEqualTo("a.\"c.d\"[1]");
    assertThat(root.nearest("a", "missing", "deeper").path()).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource({
    "1, INTEGER",
    "-17, INTEGER",
    "1.5, DECIMAL",
    "1e3, DECIMAL",
    "true, BOOLEAN",
    "no, TEXT",
    "1:30, TEXT",
    "2013-01-01, TEXT",
    "1_000, TEXT",
    "0x1F, TEXT",
    "'''1''', TEXT",
    "null, NULL",
    "~, NULL"
  })
  void shouldFollowTheCoreSchema(String text, YamlValue.Kind kind) {
    assertThat(root("a: " + text).nearest("a").kind()).isEqualTo(kind);
  }

  @Test
  void shouldTurnValuesIntoJson() {
    assertThat(root("{a: [1, 2.5, x, true, null], b: {}}").toJson().toString())
        .isEqualTo("{\"a\":[1,2.5,\"x\",true,null],\"b\":{}}");
  }

  @Test
  void shouldReportDuplicateKeysAndKeepTheFirst() {
    YamlFile file = YamlFile.parse("f.yaml", "a: 1\nb: 2\na: 3\n");

    assertThat(file.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:3: a: found the key \"a\" a second time, first in line 1, expected every key"
                + " once; remove or rename one of the two");
    assertThat(file.root().orElseThrow().nearest("a").text()).isEqualTo("1");
  }

  @Test
  void shouldUnderstandAnchors() {
    assertThat(root("a: &x [1]\nb: *x\n").nearest("b").items()).hasSize(1);
  }

  @Test
  void shouldRefuseAnAliasOfItself() {
    assertThat(YamlFile.parse("f.yaml", "a: &x [*x]\n").problems())
        .singleElement()
        .extracting(Problem::found)
        .isEqualTo("an alias of itself");
  }

  @Test
  void shouldRefuseBombsOfAliases() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String items = ("*a" + (i - 1) + ", ").repeat(9);
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, items.substring(0, items.length() - 2)));
    }

    assertThat(YamlFile.parse("f.yaml", bomb.toString()).problems()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"a: [", "'a: b: c'", "{", "a: @x"})
  void shouldReportBrokenSyntax(String text) {
    YamlFile file = YamlFile.parse("f.yaml", "x: 1\n" + text + "\n");

    assertThat(file.root()).isEmpty();
    assertThat(file.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.line()).isBetween(2, 3);
              assertThat(problem.found()).startsWith("no valid YAML: ");
            });
  }

  @Test
  void shouldReportBytesThatAreNotUtf8(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("f.yaml"), new byte[] {'a', ':', (byte) 0xe4});

    assertThat(YamlFile.read(file).problems())
        .singleElement()
        .extracting(Problem::found)
        .isEqualTo("bytes that are not UTF-8");
  }

  @Test
  void shouldReportAFolder(@TempDir Path folder) {
    assertThat(YamlFile.read(folder).problems())
        .singleElement()
        .extracting(Problem::found)
        .asString()
        .startsWith("a file that cannot be read");
  }

  private static YamlValue root(String text) {
    YamlFile file = YamlFile.parse("f.yaml", text);
    assertThat(file.problems()).isEmpty();
    return file.root().orElseThrow();
  }
}
