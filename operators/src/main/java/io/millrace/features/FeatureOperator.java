package io.millrace.features;

import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionKeyedStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.OutputTag;

/**
 * Moves the state of {@link FeatureEngine}: one row in, the entity's new features out, and again
 * when a tile leaves a window.
 *
 * <table>
 *   <caption>State</caption>
 *   <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 *   <tr><td>head</td><td>entity</td><td>windows, kernels</td><td>the windows are empty, and one
 *   more widest window has passed; never with lifetime features</td></tr>
 *   <tr><td>chunks</td><td>entity, chunk</td><td>non-empty tiles of the widest window; unused
 *   where state is kept as objects, and for keys of few tiles, whose chunks are part of the head</td>
 *   <td>their tiles left it</td></tr>
 *   <tr><td>event-time timer</td><td>entity</td><td>one</td><td>nothing is left to expire</td></tr>
 *   <tr><td>processing-time timer</td><td>entity</td><td>one</td><td>with {@code emit_every}, when
 *   the values were emitted</td></tr>
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

  private final FeaturePlan plan;
  private final long emitEveryMillis;
  private final OutputTag<RowData> lateRows;

  private transient ValueStateDescriptor<Head> headDescriptor;
  private transient ValueState<Head> heads;
  private transient KeyedChunks chunks;
  private transient FeatureEngine engine;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient StreamRecord<FeatureVector> element;
  private transient Counts counts;

  FeatureOperator(FeaturePlan plan, Duration emitEvery, OutputTag<RowData> lateRows) {
    this.plan = plan;
    this.emitEveryMillis = emitEvery.toMillis();
    this.lateRows = lateRows;
  }

  @Override
  public void open() throws Exception {
    super.open();
    StateShape shape = StateShape.of(plan);
    headDescriptor = new ValueStateDescriptor<>("head", new HeadSerializer(shape));
    heads = getPartitionedState(headDescriptor);
    chunks =
        new KeyedChunks(
            getPartitionedState(
                new MapStateDescriptor<>(
                    "chunks", LongSerializer.INSTANCE, new ChunkSerializer(shape))),
            getKeyedStateBackend() instanceof HeapKeyedStateBackend);
    timers = getInternalTimerService("features", VoidNamespaceSerializer.INSTANCE, this);
    engine = new FeatureEngine(shape);
    element = new StreamRecord<>(null);
    counts = new Counts(getMetricGroup());
  }

  @Override
  public void processElement(StreamRecord<RowData> record) throws Exception {
    RowData row = record.getValue();
    if (!record.hasTimestamp() || !Hops.isTime(record.getTimestamp())) {
      counts.untimed.inc();
      output.collect(lateRows, record);
      return;
    }
    Head stored = heads.value();
    Head head = engine.open(stored, chunks);
    // The timer for what the watermark has let expire may still be waiting for its turn.
    advance(timers.currentWatermark());
    RowKind kind = row.getRowKind();
    boolean retract = kind == RowKind.UPDATE_BEFORE || kind == RowKind.DELETE;
    int outcome = engine.take(row, record.getTimestamp(), retract);
    settle(stored, head, (outcome & FeatureEngine.CHANGED) != 0);
    if ((outcome & ~FeatureEngine.CHANGED) != 0) {
      counts.count(outcome);
      if ((outcome & FeatureEngine.LATE) != 0) {
        output.collect(lateRows, record);
      }
    }
  }

  @Override
  public void onEventTime(InternalTimer<RowData, VoidNamespace> timer) throws Exception {
    Head stored = heads.value();
    if (stored == null) {
      return;
    }
    Head head = engine.open(stored, chunks);
    if (head.timerMillis == timer.getTimestamp()) {
      head.timerMillis = Head.NONE;
    }
    long watermark = timers.currentWatermark();
    if (!Hops.isTime(watermark)) {
      // The end of input, or derived from a row whose time was none: no time passes by it, so a
      // timer set anew for what is due would ring at once, and again without end.
      engine.close();
      save(stored, head);
    } else {
      settle(stored, head, advance(watermark));
    }
  }

  private boolean advance(long watermark) throws Exception {
    return Hops.isTime(watermark) && engine.advance(watermark);
  }

  /** Emits what has changed, and keeps what is to be kept of the key. */
  private void settle(Head stored, Head head, boolean changed) throws Exception {
    if (changed) {
      if (emitEveryMillis == 0) {
        emit(head);
      } else if (!head.pending) {
        head.pending = true;
        timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, nextTurn());
      }
    }
    boolean forgettable = engine.forgettable();
    boolean forget = forgettable && !head.pending;
    // What is held back is forgotten once it was emitted. A timer would be due already, and set
    // anew each time it rings: the processing time that ends the wait would never get its turn.
    long due = forgettable ? Head.NONE : engine.dueMillis();
    engine.close();
    if (forget) {
      if (head.timerMillis != Head.NONE) {
        timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, head.timerMillis);
      }
      heads.clear();
      return;
    }
    // A timer that rings too early finds nothing to do and is set anew; moving it costs more.
    if (due < head.timerMillis) {
      if (head.timerMillis != Head.NONE) {
        timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, head.timerMillis);
      }
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
      head.timerMillis = due;
    }
    save(stored, head);
  }

  private void save(Head stored, Head head) throws Exception {
    if (stored != head || !chunks.live()) {
      heads.update(head);
    }
  }

  /** Each key has its own phase, so that hot keys are not all written at the same moment. */
  private long nextTurn() {
    long now = timers.currentProcessingTime();
    long phase = Math.floorMod(getCurrentKey().hashCode(), emitEveryMillis);
    return now + emitEveryMillis - Math.floorMod(now - phase, emitEveryMillis);
  }

  @Override
  public void onProcessingTime(InternalTimer<RowData, VoidNamespace> timer) throws Exception {
    emitPending(heads.value());
  }

  private void emitPending(Head stored) throws Exception {
    if (stored == null || !stored.pending) {
      return;
    }
    Head head = engine.open(stored, chunks);
    emit(head);
    settle(stored, head, false);
  }

  @Override
  public void endInput() throws Exception {
    if (emitEveryMillis == 0 || getKeyedStateBackend() instanceof BatchExecutionKeyedStateBackend) {
      // A batch execution rings the timers of each key when it is done with it.
      return;
    }
    this.<RowData>getKeyedStateBackend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            headDescriptor,
            (key, state) -> emitPending(state.value()));
  }

  private void emit(Head head) {
    head.pending = false;
    BinaryRowData values = new BinaryRowData(plan.features());
    int outside = plan.write(head.totals, new BinaryRowWriter(values));
    if (outside > 0) {
      counts.outside.inc(outside);
    }
    FeatureVector vector =
        new FeatureVector(
            (RowData) getCurrentKey(), values, head.versionMillis, engine.revision(), false);
    output.collect(element.replace(vector, head.versionMillis));
  }

  /** The chunks of the current key. */
  private static final class KeyedChunks implements ChunkStore {
    private final MapState<Long, Chunk> state;
    private final boolean live;

    KeyedChunks(MapState<Long, Chunk> state, boolean live) {
      this.state = state;
      this.live = live;
    }

    @Override
    public Chunk get(long address) throws Exception {
      return state.get(address);
    }

    @Override
    public void put(long address, Chunk chunk) throws Exception {
      state.put(address, chunk);
    }

    @Override
    public void remove(long address) throws Exception {
      state.remove(address);
    }

    @Override
    public void takeAll(BiConsumer<Long, Chunk> taker) throws Exception {
      state.entries().forEach(entry -> taker.accept(entry.getKey(), entry.getValue()));
      state.clear();
    }

    @Override
    public boolean live() {
      return live;
    }
  }

  /** What a user wants to know about rows that did not simply count. */
  private static final class Counts {
    final Counter untimed;
    final Counter late;
    final Counter gone;
    final Counter notRetractable;
    final Counter outside;

    Counts(MetricGroup metrics) {
      untimed = metrics.counter("rowsWithoutTime");
      late = metrics.counter("lateRows");
      gone = metrics.counter("retractionsOfGoneRows");
      notRetractable = metrics.counter("retractionsNotUndone");
      outside = metrics.counter("valuesOutsideTheirType");
    }

    void count(int outcome) {
      if ((outcome & FeatureEngine.LATE) != 0) {
        late.inc();
      }
      if ((outcome & FeatureEngine.GONE) != 0) {
        gone.inc();
      }
      if ((outcome & FeatureEngine.NOT_RETRACTABLE) != 0) {
        notRetractable.inc();
      }
    }
  }
}
