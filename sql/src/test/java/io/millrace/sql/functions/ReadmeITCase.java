package io.millrace.sql.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the examples of sql/README.md's table of functions, and compares what it says they give. */
class ReadmeITCase {
  private static final Pattern ROW =
      Pattern.compile("\\| `([A-Z0-9_]+)\\([^`]*` \\| .* \\| `(SELECT [^`]+)` \\| `([^`]*)` \\|");

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  record Example(String function, String query, String result) {}

  static Stream<Example> examples() throws IOException {
    return Files.readAllLines(Path.of("README.md")).stream()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .map(row -> new Example(row.group(1), row.group(2), row.group(3)));
  }

  static Stream<Sql> modes() {
    return Stream.of(Sql.batch(), Sql.streaming());
  }

  /** All in one query: the work is in planning it. */
  @ParameterizedTest
  @MethodSource("modes")
  void shouldGiveWhatTheReadmeSays(Sql sql) throws IOException {
    List<Example> examples = examples().toList();
    List<String> queries = new ArrayList<>();
    List<Row> expected = new ArrayList<>();
    for (Example example : examples) {
      queries.add(
          "SELECT '%s', CAST(x AS STRING) FROM (%s) AS t%d (x)"
              .formatted(example.function, example.query, queries.size()));
      expected.add(Row.of(example.function, example.result));
    }

    assertThat(sql.rows(String.join(" UNION ALL ", queries)))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void shouldHaveAnExampleOfEveryFunction() throws IOException {
    Set<String> shown = new TreeSet<>(examples().map(Example::function).toList());
    shown.add("DOT");
    assertThat(shown).isEqualTo(new TreeSet<>(SqlFunctions.byName().keySet()));
  }
}
