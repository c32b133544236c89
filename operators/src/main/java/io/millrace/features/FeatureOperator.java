package io.millrace.features;

import io.millrace.records.FeatureVector;
import java.time.Duration;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionKeyedStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.OutputTag;

/**
 * Feeds {@link FeatureEngine}: one row in, the entity's new features out, and again when a tile
 * leaves a window.
 *
 * <p>Keys are worked on in memory, as plain objects in a {@link WorkingSet}, and wait in a {@link
 * HopWheel} for what time will change. Flink's state is where they come from and where they are
 * written back to: those that changed before each snapshot, those that are let go when memory is
 * bounded and full. A key that is not in memory has an event-time timer in Flink.
 *
 * <table>
 *   <caption>State</caption>
 *   <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 *   <tr><td>head</td><td>entity</td><td>windows, kernels</td><td>the windows are empty, and one
 *   more widest window has passed; never with lifetime features</td></tr>
 *   <tr><td>chunks</td><td>entity, chunk</td><td>non-empty tiles of the widest window; unused
 *   where state is kept as objects, and for keys of few tiles, whose chunks are part of the head</td>
 *   <td>their tiles left it</td></tr>
 *   <tr><td>event-time timer</td><td>entity</td><td>one, set when the key is written</td><td>nothing
 *   is left to expire</td></tr>
 *   <tr><td>processing-time timer</td><td>entity</td><td>one</td><td>with {@code emit_every}, when
 *   the values were emitted</td></tr>
 *   <tr><td>bootstrapped</td><td>none</td><td>see {@link HistoryMarker}</td><td>never</td></tr>
 * </table>
 *
 * <p>The end of a bounded input is not the passing of time: nothing decays by it, but values that
 * {@code emit_every} held back are emitted.
 */
final class FeatureOperator extends AbstractStreamOperator<FeatureVector>
    implements OneInputStreamOperator<RowData, FeatureVector>,
        Triggerable<RowData, VoidNamespace>,
        BoundedOneInput {
  private static final long serialVersionUID = 1L;

  /** Name of the timers, a part of the state. */
  static final String TIMERS = "features";

  /** Places that keys have left in the wheel, before it is worth taking them out. */
  private static final int PLACES_TO_SWEEP = 1 << 10;

  private final FeaturePlan plan;
  private final long emitEveryMillis;
  private final WorkingMemory memory;
  private final OutputTag<RowData> lateRows;
  private final boolean needsHistory;

  private transient FeatureEngine engine;
  private transient Hops hops;
  private transient EntityReader entity;
  private transient WorkingSet keys;
  private transient HopWheel wheel;
  private transient HopWheel.Ring ring;
  private transient StoredKeys stored;
  private transient ChangedKeys changed;
  private transient ChangedKeys.Writer writer;
  private transient int mostChanged;
  private transient long mostBytes;

  /** Whether rows come key by key and there are no snapshots, as in a batch execution. */
  private transient boolean grouped;

  private transient LiveKey onlyKey;

  /** The hop that the watermark has reached. */
  private transient long hop;

  /** False once the watermark is none: the end of input, or derived from a row without a time. */
  private transient boolean timePasses;

  private transient StreamRecord<FeatureVector> element;
  private transient FeatureCounts counts;

  /**
   * @param needsHistory whether to begin only with state that was computed from history
   */
  FeatureOperator(
      FeaturePlan plan,
      Duration emitEvery,
      WorkingMemory memory,
      OutputTag<RowData> lateRows,
      boolean needsHistory) {
    this.plan = plan;
    this.emitEveryMillis = emitEvery.toMillis();
    this.memory = memory;
    this.lateRows = lateRows;
    this.needsHistory = needsHistory;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    if (needsHistory) {
      int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
      HistoryMarker.require(StateShape.of(plan), context, subtask);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    StateShape shape = StateShape.of(plan);
    hops = shape.hops();
    engine = new FeatureEngine(shape);
    entity = new EntityReader(new EntityKeySelector(plan.schema().entity()));
    keys = new WorkingSet(shape);
    // An empty key waits for as long again.
    wheel = new HopWheel(2 * shape.widest());
    ring = this::onDue;
    hop = Head.BEFORE_ALL;
    timePasses = true;
    changed = new ChangedKeys();
    KeyedStateBackend<RowData> backend = getKeyedStateBackend();
    InternalTimerService<VoidNamespace> timers =
        getInternalTimerService(TIMERS, VoidNamespaceSerializer.INSTANCE, this);
    stored = new StoredKeys(shape, engine, backend, timers);
    grouped = backend instanceof BatchExecutionKeyedStateBackend;
    boolean bounded = !grouped && !stored.live();
    mostBytes = bounded ? memory.bytes() : Long.MAX_VALUE;
    mostChanged = bounded ? memory.changedKeys(shape) : Integer.MAX_VALUE;
    writer = this::write;
    element = new StreamRecord<>(null);
    counts = new FeatureCounts(getMetricGroup(), keys);
  }

  /** Keys are told apart here; Flink is told of one only when its state is asked for. */
  @Override
  @SuppressWarnings("rawtypes") // as declared there
  public void setKeyContextElement1(StreamRecord record) {}

  @Override
  public void processElement(StreamRecord<RowData> record) throws Exception {
    RowData row = record.getValue();
    long time = record.getTimestamp();
    if (!record.hasTimestamp() || !Hops.isTime(time)) {
      counts.untimed.inc();
      output.collect(lateRows, record);
      return;
    }
    LiveKey key = turnTo(row);
    boolean expired = engine.advance(hop);
    RowKind kind = row.getRowKind();
    boolean retract = kind == RowKind.UPDATE_BEFORE || kind == RowKind.DELETE;
    int outcome = engine.take(row, time, retract);
    settle(key, expired || (outcome & FeatureEngine.CHANGED) != 0);
    if ((outcome & ~FeatureEngine.CHANGED) != 0) {
      counts.count(outcome);
      if ((outcome & FeatureEngine.LATE) != 0) {
        output.collect(lateRows, record);
      }
    }
  }

  /** Turns to the key of a row, or to one that Flink names. */
  private LiveKey turnTo(RowData row) throws Exception {
    entity.read(row);
    LiveKey key = keys.find(entity);
    if (key != null) {
      key.used = true;
      stored.turnTo(key);
      return key;
    }
    if (grouped) {
      endGroup();
      key = stored.begin(entity);
      onlyKey = key;
    } else {
      key = stored.read(entity);
      counts.keysRead.inc();
    }
    keys.add(key);
    return key;
  }

  /** Emits what has changed, and keeps what is to be kept of the key that was turned to. */
  private void settle(LiveKey key, boolean newValues) throws Exception {
    if (newValues) {
      if (emitEveryMillis == 0) {
        emit(key);
      } else if (!key.pending) {
        key.pending = true;
        if (!grouped) {
          stored.wakeAt(key, nextTurn(key));
        }
      }
    }
    // What is held back is forgotten once it was emitted.
    long due = Head.NONE;
    if (!engine.forgettable()) {
      due = engine.dueHop();
    } else if (!key.pending) {
      stored.remove(key);
      keys.remove(key);
      return;
    }
    if (due < key.due && !grouped) {
      wheel.add(key, due);
    }
    changed.add(key);
    keys.weigh(key);
    if (keys.bytes() > mostBytes) {
      letGo(key);
    }
    if (changed.size() > mostChanged) {
      changed.writeOldest(writer);
    }
  }

  /** Lets keys go until there is room, but not the one that is being worked on. */
  private void letGo(LiveKey current) throws Exception {
    while (keys.bytes() > mostBytes && keys.size() > 1) {
      LiveKey key = keys.leastUsed();
      if (key == current) {
        current.used = true;
        continue;
      }
      if (key.dirty) {
        write(key);
      }
      keys.remove(key);
      counts.keysLetGo.inc();
    }
    if (wheel.places() > 2 * keys.size() + PLACES_TO_SWEEP) {
      wheel.sweep();
    }
  }

  private void onDue(LiveKey key) throws Exception {
    stored.turnTo(key);
    settle(key, engine.advance(hop));
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    timePasses = Hops.isTime(watermark.getTimestamp());
    if (timePasses) {
      hop = Math.max(hop, hops.tile(watermark.getTimestamp()));
      wheel.advance(hop, ring);
    }
    // Now the keys that are not in memory.
    super.processWatermark(watermark);
  }

  @Override
  public void onEventTime(InternalTimer<RowData, VoidNamespace> timer) throws Exception {
    LiveKey key = turnTo(timer.getKey());
    if (key.timerMillis == timer.getTimestamp()) {
      key.timerMillis = Head.NONE;
    }
    settle(key, engine.advance(hop));
  }

  /** Each key has its own phase, so that hot keys are not all written at the same moment. */
  private long nextTurn(LiveKey key) {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    long phase = Math.floorMod(key.hash, emitEveryMillis);
    return now + emitEveryMillis - Math.floorMod(now - phase, emitEveryMillis);
  }

  @Override
  public void onProcessingTime(InternalTimer<RowData, VoidNamespace> timer) throws Exception {
    emitPending(timer.getKey());
  }

  private void emitPending(RowData of) throws Exception {
    LiveKey key = turnTo(of);
    boolean expired = engine.advance(hop);
    if (key.pending) {
      emit(key);
      expired = false;
    }
    settle(key, expired);
  }

  @Override
  public void endInput() throws Exception {
    if (grouped) {
      endGroup();
    } else if (emitEveryMillis > 0) {
      writeChanges();
      stored.forEachPending(this::emitPending);
    }
  }

  /** Ends with the key whose rows have all come. */
  private void endGroup() {
    if (onlyKey != null && onlyKey.pending) {
      emit(onlyKey);
    }
    onlyKey = null;
    keys.clear();
    changed.clear();
  }

  /** Before the barrier, so that timers are in place wherever Flink keeps them. */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    writeChanges();
  }

  /** Whoever takes a snapshot without a barrier finds everything written, too. */
  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    writeChanges();
    super.snapshotState(context);
  }

  private void writeChanges() throws Exception {
    changed.writeAll(writer);
  }

  private void write(LiveKey key) throws Exception {
    stored.write(key, timePasses);
    counts.keysWritten.inc();
  }

  private void emit(LiveKey key) {
    key.pending = false;
    BinaryRowData values = new BinaryRowData(plan.features());
    int outside = plan.write(key.totals, new BinaryRowWriter(values));
    if (outside > 0) {
      counts.outside.inc(outside);
    }
    long time = key.versionMillis;
    FeatureVector vector = new FeatureVector(key.entity, values, time, engine.revision(), false);
    output.collect(element.replace(vector, time));
  }
}
