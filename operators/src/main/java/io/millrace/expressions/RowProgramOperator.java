package io.millrace.expressions;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamTaskStateInitializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.util.OutputTag;

/**
 * Runs a generated Calc and catches what its expressions throw.
 *
 * <p>The Calc writes into {@link OneRow}, and the row is passed on after the Calc has returned.
 * Otherwise an exception of an operator chained behind it would look like one of the expression.
 */
final class RowProgramOperator implements OneInputStreamOperator<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final OneInputStreamOperator<RowData, RowData> calc;
  private final transient OneRow oneRow;
  private final transient Output<StreamRecord<RowData>> output;
  private final OutputTag<RowData> rejectedRows;

  /** Copies the Calc's row, which it uses again; null where results stand alone. */
  private final RowDataSerializer besideResults;

  private transient Counter rejected;

  RowProgramOperator(
      OneInputStreamOperator<RowData, RowData> calc,
      OneRow oneRow,
      Output<StreamRecord<RowData>> output,
      OutputTag<RowData> rejectedRows,
      RowDataSerializer besideResults) {
    this.calc = calc;
    this.oneRow = oneRow;
    this.output = output;
    this.rejectedRows = rejectedRows;
    this.besideResults = besideResults;
  }

  @Override
  public void processElement(StreamRecord<RowData> element) {
    // The Calc replaces the element's value in place, so the input row is kept here.
    RowData row = element.getValue();
    boolean timed = element.hasTimestamp();
    long timestamp = element.getTimestamp();
    try {
      calc.processElement(element);
    } catch (Exception failure) {
      oneRow.take();
      rejected.inc();
      if (besideResults != null) {
        emitBeside(row, null, Expressions.readable(failure), timed, timestamp);
        return;
      }
      output.collect(
          rejectedRows,
          new StreamRecord<>(
              GenericRowData.of(row, StringData.fromString(Expressions.readable(failure))),
              timestamp));
      return;
    }
    StreamRecord<RowData> produced = oneRow.take();
    if (produced != null && besideResults != null) {
      emitBeside(row, besideResults.copy(produced.getValue()), null, timed, timestamp);
    } else if (produced != null) {
      // SQL keeps time in columns: generated code leaves the record's own timestamp out.
      if (timed) {
        produced.setTimestamp(timestamp);
      } else {
        produced.eraseTimestamp();
      }
      output.collect(produced);
    }
  }

  private void emitBeside(
      RowData row, RowData results, String failure, boolean timed, long timestamp) {
    GenericRowData both = GenericRowData.of(row, results, StringData.fromString(failure));
    both.setRowKind(row.getRowKind());
    output.collect(timed ? new StreamRecord<>(both, timestamp) : new StreamRecord<>(both));
  }

  @Override
  public void open() throws Exception {
    rejected = calc.getMetricGroup().counter("rowsRejected");
    calc.open();
  }

  @Override
  public void finish() throws Exception {
    calc.finish();
  }

  @Override
  public void close() throws Exception {
    calc.close();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    calc.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public OperatorSnapshotFutures snapshotState(
      long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory storage)
      throws Exception {
    return calc.snapshotState(checkpointId, timestamp, options, storage);
  }

  @Override
  public void initializeState(StreamTaskStateInitializer initializer) throws Exception {
    calc.initializeState(initializer);
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    calc.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    calc.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void setKeyContextElement1(StreamRecord<?> element) throws Exception {
    calc.setKeyContextElement1(element);
  }

  @Override
  public void setKeyContextElement2(StreamRecord<?> element) throws Exception {
    calc.setKeyContextElement2(element);
  }

  @Override
  public void setCurrentKey(Object key) {
    calc.setCurrentKey(key);
  }

  @Override
  public Object getCurrentKey() {
    return calc.getCurrentKey();
  }

  @Override
  public OperatorMetricGroup getMetricGroup() {
    return calc.getMetricGroup();
  }

  @Override
  public OperatorID getOperatorID() {
    return calc.getOperatorID();
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    calc.processWatermark(watermark);
  }

  @Override
  public void processWatermark(WatermarkEvent watermark) throws Exception {
    calc.processWatermark(watermark);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    calc.processWatermarkStatus(status);
  }

  @Override
  public void processLatencyMarker(LatencyMarker marker) throws Exception {
    calc.processLatencyMarker(marker);
  }

  @Override
  public void processRecordAttributes(RecordAttributes attributes) throws Exception {
    calc.processRecordAttributes(attributes);
  }

  /** Holds back the one row a Calc yields; lets everything else pass. */
  static final class OneRow implements Output<StreamRecord<RowData>> {
    private final Output<StreamRecord<RowData>> output;
    private StreamRecord<RowData> held;

    OneRow(Output<StreamRecord<RowData>> output) {
      this.output = output;
    }

    StreamRecord<RowData> take() {
      StreamRecord<RowData> taken = held;
      held = null;
      return taken;
    }

    @Override
    public void collect(StreamRecord<RowData> row) {
      held = row;
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> element) {
      output.collect(tag, element);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      output.emitWatermark(watermark);
    }

    @Override
    public void emitWatermark(WatermarkEvent watermark) {
      output.emitWatermark(watermark);
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
      output.emitWatermarkStatus(status);
    }

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {
      output.emitLatencyMarker(marker);
    }

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {
      output.emitRecordAttributes(attributes);
    }

    @Override
    public void close() {
      output.close();
    }
  }
}
