package io.millrace.features;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
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
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionKeyedStateBackend;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * The keys as Flink's state holds them: where a {@link LiveKey} comes from and is written back to.
 * What is here may be older than what is in memory, except in a snapshot.
 *
 * <p>State kept as objects is not copied when it is written: it is shared, and a key that goes on
 * changing takes copies then, so that snapshots can be read while rows go on.
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
  private RowData entity;
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
    live =
        backend instanceof HeapKeyedStateBackend
            || backend instanceof BatchExecutionKeyedStateBackend;
  }

  private <S extends org.apache.flink.api.common.state.State> S partitioned(
      org.apache.flink.api.common.state.StateDescriptor<S, ?> descriptor) throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  /** Turns the engine to a key in memory, so that it may be changed. */
  void turnTo(LiveKey key) {
    entity = key.entity;
    if (key.frozen) {
      key.unshare(++generations);
      key.frozen = false;
    }
    engine.turnTo(key, this);
  }

  /**
   * Reads what there is of an entity that is not in memory, and turns the engine to it. Whatever
   * becomes of it by being read is only in memory: the key has changed.
   */
  LiveKey read(EntityReader reader) throws Exception {
    BinaryRowData copy = reader.copy();
    entity = copy;
    backend.setCurrentKey(copy);
    Head head = heads.value();
    LiveKey key = reader.toKey(copy, engine.open(head == null ? null : unshared(head), this));
    key.stored = head != null;
    engine.turnTo(key, this);
    return key;
  }

  private Head unshared(Head head) {
    if (!live) {
      return head;
    }
    if (head.shape != shape) {
      return head.copy();
    }
    Head other = new Head(head);
    other.unshare(++generations);
    return other;
  }

  /** What there is of an entity as it was written, not to be changed; null if nothing. */
  Head peek(RowData of) throws Exception {
    backend.setCurrentKey(of);
    return heads.value();
  }

  /** Takes note that nothing is to be kept of an entity, timers aside. */
  void forget(RowData of) throws Exception {
    backend.setCurrentKey(of);
    heads.clear();
    chunks.clear();
  }

  /** The entities of which there is something. */
  List<RowData> entities() {
    try (Stream<RowData> all = backend.getKeys(headDescriptor.getName(), VoidNamespace.INSTANCE)) {
      return all.toList();
    }
  }

  /** Turns the engine to an entity that has no state and is to have none. */
  LiveKey begin(EntityReader reader) throws Exception {
    LiveKey key = reader.toKey(reader.copy(), engine.open(null, this));
    engine.turnTo(key, this);
    return key;
  }

  /**
   * Writes a key that has changed.
   *
   * @param timePasses whether there will be watermarks to wait for
   */
  void write(LiveKey key, boolean timePasses) throws Exception {
    turnTo(key);
    backend.setCurrentKey(key.entity);
    engine.saveChunks();
    // A timer that rings too early finds nothing to do and is set anew; moving it costs more.
    if (timePasses && key.due != Head.NONE) {
      long due = key.due * shape.hops().millis();
      if (due < key.timerMillis) {
        deleteTimer(key);
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
        key.timerMillis = due;
      }
    }
    heads.update(live ? new Head(key) : key);
    key.frozen = live;
    key.stored = true;
    key.dirty = false;
  }

  /** Removes all that there is of a key, of which no chunk is left. */
  void remove(LiveKey key) throws Exception {
    if (key.stored) {
      backend.setCurrentKey(key.entity);
      deleteTimer(key);
      heads.clear();
      key.stored = false;
    }
  }

  private void deleteTimer(Head head) {
    if (head.timerMillis != Head.NONE) {
      timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, head.timerMillis);
    }
  }

  /** Lets {@code emit_every} end for a key at this processing time. */
  void wakeAt(LiveKey key, long millis) {
    backend.setCurrentKey(key.entity);
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
    backend.setCurrentKey(entity);
    return chunks.get(address);
  }

  @Override
  public void put(long address, Chunk chunk) throws Exception {
    backend.setCurrentKey(entity);
    chunks.put(address, chunk);
  }

  @Override
  public void remove(long address) throws Exception {
    backend.setCurrentKey(entity);
    chunks.remove(address);
  }

  @Override
  public void takeAll(BiConsumer<Long, Chunk> taker) throws Exception {
    backend.setCurrentKey(entity);
    chunks.entries().forEach(entry -> taker.accept(entry.getKey(), entry.getValue()));
    chunks.clear();
  }

  @Override
  public boolean live() {
    return live;
  }
}
