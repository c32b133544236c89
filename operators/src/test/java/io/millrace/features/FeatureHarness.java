package io.millrace.features;

import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/** A feature operator under test, with a state backend and the power to fail and come back. */
final class FeatureHarness implements AutoCloseable {

  enum Backend {
    HEAP,
    ROCKSDB;

    StateBackend create() {
      return this == HEAP ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
    }
  }

  private static final int MAX_SNAPSHOT_BYTES = 64 << 20;

  private Backend backend;
  private final Duration emitEvery;
  private final WorkingMemory memory;
  private ViewFixture view;
  private KeyedOneInputStreamOperatorTestHarness<RowData, RowData, FeatureVector> harness;
  private long checkpoint;
  private final List<RowData> late = new ArrayList<>();

  FeatureHarness(ViewFixture view, Backend backend, Duration emitEvery) throws Exception {
    this(view, backend, emitEvery, null);
  }

  /** Comes back from the state of another one. */
  FeatureHarness(
      ViewFixture view, Backend backend, Duration emitEvery, OperatorSubtaskState restored)
      throws Exception {
    this(view, backend, emitEvery, WorkingMemory.DEFAULT, restored);
  }

  FeatureHarness(
      ViewFixture view,
      Backend backend,
      Duration emitEvery,
      WorkingMemory memory,
      OperatorSubtaskState restored)
      throws Exception {
    this.view = view;
    this.backend = backend;
    this.emitEvery = emitEvery;
    this.memory = memory;
    start(restored);
  }

  FeatureHarness(ViewFixture view, Backend backend) throws Exception {
    this(view, backend, Duration.ZERO);
  }

  private void start(OperatorSubtaskState state) throws Exception {
    RowType entity = view.plan().schema().entity();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            view.operator(emitEvery, memory),
            new EntityKeySelector(entity),
            InternalTypeInfo.of(entity));
    harness.setStateBackend(backend.create());
    harness.setup();
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  void ride(Ride ride) throws Exception {
    harness.processElement(new StreamRecord<>(view.row(ride), ride.timeMillis()));
  }

  void rideWithoutTime(Ride ride) throws Exception {
    harness.processElement(new StreamRecord<>(view.row(ride)));
  }

  void watermark(long millis) throws Exception {
    harness.processWatermark(new Watermark(millis));
  }

  void processingTime(long millis) throws Exception {
    harness.setProcessingTime(millis);
  }

  void endInput() throws Exception {
    harness.processWatermark(Watermark.MAX_WATERMARK);
    harness.endInput();
  }

  /** What was emitted since the last call. */
  List<FeatureVector> emitted() {
    List<FeatureVector> vectors = new ArrayList<>();
    for (Object output : harness.getOutput()) {
      if (output instanceof StreamRecord<?> record) {
        vectors.add((FeatureVector) record.getValue());
      }
    }
    harness.getOutput().clear();
    Collection<StreamRecord<RowData>> side =
        harness.getSideOutput(FeatureTopology.lateRows(view.projected()));
    if (side != null) {
      side.forEach(record -> late.add(record.getValue()));
      side.clear();
    }
    return vectors;
  }

  List<RowData> late() {
    emitted();
    return late;
  }

  void snapshot() throws Exception {
    harness.snapshot(++checkpoint, checkpoint);
  }

  /** A snapshot as it is when the barrier has gone on: taken, and not written yet. */
  OperatorSnapshotFutures beginSnapshot() throws Exception {
    return snapshot(CheckpointOptions.forCheckpointWithDefaultLocation());
  }

  private OperatorSnapshotFutures snapshot(CheckpointOptions options) throws Exception {
    return harness
        .getOperator()
        .snapshotState(
            ++checkpoint, checkpoint, options, new MemCheckpointStreamFactory(MAX_SNAPSHOT_BYTES));
  }

  /** Writes a snapshot, which lets go of what it holds. */
  static OperatorSubtaskState write(OperatorSnapshotFutures begun) throws Exception {
    return OperatorSnapshotFinalizer.create(begun).getJobManagerOwnedState();
  }

  /** A canonical savepoint. */
  OperatorSubtaskState savepoint() throws Exception {
    return write(
        snapshot(
            new CheckpointOptions(
                SavepointType.savepoint(SavepointFormatType.CANONICAL),
                CheckpointStorageLocationReference.getDefault())));
  }

  /** Stops with a canonical savepoint and comes back on another backend, with another view. */
  List<FeatureVector> moveTo(Backend other, ViewFixture changed) throws Exception {
    OperatorSubtaskState savepoint = savepoint();
    List<FeatureVector> before = emitted();
    harness.close();
    backend = other;
    view = changed;
    start(savepoint);
    return before;
  }

  /** Fails and comes back from a snapshot; what was emitted and not read is kept. */
  List<FeatureVector> failAndRestore() throws Exception {
    return restoreAs(view);
  }

  /** Stops with a snapshot and comes back with another definition of the view. */
  List<FeatureVector> restoreAs(ViewFixture changed) throws Exception {
    OperatorSubtaskState state = harness.snapshot(++checkpoint, checkpoint);
    List<FeatureVector> before = emitted();
    harness.close();
    view = changed;
    start(state);
    return before;
  }

  /** Writes what is only in memory, as before a snapshot. */
  private void writeBack() throws Exception {
    ((AbstractStreamOperator<?>) harness.getOperator()).prepareSnapshotPreBarrier(checkpoint);
  }

  /** Keys that still have state. */
  long entries() throws Exception {
    writeBack();
    var backend =
        ((AbstractStreamOperator<?>) harness.getOperator()).<RowData>getKeyedStateBackend();
    try (Stream<RowData> heads = backend.getKeys("head", VoidNamespace.INSTANCE);
        Stream<RowData> chunks = backend.getKeys("chunks", VoidNamespace.INSTANCE)) {
      return heads.count() + chunks.count();
    }
  }

  int timers() throws Exception {
    writeBack();
    return harness.numEventTimeTimers() + harness.numProcessingTimeTimers();
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
