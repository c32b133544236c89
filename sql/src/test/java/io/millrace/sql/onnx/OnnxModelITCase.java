package io.millrace.sql.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.embedding.TextEncoder.Purpose;
import io.millrace.embedding.onnx.KnownModel;
import io.millrace.embedding.onnx.OnnxEncoder;
import io.millrace.embedding.session.SharedSessions;
import io.millrace.testkit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models in jobs. */
class OnnxModelITCase {
  private TableEnvironment sql;

  @BeforeEach
  void session() {
    sql = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    sql.getConfig().set("restart-strategy.type", "none");
    sql.getConfig().set("parallelism.default", "2");
  }

  private List<Row> rows(String query) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> all = sql.executeSql(query).collect()) {
      all.forEachRemaining(rows::add);
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void shouldGiveTheVectorsOfTheEncoder(String async) throws Exception {
    sql.executeSql(
        "CREATE MODEL sentences INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>) WITH"
            + " ('provider' = 'onnx', 'model' = 'all-minilm-l6-v2')");
    sql.executeSql(
        "CREATE TEMPORARY VIEW planes AS SELECT * FROM (VALUES (1, 'AIRBUS A320'), (2, CAST(NULL"
            + " AS STRING)), (3, 'BOEING 737-800'), (4, '')) AS t(id, name)");
    List<Row> rows =
        rows(
            "SELECT id, name, embedding FROM ML_PREDICT(TABLE planes, MODEL sentences,"
                + " DESCRIPTOR(name), MAP['async', '"
                + async
                + "'])");
    assertThat(rows).hasSize(4);
    try (OnnxEncoder encoder = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2.files())) {
      for (Row row : rows) {
        Float[] vector = row.getFieldAs("embedding");
        String name = row.getFieldAs("name");
        if (name == null) {
          assertThat(vector).isNull();
          continue;
        }
        float[] expected = encoder.encode(List.of(name), Purpose.PASSAGE).get(0).vector();
        assertThat(vector)
            .containsExactly(
                IntStream.range(0, expected.length)
                    .mapToObj(i -> expected[i])
                    .toArray(Float[]::new));
      }
    }
    Deadline.await(
        Duration.ofSeconds(20), "sessions to close", () -> SharedSessions.openSessions() == 0);
  }

  @Test
  void shouldScoreRowsWithAModelOfColumns() throws Exception {
    sql.executeSql(
        "CREATE MODEL late INPUT (dep_delay DOUBLE, departures BIGINT) OUTPUT (probability FLOAT,"
            + " late BOOLEAN) WITH ('provider' = 'onnx', 'file' = '"
            + TabularModelTest.model("late")
            + "')");
    sql.executeSql(
        "CREATE TEMPORARY VIEW carriers AS SELECT * FROM (VALUES ('B6', 90.5, CAST(6 AS BIGINT)),"
            + " ('DL', 1.0, CAST(1 AS BIGINT)), ('UA', CAST(NULL AS DOUBLE), CAST(1 AS BIGINT)))"
            + " AS t(carrier, delay, departures)");
    Stream<String> found =
        rows(
                "SELECT carrier, late FROM ML_PREDICT(INPUT => TABLE carriers, MODEL => MODEL late,"
                    + " ARGS => DESCRIPTOR(delay, departures))")
            .stream()
            .map(Row::toString);
    assertThat(found).containsExactlyInAnyOrder("+I[B6, true]", "+I[DL, false]", "+I[UA, null]");
  }

  @Test
  void shouldGiveNullsToRowsThatTheModelRefusesOrFailAsTold() throws Exception {
    String form =
        "CREATE MODEL %s INPUT (i BIGINT) OUTPUT (picked BIGINT) WITH ('provider' = 'onnx', 'file'"
            + " = '"
            + TabularModelTest.model("picky")
            + "', 'refused-rows' = '%s')";
    sql.executeSql(
        "CREATE TEMPORARY VIEW numbers AS SELECT CAST(n AS BIGINT) AS n FROM (VALUES 1, 5, 2) AS"
            + " t(n)");
    sql.executeSql(
        "CREATE MODEL lenient INPUT (`index` BIGINT) OUTPUT (picked BIGINT) WITH ('provider' ="
            + " 'onnx', 'file' = '"
            + TabularModelTest.model("picky")
            + "')");
    assertThat(
            rows("SELECT n, picked FROM ML_PREDICT(TABLE numbers, MODEL lenient, DESCRIPTOR(n))"))
        .extracting(Row::toString)
        .containsExactlyInAnyOrder("+I[1, 20]", "+I[5, null]", "+I[2, 30]");
    sql.executeSql(form.formatted("strict", "fail").replace("(i ", "(`index` "));
    assertThatThrownBy(
            () ->
                rows(
                    "SELECT n, picked FROM ML_PREDICT(TABLE numbers, MODEL strict,"
                        + " DESCRIPTOR(n))"))
        .rootCause()
        .hasMessageContaining("strict refused a row")
        .hasMessageContaining("'refused-rows' = 'null'");
  }
}
