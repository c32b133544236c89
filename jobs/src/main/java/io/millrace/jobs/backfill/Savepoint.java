package io.millrace.jobs.backfill;

import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.codec.digest.MurmurHash3;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;

/** A savepoint that a job has left: which operators have state in it, and where that is. */
final class Savepoint {
  private final String path;
  private final CheckpointMetadata metadata;

  private Savepoint(String path, CheckpointMetadata metadata) {
    this.path = path;
    this.metadata = metadata;
  }

  /**
   * Reads what a savepoint says of itself.
   *
   * @param path its folder, or the file {@code _metadata} in it
   * @throws IOException if there is none, or it cannot be read
   */
  static Savepoint open(String path) throws IOException {
    try {
      CompletedCheckpointStorageLocation location =
          AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(path);
      try (DataInputStream in =
          new DataInputStream(location.getMetadataHandle().openInputStream())) {
        CheckpointMetadata metadata =
            Checkpoints.loadCheckpointMetadata(
                in, Thread.currentThread().getContextClassLoader(), path);
        return new Savepoint(location.getExternalPointer(), metadata);
      }
    } catch (FileNotFoundException missing) {
      throw new IOException("there is no savepoint at " + path, missing);
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new IOException(
          "the savepoint at " + path + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  /** Its folder. */
  Path folder() {
    return new Path(path);
  }

  CheckpointMetadata metadata() {
    return metadata;
  }

  /** The state of an operator; empty when it has none. */
  Optional<OperatorState> operator(String uid) {
    OperatorID id = id(uid);
    return metadata.getOperatorStates().stream()
        .filter(it -> it.getOperatorID().equals(id))
        .findFirst();
  }

  /** The number of key groups of the job. */
  int maxParallelism() {
    return metadata.getOperatorStates().stream()
        .mapToInt(OperatorState::getMaxParallelism)
        .max()
        .orElseThrow();
  }

  /** Whether every operator's state is in the form that any backend reads. */
  boolean isCanonical() {
    return metadata.getOperatorStates().stream()
        .flatMap(it -> it.getStates().stream())
        .noneMatch(Savepoint::isOfOneBackend);
  }

  private static boolean isOfOneBackend(OperatorSubtaskState state) {
    return state.getManagedKeyedState().stream()
            .anyMatch(IncrementalKeyedStateHandle.class::isInstance)
        || !state.getRawKeyedState().isEmpty();
  }

  /** How Flink names an operator of this uid. */
  static OperatorID id(String uid) {
    byte[] bytes = uid.getBytes(StandardCharsets.UTF_8);
    long[] hash = MurmurHash3.hash128x64(bytes, 0, bytes.length, 0);
    return new OperatorID(
        ByteBuffer.allocate(2 * Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(hash[0])
            .putLong(hash[1])
            .array());
  }
}
