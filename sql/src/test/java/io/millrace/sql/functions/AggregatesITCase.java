package io.millrace.sql.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The aggregates inside queries: what they give is held against the kernels on the same rows. */
class AggregatesITCase {
  private static final long SEED = 20_130_101;
  private static final int ROWS = 1_500;

  /** 2013-01-01T00:00:00Z; the very first millisecond of 1970 is late for OVER. */
  private static final long START = 1_356_998_400_000L;

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final TypeInformation<Row> TYPE =
      Types.ROW_NAMED(
          new String[] {"k", "t", "v", "name", "is_ref"},
          Types.STRING,
          Types.LONG,
          Types.DOUBLE,
          Types.STRING,
          Types.BOOLEAN);

  private static final List<Row> SOME = some();

  private static List<Row> some() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    String[] names = {"UA", "DL", "B6", "EV", "AA"};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      Boolean ref = i % 97 == 0 ? null : (Boolean) random.nextBoolean();
      double shift = Boolean.TRUE.equals(ref) ? 0 : 0.7;
      Double value = i % 31 == 0 ? null : i % 101 == 0 ? Double.NaN : random.nextGaussian() + shift;
      String name = names[(int) (Math.abs(random.nextGaussian() + shift) * 2) % names.length];
      rows.add(Row.of("k" + i % 3, START + i * 1_000L, value, i % 57 == 0 ? null : name, ref));
    }
    return rows;
  }

  /** The rows as table {@code t}; {@code event_time} is event time, a second a row. */
  private static void load(Sql sql) {
    sql.tables.createTemporaryView(
        "t",
        sql.env.fromData(SOME, TYPE).setParallelism(1),
        Schema.newBuilder()
            .columnByExpression("event_time", "TO_TIMESTAMP_LTZ(t, 3)")
            .watermark("event_time", "event_time")
            .build());
  }

  /** Emits now and then instead of after every row. */
  private static void batchChanges(Sql sql) {
    sql.tables.getConfig().set("table.exec.mini-batch.enabled", "true");
    sql.tables.getConfig().set("table.exec.mini-batch.allow-latency", "1 s");
    sql.tables.getConfig().set("table.exec.mini-batch.size", "500");
  }

  private static final String ALL =
      "PSI(v, is_ref), KS_STATISTIC(v, is_ref), KS_P_VALUE(v, is_ref), WASSERSTEIN(v, is_ref),"
          + " JS_DISTANCE(v, is_ref), CHI2_P_VALUE(v, is_ref), PSI(name, is_ref), JS_DISTANCE(name, is_ref),"
          + " CHI2_P_VALUE(name, is_ref), PSI(v > 0, is_ref), APPROX_QUANTILE(v, 0.95),"
          + " HISTOGRAM(v, 4), HISTOGRAM(name, 2)";

  /** What {@link #ALL} should give, without SQL. */
  private static List<Object> direct(Stream<Row> rows) {
    List<TallyFunction<?>> functions =
        List.of(
            new Psi(),
            new KsStatistic(),
            new KsPValue(),
            new Wasserstein(),
            new JsDistance(),
            new Chi2PValue(),
            new Psi(),
            new JsDistance(),
            new Chi2PValue(),
            new Psi(),
            new ApproxQuantile(),
            new Histogram(),
            new Histogram());
    List<Tallies> tallies = functions.stream().map(TallyFunction::createAccumulator).toList();
    rows.forEach(
        row -> {
          Double v = (Double) row.getField(2);
          String name = (String) row.getField(3);
          Boolean ref = (Boolean) row.getField(4);
          for (int i = 0; i < functions.size(); i++) {
            boolean ofName = i >= 6 && i <= 8 || i == 12;
            boolean compares = i < 10;
            if (compares && ref == null || (ofName ? name == null : v == null)) {
              continue;
            }
            boolean side = compares && ref;
            if (i == 9) {
              tallies.get(i).count(String.valueOf(v > 0), side, 1);
            } else if (ofName) {
              tallies.get(i).count(name, side, 1);
            } else {
              tallies.get(i).count(v, side, 1);
            }
          }
        });
    tallies.get(10).setParameter(0.95);
    tallies.get(11).setParameter(4);
    tallies.get(12).setParameter(2);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < functions.size(); i++) {
      values.add(functions.get(i).getValue(tallies.get(i)));
    }
    return values;
  }

  private static void assertSame(Row found, List<Object> expected, int from) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.getField(from + i)).as("column " + i).isEqualTo(expected.get(i));
    }
  }

  static Stream<Sql> modes() {
    return Stream.of(Sql.batch(), Sql.streaming());
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldGiveByGroupsWhatTheKernelsGive(Sql sql) {
    load(sql);
    batchChanges(sql);
    List<Row> rows = sql.rows("SELECT k, " + ALL + " FROM t GROUP BY k");

    assertThat(rows).hasSize(3);
    for (Row row : rows) {
      assertSame(row, direct(SOME.stream().filter(r -> r.getField(0).equals(row.getField(0)))), 1);
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldGiveForAllRowsWhatTheKernelsGive(Sql sql) {
    load(sql);
    batchChanges(sql);
    sql.tables.getConfig().set("table.optimizer.agg-phase-strategy", "TWO_PHASE");

    assertSame(sql.only("SELECT " + ALL + " FROM t"), direct(SOME.stream()), 0);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldGiveByWindowsWhatTheKernelsGive(Sql sql) {
    load(sql);
    String windows =
        """
        SELECT UNIX_TIMESTAMP(CAST(window_start AS STRING)) * 1000,
               UNIX_TIMESTAMP(CAST(window_end AS STRING)) * 1000, %s
        FROM %s(TABLE t, DESCRIPTOR(event_time), %s) GROUP BY window_start, window_end
        """;
    for (String[] window :
        new String[][] {
          {"TUMBLE", "INTERVAL '6' MINUTES"},
          {"HOP", "INTERVAL '3' MINUTES, INTERVAL '6' MINUTES"},
          {"CUMULATE", "INTERVAL '2' MINUTES, INTERVAL '6' MINUTES"}
        }) {
      sql.tables.getConfig().setLocalTimeZone(java.time.ZoneId.of("UTC"));
      List<Row> rows = sql.rows(windows.formatted(ALL, window[0], window[1]));
      assertThat(rows.size()).as(window[0]).isGreaterThanOrEqualTo(4);
      for (Row row : rows) {
        long from = row.<Long>getFieldAs(0);
        long to = row.<Long>getFieldAs(1);
        assertSame(
            row,
            direct(
                SOME.stream()
                    .filter(r -> r.<Long>getFieldAs(1) >= from && r.<Long>getFieldAs(1) < to)),
            2);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldGiveOverRowsWhatTheKernelsGive(Sql sql) {
    load(sql);
    String over =
        "OVER (PARTITION BY k ORDER BY event_time ROWS BETWEEN 99 PRECEDING AND CURRENT ROW)";
    List<Row> rows =
        sql.rows(
            "SELECT k, t, PSI(v, is_ref) %1$s, APPROX_QUANTILE(v, 0.5) %1$s FROM t"
                .formatted(over));

    assertThat(rows).hasSize(ROWS);
    Row last =
        rows.stream()
            .filter(r -> r.<Long>getFieldAs(1) == START + (ROWS - 1) * 1_000L)
            .findFirst()
            .get();
    List<Row> window = SOME.stream().filter(r -> r.getField(0).equals(last.getField(0))).toList();
    window = window.subList(window.size() - 100, window.size());
    assertThat(last.getField(2)).isEqualTo(direct(window.stream()).get(0));
    List<Double> sorted =
        window.stream()
            .map(r -> (Double) r.getField(2))
            .filter(v -> v != null && !v.isNaN())
            .sorted()
            .toList();
    assertThat(last.getField(3))
        .isEqualTo((sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2);
  }

  @Test
  void shouldTakeBackWhatAChangelogTakesBack() {
    Sql sql = Sql.streaming();
    List<Row> changes = new ArrayList<>(SOME);
    for (int i = 0; i < 500; i++) {
      Row row = Row.copy(SOME.get(i));
      row.setKind(RowKind.DELETE);
      changes.add(row);
    }
    sql.env.setParallelism(1);
    batchChanges(sql);
    sql.tables.createTemporaryView(
        "t",
        sql.tables.fromChangelogStream(
            sql.env.fromData(changes, TYPE), Schema.newBuilder().build(), ChangelogMode.all()));

    List<Object> expected = direct(SOME.subList(500, ROWS).stream());
    Row found = sql.only("SELECT " + ALL + " FROM t");
    assertThat(found.getField(1)).isEqualTo(expected.get(1));
    assertSame(found, expected, 0);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldBeNullWhereThereIsNothingToCompare(Sql sql) {
    String none =
        "FROM (VALUES (CAST(NULL AS DOUBLE), TRUE), (1.5, TRUE), (2.5, CAST(NULL AS BOOLEAN))) AS x(v, r)";
    Row row =
        sql.only(
            "SELECT PSI(v, r), KS_STATISTIC(v, r), KS_P_VALUE(v, r), WASSERSTEIN(v, r),"
                + " APPROX_QUANTILE(v, 0.5), HISTOGRAM(v) "
                + none);

    for (int i = 0; i < 4; i++) {
      assertThat(row.getField(i)).isNull();
    }
    assertThat(row.getField(4)).isEqualTo(2.0);
    assertThat(
            sql.only(
                "SELECT APPROX_QUANTILE(v, 0.5), HISTOGRAM(v) FROM (VALUES CAST(NULL AS DOUBLE)) AS x(v)"))
        .isEqualTo(Row.of(null, null));
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldTakeNumbersOfEveryTypeAndTimes(Sql sql) {
    Row row =
        sql.only(
            """
            SELECT WASSERSTEIN(CAST(n AS TINYINT), n < 3), WASSERSTEIN(CAST(n AS BIGINT), n < 3),
                   WASSERSTEIN(CAST(n AS DECIMAL(9, 2)), n < 3), WASSERSTEIN(CAST(n AS FLOAT), n < 3),
                   WASSERSTEIN(DATE '2013-01-01' + INTERVAL '1' DAY * n, n < 3),
                   WASSERSTEIN(TIMESTAMP '2013-01-01 00:00:00' + INTERVAL '1' SECOND * n, n < 3),
                   WASSERSTEIN(TO_TIMESTAMP_LTZ(n, 3), n < 3)
            FROM (VALUES 1, 2, 3, 4) AS x(n)
            """);

    assertThat(row).isEqualTo(Row.of(2.0, 2.0, 2.0, 2.0, 2.0, 2_000.0, 2.0));
  }

  @Test
  void shouldSayWhatIsWrongWithArguments() {
    Sql sql = Sql.batch();
    load(sql);
    assertThatThrownBy(() -> sql.rows("SELECT KS_STATISTIC(name, is_ref) FROM t"))
        .hasStackTraceContaining(
            "does not take a value of type STRING; it compares numbers and points in"
                + " time; for names there are PSI, JS_DISTANCE and CHI2_P_VALUE");
    assertThatThrownBy(() -> sql.rows("SELECT APPROX_QUANTILE(v, 95) FROM t"))
        .hasStackTraceContaining(
            "Argument q of APPROX_QUANTILE is 95; it is a constant from 0 to 1.");
    assertThatThrownBy(() -> sql.rows("SELECT APPROX_QUANTILE(v, v) FROM t"))
        .hasStackTraceContaining("is no constant number; it is a constant from 0 to 1.");
    assertThatThrownBy(() -> sql.rows("SELECT HISTOGRAM(v, 0) FROM t"))
        .hasStackTraceContaining(
            "Argument bins of HISTOGRAM is 0; it is a constant from 1 to 1000.");
  }
}
