package io.millrace.features;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateAssignmentOperation;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.streaming.api.operators.InternalTimeServiceManager;
import org.apache.flink.streaming.api.operators.InternalTimeServiceManagerImpl;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.streaming.runtime.tasks.StreamTaskCancellationContext;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.clock.Clock;
import org.apache.flink.util.clock.SystemClock;

/**
 * The state of a view's operator outside of the job that it belongs to: restored from a savepoint
 * for the key groups of one subtask, changed, and written to another one. On the heap, whatever
 * backend wrote it or will read it: savepoints look the same.
 *
 * <p>NOT thread safe.
 */
final class KeptState implements KeyContext, AutoCloseable {
  private final CloseableRegistry closeables = new CloseableRegistry();
  private final CheckpointableKeyedStateBackend<RowData> backend;
  private final StoredKeys keys;

  /**
   * @param restored null: begins empty
   */
  KeptState(
      StateShape shape,
      FeatureEngine engine,
      TypeSerializer<RowData> entity,
      Environment environment,
      OperatorState restored)
      throws Exception {
    TaskInfo task = environment.getTaskInfo();
    int groups = task.getMaxNumberOfParallelSubtasks();
    KeyGroupRange range =
        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
            groups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
    List<KeyedStateHandle> handles =
        restored == null
            ? List.of()
            : StateAssignmentOperation.getManagedKeyedStateHandles(restored, range);
    ClassLoader classes = environment.getUserCodeClassLoader().asClassLoader();
    backend =
        new HashMapStateBackend()
            .createKeyedStateBackend(
                new KeyedStateBackendParametersImpl<>(
                    environment,
                    environment.getJobID(),
                    shape.view(),
                    entity,
                    groups,
                    range,
                    environment.getTaskKvStateRegistry(),
                    TtlTimeProvider.DEFAULT,
                    environment.getMetricGroup(),
                    handles,
                    closeables));
    InternalTimeServiceManager<RowData> timers =
        InternalTimeServiceManagerImpl.create(
            environment.getMetricGroup().getIOMetricGroup(),
            backend,
            range,
            classes,
            this,
            new NoTime(),
            List.of(),
            StreamTaskCancellationContext.alwaysRunning());
    keys =
        new StoredKeys(
            shape,
            engine,
            backend,
            timers.getInternalTimerService(
                FeatureOperator.TIMERS, entity, VoidNamespaceSerializer.INSTANCE, new NoTimers()));
  }

  StoredKeys keys() {
    return keys;
  }

  @Override
  public void setCurrentKey(Object key) {
    backend.setCurrentKey((RowData) key);
  }

  @Override
  public Object getCurrentKey() {
    return backend.getCurrentKey();
  }

  /**
   * Writes everything to a savepoint.
   *
   * @param folder of the savepoint; files of state come into it, its metadata do not
   * @param marker entries of {@link HistoryMarker}; empty but for one subtask
   */
  OperatorSubtaskState write(String folder, List<String> marker) throws Exception {
    RunnableFuture<SnapshotResult<KeyedStateHandle>> keyed =
        StreamOperatorStateHandler.prepareCanonicalSavepoint(backend, closeables)
            .snapshot(
                SavepointLists.CHECKPOINT,
                0,
                SavepointLists.files(folder),
                SavepointLists.options(folder));
    keyed.run();
    OperatorSubtaskState.Builder written = OperatorSubtaskState.builder();
    KeyedStateHandle keyedHandle = keyed.get().getJobManagerOwnedSnapshot();
    if (keyedHandle != null) {
      written.setManagedKeyedState(keyedHandle);
    }
    if (!marker.isEmpty()) {
      written.setManagedOperatorState(
          SavepointLists.write(folder, HistoryMarker.STATE, true, marker));
    }
    return written.build();
  }

  @Override
  public void close() throws IOException {
    closeables.close();
    backend.dispose();
  }

  /** Timers are kept, and ring in the job that they are for. */
  private static final class NoTimers implements Triggerable<RowData, VoidNamespace> {
    @Override
    public void onEventTime(InternalTimer<RowData, VoidNamespace> timer) {
      throw new IllegalStateException("time does not pass here");
    }

    @Override
    public void onProcessingTime(InternalTimer<RowData, VoidNamespace> timer) {
      throw new IllegalStateException("time does not pass here");
    }
  }

  /** A clock of which nothing rings. */
  private static final class NoTime implements ProcessingTimeService {
    @Override
    public Clock getClock() {
      return SystemClock.getInstance();
    }

    @Override
    public long getCurrentProcessingTime() {
      return getClock().absoluteTimeMillis();
    }

    @Override
    public ScheduledFuture<?> registerTimer(long timestamp, ProcessingTimeCallback target) {
      return null;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        ProcessingTimeCallback callback, long initialDelay, long period) {
      return null;
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        ProcessingTimeCallback callback, long initialDelay, long period) {
      return null;
    }

    @Override
    public CompletableFuture<Void> quiesce() {
      return CompletableFuture.completedFuture(null);
    }
  }
}
