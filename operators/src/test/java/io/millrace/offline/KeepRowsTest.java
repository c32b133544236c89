package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.OfflineSpec.Content;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.operators.StreamMap;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class KeepRowsTest {
  private static final RowType ROW = (RowType) type("ROW<id BIGINT, size TINYINT>");
  private static final RowType CHANGES =
      (RowType)
          type(
              "ROW<id BIGINT, size INT, _event_time TIMESTAMP_LTZ(6), _sequence BIGINT,"
                  + " _change STRING>");
  private static final RowType STATE =
      (RowType) type("ROW<id BIGINT, size INT, _event_time TIMESTAMP_LTZ(6)>");

  private static TableLayout changes() {
    return new TableLayout(
        new OfflineSpec.Table("planes_changes", "planes", Content.CHANGES), CHANGES, 2, List.of());
  }

  private static TableLayout state() {
    return new TableLayout(
        new OfflineSpec.Table("planes", "planes", Content.STATE), STATE, 2, List.of("id"));
  }

  @Test
  void shouldKeepEveryChangeAsARowOfItsOwn() throws Exception {
    try (var harness = harness(changes())) {
      harness.open();
      List<StoredRow> kept =
          run(
              harness,
              row(RowKind.INSERT, 1),
              row(RowKind.UPDATE_BEFORE, 1),
              row(RowKind.UPDATE_AFTER, 1),
              row(RowKind.DELETE, 1));

      assertThat(kept)
          .extracting(stored -> stored.row().getString(4).toString())
          .containsExactly("+I", "-U", "+U", "-D");
      assertThat(kept).allMatch(stored -> stored.row().getRowKind() == RowKind.INSERT);
      assertThat(kept.get(0).row().getTimestamp(2, 6)).isEqualTo(TimestampData.fromEpochMillis(5));
      long first = kept.get(0).row().getLong(3);
      assertThat(kept)
          .extracting(stored -> stored.row().getLong(3) - first)
          .containsExactly(0L, 1L, 2L, 3L);
    }
  }

  @Test
  void shouldReplaceRowsOfTheSameKey() throws Exception {
    try (var harness = harness(state())) {
      harness.open();
      List<StoredRow> kept =
          run(
              harness,
              row(RowKind.INSERT, 1),
              row(RowKind.UPDATE_BEFORE, 1),
              row(RowKind.UPDATE_AFTER, 1),
              row(RowKind.DELETE, 2));

      assertThat(kept)
          .extracting(stored -> stored.row().getRowKind())
          .containsExactly(RowKind.INSERT, RowKind.UPDATE_AFTER, RowKind.DELETE);
      assertThat(kept.get(0).route()).isEqualTo(kept.get(1).route());
      assertThat(kept.get(0).route()).isNotEqualTo(kept.get(2).route());
    }
  }

  @Test
  void shouldGoOnCountingAfterARestart() throws Exception {
    OperatorSubtaskState snapshot;
    long last;
    try (var harness = harness(changes())) {
      harness.open();
      List<StoredRow> kept = run(harness, row(RowKind.INSERT, 1), row(RowKind.INSERT, 2));
      last = kept.get(1).row().getLong(3);
      snapshot = harness.snapshot(1, 1);
    }
    try (var harness = harness(changes())) {
      harness.initializeState(snapshot);
      harness.open();
      assertThat(run(harness, row(RowKind.INSERT, 3)).get(0).row().getLong(3)).isEqualTo(last + 1);
    }
  }

  @Test
  void shouldCountAboveEarlierJobsWithoutTheirState() throws Exception {
    try (var harness = harness(changes())) {
      harness.open();
      long startOf2025Micros = 1_735_689_600_000_000L;
      assertThat(run(harness, row(RowKind.INSERT, 1)).get(0).row().getLong(3))
          .isGreaterThan(startOf2025Micros);
    }
  }

  @Test
  void shouldKeepVectorsWithTheirVersion() throws Exception {
    FeatureSchema schema =
        new FeatureSchema(
            "fleet",
            (RowType) type("ROW<maker STRING>"),
            (RowType) type("ROW<planes BIGINT NOT NULL, seats SMALLINT>"));
    TableLayout layout = TableLayout.vectors(schema);
    StoredRowTypeInfo tables = new StoredRowTypeInfo(List.of(layout));
    try (OneInputStreamOperatorTestHarness<FeatureVector, StoredRow> harness =
        new OneInputStreamOperatorTestHarness<>(
            new StreamMap<>(new KeepVectors(0, layout, schema)))) {
      harness.setup(tables.createSerializer(new SerializerConfigImpl()));
      harness.open();
      RowData maker = GenericRowData.of(StringData.fromString("BOEING"));
      harness.processElement(
          new FeatureVector(maker, GenericRowData.of(3L, (short) 9), 7, 2, false), 7);
      harness.processElement(new FeatureVector(maker, null, 8, 3, true), 8);

      List<StoredRow> kept = harness.extractOutputValues();
      assertThat(layout.columns().getFieldNames())
          .containsExactly("maker", "planes", "seats", "_event_time", "_revision", "_deleted");
      assertThat(kept.get(0).row().getLong(1)).isEqualTo(3);
      assertThat(kept.get(0).row().getInt(2)).isEqualTo(9);
      assertThat(kept.get(0).row().getLong(4)).isEqualTo(2);
      assertThat(kept.get(0).row().getBoolean(5)).isFalse();
      assertThat(kept.get(1).row().isNullAt(1)).isTrue();
      assertThat(kept.get(1).row().getTimestamp(3, 6).getMillisecond()).isEqualTo(8);
      assertThat(kept.get(1).row().getBoolean(5)).isTrue();
    }
  }

  private static OneInputStreamOperatorTestHarness<RowData, StoredRow> harness(TableLayout layout)
      throws Exception {
    OneInputStreamOperatorTestHarness<RowData, StoredRow> harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new KeepRows(0, layout, ROW)));
    harness.setup(
        new StoredRowTypeInfo(List.of(layout)).createSerializer(new SerializerConfigImpl()));
    return harness;
  }

  private static List<StoredRow> run(
      OneInputStreamOperatorTestHarness<RowData, StoredRow> harness, RowData... rows)
      throws Exception {
    for (RowData row : rows) {
      harness.processElement(row, 5);
    }
    return harness.extractOutputValues();
  }

  private static RowData row(RowKind kind, long id) {
    return GenericRowData.ofKind(kind, id, (byte) 4);
  }

  private static LogicalType type(String text) {
    return LogicalTypeParser.parse(text, KeepRowsTest.class.getClassLoader());
  }
}
