package io.millrace.drift;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Second of two stages: keeps the {@link ColumnMonitor} of each column, and emits its windows when
 * the watermark closes them. Columns live in memory; only what has changed is written, and only for
 * a checkpoint, as parts of bytes.
 *
 * <table>
 *   <caption>State</caption>
 *   <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 *   <tr><td>parts: steps</td><td>column, segment, step</td><td>steps of one window, plus one; a
 *   tally has at most 4,096 cells (segments 1,024) of 2 to 8 bytes</td><td>no open window covers
 *   the step</td></tr>
 *   <tr><td>parts: baseline</td><td>column, segment</td><td>one tally</td><td>the reference is
 *   complete</td></tr>
 *   <tr><td>parts: frozen</td><td>column, segment</td><td>bins of the grid, about 2 KB</td><td>a
 *   control message replaces it</td></tr>
 *   <tr><td>parts: ring</td><td>column, segment, step</td><td>steps that a moving reference
 *   reaches, at most 2,000; tallies of at most 1,024 cells</td><td>no reference reaches the
 *   step</td></tr>
 *   <tr><td>parts: meta</td><td>column</td><td>segments, at most the limit</td><td>never</td></tr>
 *   <tr><td>event-time timer</td><td>column</td><td>open steps</td><td>the step is closed</td></tr>
 * </table>
 */
final class ColumnOperator extends AbstractStreamOperator<ColumnWindow>
    implements OneInputStreamOperator<ColumnChunk, ColumnWindow>,
        Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private final DriftPlan plan;

  private transient Map<String, WatchedColumn> columns;
  private transient Map<String, ColumnMonitor> monitors;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient StoredParts parts;
  private transient StreamRecord<ColumnWindow> element;
  private transient Counter late;

  ColumnOperator(DriftPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open() throws Exception {
    super.open();
    columns = new HashMap<>();
    plan.columns().forEach(column -> columns.put(column.name(), column));
    monitors = new HashMap<>();
    parts =
        new StoredParts(
            getPartitionedState(
                new MapStateDescriptor<>(
                    "parts", StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE)));
    timers = getInternalTimerService("steps", VoidNamespaceSerializer.INSTANCE, this);
    element = new StreamRecord<>(null);
    late = getMetricGroup().counter("late");
  }

  @Override
  public void processElement(StreamRecord<ColumnChunk> record) throws Exception {
    ColumnChunk chunk = record.getValue();
    ColumnMonitor monitor = monitor(chunk.column());
    if (monitor == null) {
      return;
    }
    if (chunk.order() != null) {
      monitor.obey(chunk.order());
      return;
    }
    Optional<Long> closes = monitor.add(chunk, timers.currentWatermark());
    if (closes.isPresent()) {
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, closes.get());
    } else {
      late.inc(chunk.rows());
    }
  }

  /** Null for a column that was watched once and is no more. */
  private ColumnMonitor monitor(String name) throws Exception {
    ColumnMonitor monitor = monitors.get(name);
    if (monitor == null) {
      WatchedColumn column = columns.get(name);
      if (column == null) {
        return null;
      }
      monitor = ColumnMonitor.restore(plan, column, parts);
      monitors.put(name, monitor);
    }
    return monitor;
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    ColumnMonitor monitor = monitor(timer.getKey());
    if (monitor == null) {
      return;
    }
    ColumnMonitor.Closed closed = monitor.close(timer.getTimestamp() + 1 - plan.stepMillis());
    for (ColumnWindow window : closed.windows()) {
      output.collect(element.replace(window, window.result().windowEndMillis() - 1));
    }
    closed
        .nextCloseMillis()
        .ifPresent(next -> timers.registerEventTimeTimer(VoidNamespace.INSTANCE, next));
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("windows close by event time alone");
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    for (Map.Entry<String, ColumnMonitor> each : monitors.entrySet()) {
      setCurrentKey(each.getKey());
      each.getValue().flush(parts);
    }
  }

  /** Parts of the current key's column. */
  private static final class StoredParts implements Parts {
    private final MapState<String, byte[]> state;
    private final DataOutputSerializer out = new DataOutputSerializer(4_096);

    StoredParts(MapState<String, byte[]> state) {
      this.state = state;
    }

    @Override
    public void put(String name, Writer part) throws Exception {
      out.clear();
      part.write(out);
      state.put(name, out.getCopyOfBuffer());
    }

    @Override
    public void remove(String name) throws Exception {
      state.remove(name);
    }

    @Override
    public void forEach(Reader reader) throws Exception {
      List<Map.Entry<String, byte[]>> entries = new ArrayList<>();
      for (Map.Entry<String, byte[]> entry : state.entries()) {
        entries.add(Map.entry(entry.getKey(), entry.getValue()));
      }
      for (Map.Entry<String, byte[]> entry : entries) {
        reader.read(entry.getKey(), new DataInputDeserializer(entry.getValue()));
      }
    }
  }
}
