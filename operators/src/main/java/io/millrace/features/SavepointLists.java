package io.millrace.features;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.DefaultOperatorStateBackend;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;

/** Lists that operators keep beside the state of keys, read from savepoints and written to them. */
public final class SavepointLists {
  /** Smaller state lies within the savepoint's metadata. */
  private static final int SMALL_BYTES = 20 << 10;

  private static final int BUFFER_BYTES = 64 << 10;
  static final long CHECKPOINT = 1;

  private SavepointLists() {}

  /**
   * Reads a list of all subtasks of an operator.
   *
   * @param union whether it is a union list, which every subtask reads whole
   */
  public static <T> List<T> read(OperatorState of, ListStateDescriptor<T> list, boolean union)
      throws IOException {
    List<OperatorStateHandle> handles = new ArrayList<>();
    for (OperatorSubtaskState subtask : of.getStates()) {
      handles.addAll(subtask.getManagedOperatorState());
    }
    try (CloseableRegistry closeables = new CloseableRegistry();
        DefaultOperatorStateBackend backend = backend(handles, closeables)) {
      List<T> values = new ArrayList<>();
      open(backend, list, union).get().forEach(values::add);
      return values;
    } catch (IOException told) {
      throw told;
    } catch (Exception unreadable) {
      throw new IOException("operator state cannot be read: " + unreadable, unreadable);
    }
  }

  /**
   * Writes a list.
   *
   * @param folder of the savepoint
   */
  public static <T> OperatorStateHandle write(
      String folder, ListStateDescriptor<T> list, boolean union, List<T> values)
      throws IOException {
    try (CloseableRegistry closeables = new CloseableRegistry();
        DefaultOperatorStateBackend backend = backend(List.of(), closeables)) {
      open(backend, list, union).update(values);
      RunnableFuture<SnapshotResult<OperatorStateHandle>> snapshot =
          backend.snapshot(CHECKPOINT, 0, files(folder), options(folder));
      snapshot.run();
      return snapshot.get().getJobManagerOwnedSnapshot();
    } catch (IOException told) {
      throw told;
    } catch (Exception failed) {
      throw new IOException("operator state cannot be written: " + failed, failed);
    }
  }

  private static DefaultOperatorStateBackend backend(
      List<OperatorStateHandle> handles, CloseableRegistry closeables) throws IOException {
    return new DefaultOperatorStateBackendBuilder(
            Thread.currentThread().getContextClassLoader(),
            new ExecutionConfig(),
            false,
            handles,
            closeables)
        .build();
  }

  private static <T> ListState<T> open(
      DefaultOperatorStateBackend backend, ListStateDescriptor<T> list, boolean union)
      throws Exception {
    return union ? backend.getUnionListState(list) : backend.getListState(list);
  }

  /** Files of state in a savepoint's folder. */
  static CheckpointStreamFactory files(String folder) throws IOException {
    Path path = new Path(folder);
    return new FsCheckpointStreamFactory(
        path.getFileSystem(), path, path, SMALL_BYTES, BUFFER_BYTES);
  }

  static CheckpointOptions options(String folder) {
    return new CheckpointOptions(
        SavepointType.savepoint(SavepointFormatType.CANONICAL),
        AbstractFsCheckpointStorageAccess.encodePathAsReference(new Path(folder)));
  }
}
