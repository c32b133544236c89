package io.millrace.features;

import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
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

  private final Backend backend;
  private final Duration emitEvery;
  private ViewFixture view;
  private KeyedOneInputStreamOperatorTestHarness<RowData, RowData, FeatureVector> harness;
  private long checkpoint;
  private final List<RowData> late = new ArrayList<>();

  FeatureHarness(ViewFixture view, Backend backend, Duration emitEvery) throws Exception {
    this.view = view;
    this.backend = backend;
    this.emitEvery = emitEvery;
    start(null);
  }

  FeatureHarness(ViewFixture view, Backend backend) throws Exception {
    this(view, backend, Duration.ZERO);
  }

  private void start(OperatorSubtaskState state) throws Exception {
    RowType entity = view.plan().schema().entity();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            view.operator(emitEvery), new EntityKeySelector(entity), InternalTypeInfo.of(entity));
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

  /** Keys that still have state. */
  long entries() {
    var backend =
        ((AbstractStreamOperator<?>) harness.getOperator()).<RowData>getKeyedStateBackend();
    try (Stream<RowData> heads = backend.getKeys("head", VoidNamespace.INSTANCE);
        Stream<RowData> chunks = backend.getKeys("chunks", VoidNamespace.INSTANCE)) {
      return heads.count() + chunks.count();
    }
  }

  int timers() {
    return harness.numEventTimeTimers() + harness.numProcessingTimeTimers();
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
