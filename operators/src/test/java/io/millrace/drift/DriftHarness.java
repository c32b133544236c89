package io.millrace.drift;

import io.millrace.records.Alert;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.Feedback;
import io.millrace.records.RetrainingAdvice;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.OutputTag;

/**
 * The three operators of a monitor, one behind the other, with the power to fail and come back. The
 * first one may have several subtasks.
 */
final class DriftHarness implements AutoCloseable {
  private DriftPlan plan;
  private final OutputTag<DriftResult> resultTag =
      new OutputTag<>("results", TypeInformation.of(DriftResult.class));
  private final OutputTag<Alert> alertTag =
      new OutputTag<>("alerts", TypeInformation.of(Alert.class));
  private final OutputTag<RetrainingAdvice> adviceTag =
      new OutputTag<>("advice", TypeInformation.of(RetrainingAdvice.class));

  private final List<OneInputStreamOperatorTestHarness<RowData, ColumnChunk>> chunks =
      new ArrayList<>();
  private KeyedOneInputStreamOperatorTestHarness<String, ColumnChunk, ColumnWindow> columns;
  private KeyedTwoInputStreamOperatorTestHarness<String, ColumnWindow, Feedback, DriftSummary>
      monitor;
  private long checkpoint;
  private long watermark = Long.MIN_VALUE;

  final List<DriftSummary> summaries = new ArrayList<>();
  final List<DriftResult> results = new ArrayList<>();
  final List<Alert> alerts = new ArrayList<>();
  final List<RetrainingAdvice> advice = new ArrayList<>();
  final List<ColumnChunk> passed = new ArrayList<>();

  DriftHarness(DriftPlan plan) throws Exception {
    this(plan, 1);
  }

  DriftHarness(DriftPlan plan, int subtasks) throws Exception {
    this.plan = plan;
    for (int i = 0; i < subtasks; i++) {
      OneInputStreamOperatorTestHarness<RowData, ColumnChunk> harness =
          new OneInputStreamOperatorTestHarness<>(new ChunkOperator(plan));
      harness.setup(TypeInformation.of(ColumnChunk.class).createSerializer(serializers(harness)));
      harness.open();
      chunks.add(harness);
    }
    start(null, null);
  }

  private static org.apache.flink.api.common.serialization.SerializerConfig serializers(
      OneInputStreamOperatorTestHarness<?, ?> harness) {
    return harness.getExecutionConfig().getSerializerConfig();
  }

  /** A class of its own: key selectors are serialized with all they refer to. */
  private record Constant<T>(String key) implements KeySelector<T, String> {
    @Override
    public String getKey(T any) {
      return key;
    }
  }

  private void start(OperatorSubtaskState columnState, OperatorSubtaskState monitorState)
      throws Exception {
    columns =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new ColumnOperator(plan), ColumnChunk::column, Types.STRING);
    columns.setup(
        TypeInformation.of(ColumnWindow.class)
            .createSerializer(columns.getExecutionConfig().getSerializerConfig()));
    monitor =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new MonitorFunction(plan, resultTag, alertTag, adviceTag)),
            new Constant<>(plan.monitor()),
            new Constant<>(plan.monitor()),
            Types.STRING);
    monitor.setup(
        TypeInformation.of(DriftSummary.class)
            .createSerializer(monitor.getExecutionConfig().getSerializerConfig()));
    if (columnState != null) {
      columns.initializeState(columnState);
      monitor.initializeState(monitorState);
    }
    columns.open();
    monitor.open();
    monitor.processWatermark2(Watermark.MAX_WATERMARK);
  }

  void row(RowData row, long timeMillis) throws Exception {
    row(0, row, timeMillis);
  }

  void row(int subtask, RowData row, long timeMillis) throws Exception {
    chunks.get(subtask).processElement(row, timeMillis);
    pass(subtask);
  }

  private void pass(int subtask) throws Exception {
    Queue<Object> out = chunks.get(subtask).getOutput();
    for (Object each = out.poll(); each != null; each = out.poll()) {
      if (each instanceof StreamRecord<?> record) {
        ColumnChunk chunk = (ColumnChunk) record.getValue();
        passed.add(chunk);
        columns.processElement(new StreamRecord<>(chunk, record.getTimestamp()));
      }
    }
    if (passed.size() > 10_000) {
      passed.clear();
    }
  }

  void watermark(long millis) throws Exception {
    for (int i = 0; i < chunks.size(); i++) {
      chunks.get(i).processWatermark(new Watermark(millis));
      pass(i);
    }
    watermark = millis;
    columns.processWatermark(new Watermark(millis));
    drain();
  }

  private void drain() throws Exception {
    Queue<Object> windows = columns.getOutput();
    for (Object each = windows.poll(); each != null; each = windows.poll()) {
      if (each instanceof StreamRecord<?> record) {
        monitor.processElement1(
            new StreamRecord<>((ColumnWindow) record.getValue(), record.getTimestamp()));
      }
    }
    monitor.processWatermark1(new Watermark(watermark));
    take();
  }

  private void take() {
    Queue<Object> out = monitor.getOutput();
    for (Object each = out.poll(); each != null; each = out.poll()) {
      if (each instanceof StreamRecord<?> record) {
        summaries.add((DriftSummary) record.getValue());
      }
    }
    take(resultTag, results);
    take(alertTag, alerts);
    take(adviceTag, advice);
  }

  private <T> void take(OutputTag<T> tag, List<T> into) {
    Queue<StreamRecord<T>> out = monitor.getSideOutput(tag);
    if (out != null) {
      for (StreamRecord<T> each = out.poll(); each != null; each = out.poll()) {
        into.add(each.getValue());
      }
    }
  }

  void order(DriftControl control) throws Exception {
    for (WatchedColumn column : plan.columns()) {
      columns.processElement(
          new StreamRecord<>(ColumnChunk.ofOrder(column.name(), control), watermark));
    }
  }

  void feedback(Feedback feedback) throws Exception {
    monitor.processElement2(new StreamRecord<>(feedback, feedback.timeMillis()));
    take();
  }

  /** A checkpoint, the death of every operator, and its return. */
  void failAndComeBack() throws Exception {
    failAndComeBackAs(plan);
  }

  /** The same, with another plan; the first of the operators keeps the old one. */
  void failAndComeBackAs(DriftPlan next) throws Exception {
    checkpoint++;
    for (int i = 0; i < chunks.size(); i++) {
      chunks.get(i).getOneInputOperator().prepareSnapshotPreBarrier(checkpoint);
      pass(i);
    }
    OperatorSubtaskState columnState = columns.snapshot(checkpoint, checkpoint);
    OperatorSubtaskState monitorState = monitor.snapshot(checkpoint, checkpoint);
    columns.close();
    monitor.close();
    plan = next;
    start(columnState, monitorState);
    columns.processWatermark(new Watermark(watermark));
    drain();
  }

  @Override
  public void close() throws Exception {
    for (var each : chunks) {
      each.close();
    }
    columns.close();
    monitor.close();
  }
}
