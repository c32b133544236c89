package io.millrace.drift;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.types.RowKind;

/**
 * First of two stages: turns rows into {@link ColumnChunk}s, column by column, where the rows are.
 * A column's tally, which lives in one place, then takes in thousands of values at a time, so one
 * hot stream is no hot spot.
 *
 * <p>There is no state: all buffers are flushed before a checkpoint's barrier and before a
 * watermark that closes their step passes, when {@value #MAX_ROWS} rows are waiting, and at the end
 * of the input.
 */
final class ChunkOperator extends AbstractStreamOperator<ColumnChunk>
    implements OneInputStreamOperator<RowData, ColumnChunk>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  /** Rows that wait in all buffers together: 8 bytes per row and numeric column. */
  private static final int MAX_ROWS = 16_384;

  /** Segments that may wait at once; rows of others are counted in the whole only. */
  private static final int MAX_SEGMENTS = 4_096;

  private static final BinaryStringData WHOLE = BinaryStringData.fromString("");

  private final DriftPlan plan;

  private transient ColumnValues.CategoryReader segments;
  private transient Map<Long, Map<StringData, StepBuffer>> buffers;
  private transient int waitingRows;
  private transient int waitingSegments;
  private transient StreamRecord<ColumnChunk> element;
  private transient Counter untimed;

  // The step and buffer of the row before, most often also those of the next.
  private transient long lastStep;
  private transient Map<StringData, StepBuffer> lastBuffers;
  private transient StepBuffer whole;

  ChunkOperator(DriftPlan plan) {
    this.plan = plan;
  }

  /** Buffers of all columns in one step and segment. */
  private static final class StepBuffer {
    private final ColumnBuffer[] columns;
    private long rows;

    StepBuffer(List<WatchedColumn> watched) {
      columns = new ColumnBuffer[watched.size()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = new ColumnBuffer(watched.get(i));
      }
    }

    void add(RowData row, boolean retract) {
      rows++;
      for (ColumnBuffer column : columns) {
        column.add(row, retract);
      }
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    segments =
        plan.segmented()
            ? ColumnValues.category(plan.segmentType(), plan.segmentPosition()).orElseThrow()
            : null;
    buffers = new HashMap<>();
    element = new StreamRecord<>(null);
    untimed = getMetricGroup().counter("untimed");
    forgetLast();
  }

  private void forgetLast() {
    lastStep = Long.MIN_VALUE;
    lastBuffers = null;
    whole = null;
  }

  @Override
  public void processElement(StreamRecord<RowData> record) {
    if (!record.hasTimestamp() || record.getTimestamp() == Long.MIN_VALUE) {
      untimed.inc();
      return;
    }
    RowData row = record.getValue();
    RowKind kind = row.getRowKind();
    boolean retract = kind == RowKind.UPDATE_BEFORE || kind == RowKind.DELETE;
    if (retract && !plan.retracts()) {
      return;
    }
    bufferOf(row, plan.stepOf(record.getTimestamp())).add(row, retract);
    if (++waitingRows >= MAX_ROWS) {
      flush(Long.MAX_VALUE);
    }
  }

  private StepBuffer bufferOf(RowData row, long step) {
    if (step != lastStep || lastBuffers == null) {
      lastStep = step;
      lastBuffers = buffers.computeIfAbsent(step, any -> new HashMap<>());
      whole = lastBuffers.get(WHOLE);
    }
    if (segments == null || row.isNullAt(plan.segmentPosition())) {
      return whole();
    }
    StringData segment = segments.read(row);
    StepBuffer buffer = lastBuffers.get(segment);
    if (buffer == null) {
      if (waitingSegments >= MAX_SEGMENTS) {
        return whole();
      }
      waitingSegments++;
      buffer = new StepBuffer(plan.columns());
      lastBuffers.put(((BinaryStringData) segment).copy(), buffer);
    }
    return buffer;
  }

  private StepBuffer whole() {
    if (whole == null) {
      whole = new StepBuffer(plan.columns());
      lastBuffers.put(WHOLE, whole);
    }
    return whole;
  }

  /** Sends the steps that a watermark closes. */
  private void flush(long watermark) {
    List<Long> sent = new ArrayList<>();
    for (Map.Entry<Long, Map<StringData, StepBuffer>> step : buffers.entrySet()) {
      if (step.getKey() <= watermark - plan.stepMillis() + 1) {
        step.getValue().forEach((segment, buffer) -> send(step.getKey(), segment, buffer));
        sent.add(step.getKey());
      }
    }
    sent.forEach(buffers::remove);
    waitingSegments =
        buffers.values().stream().mapToInt(segmentsOfStep -> segmentsOfStep.size()).sum();
    forgetLast();
  }

  private void send(long step, StringData segment, StepBuffer buffer) {
    String name = ColumnBuffer.shortened((BinaryStringData) segment);
    for (ColumnBuffer column : buffer.columns) {
      element.replace(column.drain(name, !name.isEmpty(), step, buffer.rows), step);
      output.collect(element);
    }
    waitingRows -= (int) buffer.rows;
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    flush(mark.getTimestamp());
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    flush(Long.MAX_VALUE);
  }

  @Override
  public void endInput() {
    flush(Long.MAX_VALUE);
  }
}
