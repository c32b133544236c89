package io.millrace.sql.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScalarFunctionsITCase {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  static Stream<Sql> modes() {
    return Stream.of(Sql.batch(), Sql.streaming());
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldTakeVectorsOfAnyNumbers(Sql sql) {
    Row row =
        sql.only(
            """
            SELECT `DOT`(f, d), DOT_PRODUCT(f, f), DOT_PRODUCT(d, i), L2_DISTANCE(f, i), COSINE_SIMILARITY(d, f),
                   DOT_PRODUCT(f, CAST(NULL AS ARRAY<FLOAT>)), DOT_PRODUCT(d, ARRAY[1, CAST(NULL AS INT)]),
                   COSINE_SIMILARITY(d, ARRAY[0, 0])
            FROM (SELECT CAST(ARRAY[a, 4] AS ARRAY<FLOAT>) AS f, CAST(ARRAY[a, 4] AS ARRAY<DOUBLE>) AS d,
                         ARRAY[a, 0] AS i
                  FROM (VALUES 3) AS x(a)) AS y
            """);

    assertThat(row).isEqualTo(Row.of(25.0, 25.0, 9.0, 4.0, 1.0, null, null, null));
  }

  @Test
  void shouldRefuseVectorsOfDifferentModels() {
    Sql sql = Sql.batch();
    assertThatThrownBy(
            () ->
                sql.rows(
                    "SELECT DOT_PRODUCT(v, ARRAY[1.0, 2.0, 3.0]) FROM (SELECT ARRAY[a, a] AS v FROM (VALUES 1.0, 2.0) AS x(a)) AS y"))
        .hasStackTraceContaining(
            "DOT_PRODUCT of vectors with 2 and 3 components: both must come from the same model");
    assertThatThrownBy(() -> sql.rows("SELECT DOT_PRODUCT('a', ARRAY[1.0])"))
        .hasStackTraceContaining("takes two arrays of numbers, not CHAR(1) NOT NULL");
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldEmbedTextsByAKnownModel(Sql sql) {
    Row row =
        sql.only(
            """
            SELECT CARDINALITY(EMBED(t)), DOT_PRODUCT(EMBED(t), EMBED(t, 'all-minilm-l6-v2')),
                   COSINE_SIMILARITY(EMBED(t), EMBED('an aeroplane with two engines')),
                   COSINE_SIMILARITY(EMBED(t), EMBED('a cake with cream')),
                   EMBED(CAST(NULL AS STRING)) IS NULL
            FROM (VALUES 'twin-engine aircraft') AS x(t)
            """);

    assertThat(row.getField(0)).isEqualTo(384);
    assertThat((Double) row.getField(1)).isCloseTo(1, within(1e-5));
    assertThat((Double) row.getField(2)).isGreaterThan(0.6);
    assertThat((Double) row.getField(3)).isLessThan(0.3);
    assertThat(row.getField(4)).isEqualTo(true);
  }

  @Test
  void shouldNameTheModelsItKnows() {
    Sql sql = Sql.batch();
    assertThatThrownBy(() -> sql.rows("SELECT EMBED('a', 'minilm')"))
        .hasStackTraceContaining(
            "Argument model of EMBED is minilm; known are all-minilm-l6-v2/fp32,");
    assertThatThrownBy(() -> sql.rows("SELECT EMBED('a', m) FROM (VALUES 'x', 'y') AS x(m)"))
        .hasStackTraceContaining("Argument model of EMBED is ");
    assertThatThrownBy(() -> sql.rows("SELECT EMBED(1)"))
        .hasStackTraceContaining("takes strings, not INT NOT NULL");
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldCompareAndMaskTexts(Sql sql) {
    Row row =
        sql.only(
            """
            SELECT ROUND(JARO_WINKLER(a, 'MARHTA'), 4), JARO_WINKLER(a, a), JARO_WINKLER(a, ''),
                   JARO_WINKLER(a, CAST(NULL AS STRING)), MASK(a), MASK(CAST(NULL AS STRING)),
                   MASK_PII(a || ' is at a@b.org'), MASK_PII(CAST(NULL AS STRING))
            FROM (VALUES 'MARTHA') AS x(a)
            """);

    assertThat(row)
        .isEqualTo(Row.of(0.9611, 1.0, 0.0, null, "XXXXXX", null, "MARTHA is at x@x.xxx", null));
  }
}
