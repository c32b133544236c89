package io.millrace.sql.queries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked queries, planned over the project's pipelines; no server is asked. */
class QueriesTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path QUERIES = Path.of("queries");
  private static final Pattern BATCH =
      Pattern.compile("SET\\s+'execution.runtime-mode'\\s*=\\s*'batch'\\s*");

  @TempDir private Path pipelines;

  static Stream<Path> queries() throws IOException {
    try (Stream<Path> files = Files.list(QUERIES)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList().stream();
    }
  }

  private static List<String> statements(Path file) throws IOException {
    String code = Files.readString(file).replaceAll("(?m)^--.*$", "");
    return Stream.of(code.split(";")).map(String::strip).filter(it -> !it.isEmpty()).toList();
  }

  private TableEnvironment open(boolean batch) throws IOException {
    for (String name : List.of("flights", "planes")) {
      String text = Files.readString(PROJECT.resolve("conf/pipelines/" + name + ".yaml"));
      Files.writeString(
          pipelines.resolve(name + ".yaml"),
          text.replace("contract: schemas/", "contract: " + PROJECT + "/schemas/"));
    }
    TableEnvironment sql =
        TableEnvironment.create(
            batch ? EnvironmentSettings.inBatchMode() : EnvironmentSettings.inStreamingMode());
    sql.executeSql(
        "CREATE CATALOG millrace WITH ('type' = 'millrace', 'default-database' = 'flights',"
            + " 'pipelines' = '%s')".formatted(pipelines));
    sql.executeSql("USE CATALOG millrace");
    return sql;
  }

  @ParameterizedTest
  @MethodSource("queries")
  void shouldPlanAsItStands(Path file) throws IOException {
    List<String> statements = statements(file);
    boolean batch = BATCH.matcher(statements.get(0)).matches();
    TableEnvironment sql = open(batch);
    for (String statement : statements.subList(batch ? 1 : 0, statements.size() - 1)) {
      sql.executeSql(statement.replace("'../../../sql/queries/", "'queries/"));
    }
    assertThat(sql.explainSql(statements.get(statements.size() - 1)))
        .contains("== Optimized Execution Plan ==");
  }

  @ParameterizedTest
  @MethodSource("queries")
  void shouldSayWhatItAnswersAndHow(Path file) throws IOException {
    String text = Files.readString(file);
    boolean batch = text.contains("'execution.runtime-mode' = 'batch'");
    assertThat(text).startsWith("-- ").contains("?", batch ? "Batch" : "Streaming", "Needs");
  }

  @Test
  void shouldAllStandInTheReadme() throws IOException {
    Matcher link =
        Pattern.compile("\\(queries/([^)]+\\.sql)\\)")
            .matcher(Files.readString(Path.of("README.md")));
    assertThat(new TreeSet<>(link.results().map(it -> it.group(1)).toList()))
        .isEqualTo(new TreeSet<>(queries().map(it -> it.getFileName().toString()).toList()));
  }
}
