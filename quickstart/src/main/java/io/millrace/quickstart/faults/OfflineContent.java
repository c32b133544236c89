package io.millrace.quickstart.faults;

import io.millrace.ingest.Position;
import io.millrace.jobs.offline.HistoricRow;
import io.millrace.jobs.offline.HistoryPositions;
import io.millrace.jobs.offline.HistoryRange;
import io.millrace.jobs.offline.OfflineHistory;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.CloseableIterator;

/** The content of a pipeline's history tables, row by row as text. */
final class OfflineContent {
  private final Pipeline pipeline;
  private final OfflineHistory history;

  OfflineContent(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.history = OfflineHistory.of(pipeline);
  }

  /** Some fields of all rows of a source that were ever kept. */
  List<String> history(String name, String... fields) throws Exception {
    Source source = pipeline.source(name).orElseThrow();
    long snapshot = history.snapshot(OfflineSpec.history(source).name()).orElseThrow();
    StreamExecutionEnvironment env = environment();
    return read(source, history.rows(env, source, snapshot), fields);
  }

  /** Where the rows of a source lay in its topic. */
  List<Position> positions(String name) throws Exception {
    Source source = pipeline.source(name).orElseThrow();
    long snapshot = history.snapshot(OfflineSpec.history(source).name()).orElseThrow();
    List<Position> positions = new ArrayList<>();
    try (CloseableIterator<HistoricRow> rows =
        history
            .historicRows(environment(), source, snapshot, HistoryRange.ALL)
            .executeAndCollect()) {
      rows.forEachRemaining(row -> positions.add(row.position()));
    }
    return positions;
  }

  /** How far in its topic the history of a source reaches. */
  HistoryPositions reached(String name) {
    Source source = pipeline.source(name).orElseThrow();
    return history.positions(
        source, history.snapshot(OfflineSpec.history(source).name()).orElseThrow());
  }

  /** Some fields of the rows of a changing source as they are now. */
  List<String> present(String name, String... fields) throws Exception {
    Source source = pipeline.source(name).orElseThrow();
    long snapshot = history.snapshot(OfflineSpec.state(source).orElseThrow().name()).orElseThrow();
    StreamExecutionEnvironment env = environment();
    return read(source, history.present(env, source, snapshot), fields);
  }

  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
    env.setRuntimeMode(RuntimeExecutionMode.BATCH);
    return env;
  }

  private static List<String> read(Source source, DataStream<RowData> rows, String... fields)
      throws Exception {
    RowType type = source.rowType();
    RowData.FieldGetter[] getters =
        Arrays.stream(fields)
            .map(type::getFieldIndex)
            .map(position -> RowData.createFieldGetter(type.getTypeAt(position), position))
            .toArray(RowData.FieldGetter[]::new);
    List<String> texts = new ArrayList<>();
    try (CloseableIterator<RowData> read = rows.executeAndCollect()) {
      read.forEachRemaining(
          row ->
              texts.add(row(Arrays.stream(getters).map(it -> it.getFieldOrNull(row)).toArray())));
    }
    return texts;
  }

  /** Values as one text. */
  static String row(Object... values) {
    StringBuilder text = new StringBuilder();
    for (Object value : values) {
      Object plain = value instanceof TimestampData time ? time.toInstant() : value;
      text.append(text.isEmpty() ? "" : " | ").append(plain);
    }
    return text.toString();
  }
}
