package io.millrace.features;

import java.util.function.BiConsumer;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.table.data.RowData;

/**
 * The keys as Flink's state holds them: where a {@link LiveKey} comes from and is written back to.
 * What is here may be older than what is in memory, except in a snapshot.
 *
 * <p>State kept as objects is not copied: the head that was written is frozen, and the key goes on
 * with a thawed one, so that snapshots can be read while rows go on.
 *
 * <p>NOT thread safe.
 */
final class StoredKeys implements ChunkStore {
  private final StateShape shape;
  private final FeatureEngine engine;
  private final KeyedStateBackend<RowData> backend;
  private final ValueStateDescriptor<Head> headDescriptor;
  private final ValueState<Head> heads;
  private final MapState<Long, Chunk> chunks;
  private final InternalTimerService<VoidNamespace> timers;
  private final boolean live;
  private LiveKey key;
  private long generations;

  StoredKeys(
      StateShape shape,
      FeatureEngine engine,
      KeyedStateBackend<RowData> backend,
      InternalTimerService<VoidNamespace> timers)
      throws Exception {
    this.shape = shape;
    this.engine = engine;
    this.backend = backend;
    this.timers = timers;
    headDescriptor = new ValueStateDescriptor<>("head", new HeadSerializer(shape));
    heads = partitioned(headDescriptor);
    chunks =
        partitioned(
            new MapStateDescriptor<>(
                "chunks", LongSerializer.INSTANCE, new ChunkSerializer(shape)));
    live = backend instanceof HeapKeyedStateBackend;
  }

  private <S extends org.apache.flink.api.common.state.State> S partitioned(
      org.apache.flink.api.common.state.StateDescriptor<S, ?> descriptor) throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  /** Turns the engine to a key in memory, with a head that may be changed. */
  void turnTo(LiveKey to) {
    key = to;
    if (to.head.frozen) {
      to.head = to.head.thaw(++generations);
    }
    engine.turnTo(to.head, this);
  }

  /** Turns the engine to a key that was not in memory, and reads what there is of it. */
  void read(LiveKey to) throws Exception {
    key = to;
    backend.setCurrentKey(to.entity);
    Head head = heads.value();
    to.stored = head != null;
    to.head = engine.open(head == null ? null : unshared(head), this);
    // What became of it by being read is not in the state yet.
    to.dirty = false;
  }

  private Head unshared(Head stored) {
    if (!live) {
      return stored;
    }
    return stored.shape == shape ? stored.thaw(++generations) : stored.copy();
  }

  /** Turns the engine to a key that has no state and is to have none. */
  void begin(LiveKey to) throws Exception {
    key = to;
    to.head = engine.open(null, this);
  }

  /**
   * Writes a key that has changed.
   *
   * @param timePasses whether there will be watermarks to wait for
   */
  void write(LiveKey of, boolean timePasses) throws Exception {
    turnTo(of);
    backend.setCurrentKey(of.entity);
    engine.saveChunks();
    Head head = of.head;
    // A timer that rings too early finds nothing to do and is set anew; moving it costs more.
    if (timePasses && of.due != Head.NONE) {
      long due = of.due * shape.hops().millis();
      if (due < head.timerMillis) {
        deleteTimer(head);
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
        head.timerMillis = due;
      }
    }
    heads.update(head);
    head.frozen = live;
    of.stored = true;
    of.dirty = false;
  }

  /** Removes all that there is of a key, of which no chunk is left. */
  void remove(LiveKey of) throws Exception {
    if (of.stored) {
      backend.setCurrentKey(of.entity);
      deleteTimer(of.head);
      heads.clear();
      of.stored = false;
    }
  }

  private void deleteTimer(Head head) {
    if (head.timerMillis != Head.NONE) {
      timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, head.timerMillis);
    }
  }

  /** Lets {@code emit_every} end for a key at this processing time. */
  void wakeAt(LiveKey of, long millis) {
    backend.setCurrentKey(of.entity);
    timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, millis);
  }

  /** Hands over the entities whose stored values were held back. */
  void forEachPending(PendingEntity action) throws Exception {
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        headDescriptor,
        (entity, state) -> {
          Head head = state.value();
          if (head != null && head.pending) {
            action.accept(entity);
          }
        });
  }

  /** See {@link #forEachPending}. */
  interface PendingEntity {
    void accept(RowData entity) throws Exception;
  }

  @Override
  public Chunk get(long address) throws Exception {
    backend.setCurrentKey(key.entity);
    return chunks.get(address);
  }

  @Override
  public void put(long address, Chunk chunk) throws Exception {
    backend.setCurrentKey(key.entity);
    chunks.put(address, chunk);
  }

  @Override
  public void remove(long address) throws Exception {
    backend.setCurrentKey(key.entity);
    chunks.remove(address);
  }

  @Override
  public void takeAll(BiConsumer<Long, Chunk> taker) throws Exception {
    backend.setCurrentKey(key.entity);
    chunks.entries().forEach(entry -> taker.accept(entry.getKey(), entry.getValue()));
    chunks.clear();
  }

  @Override
  public boolean live() {
    return live;
  }
}
