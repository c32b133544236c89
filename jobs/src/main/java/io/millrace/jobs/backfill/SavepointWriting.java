package io.millrace.jobs.backfill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle;
import org.apache.flink.util.IOUtils;

/**
 * Puts a savepoint together from the states of operators, in a folder that holds everything: the
 * one that states are taken from may be deleted. The metadata come last, so that what is not whole
 * is no savepoint.
 *
 * <p>Beside the metadata lies {@code backfill.json}, which says for which definitions of which
 * views it was made.
 */
final class SavepointWriting {
  private static final String NOTE = "backfill.json";
  private static final long FIRST_CHECKPOINT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SavepointWriting() {}

  /**
   * Writes a savepoint that differs from another one in some operators.
   *
   * @param states their states, with files in {@code folder}
   * @param note as of {@link #versions}
   */
  static void write(
      Optional<Savepoint> from, List<OperatorState> states, String folder, JsonNode note)
      throws IOException {
    Path path = new Path(folder);
    FileSystem files = path.getFileSystem();
    List<OperatorState> all = new ArrayList<>(states);
    if (from.isPresent()) {
      Set<OperatorID> replaced =
          states.stream().map(OperatorState::getOperatorID).collect(Collectors.toSet());
      for (OperatorState state : from.get().metadata().getOperatorStates()) {
        if (!replaced.contains(state.getOperatorID())) {
          all.add(state);
          copyFiles(state, files, path);
        }
      }
    }
    try (OutputStream out = files.create(new Path(path, NOTE), WriteMode.NO_OVERWRITE)) {
      out.write(JSON.writeValueAsBytes(note));
    }
    CheckpointMetadata metadata =
        new CheckpointMetadata(
            from.map(it -> it.metadata().getCheckpointId()).orElse(FIRST_CHECKPOINT),
            all,
            from.map(it -> it.metadata().getMasterStates()).orElse(List.of()),
            CheckpointProperties.forSavepoint(false, SavepointFormatType.CANONICAL));
    try (OutputStream out =
        files.create(
            new Path(path, AbstractFsCheckpointStorageAccess.METADATA_FILE_NAME),
            WriteMode.NO_OVERWRITE)) {
      Checkpoints.storeCheckpointMetadata(metadata, out);
    }
  }

  private static void copyFiles(OperatorState state, FileSystem files, Path folder)
      throws IOException {
    for (OperatorSubtaskState subtask : state.getStates()) {
      for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
        copyFile(handle.getDelegateStateHandle(), files, folder);
      }
      for (OperatorStateHandle handle : subtask.getRawOperatorState()) {
        copyFile(handle.getDelegateStateHandle(), files, folder);
      }
      for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
        if (handle instanceof KeyGroupsStateHandle groups) {
          copyFile(groups.getDelegateStateHandle(), files, folder);
        }
      }
    }
  }

  /** A file that is named relative to its savepoint; others are named for good. */
  private static void copyFile(StreamStateHandle handle, FileSystem files, Path folder)
      throws IOException {
    if (handle instanceof RelativeFileStateHandle file) {
      Path target = new Path(folder, file.getRelativePath());
      if (!files.exists(target)) {
        try (InputStream in = file.openInputStream();
            OutputStream out = files.create(target, WriteMode.NO_OVERWRITE)) {
          IOUtils.copyBytes(in, out, false);
        }
      }
    }
  }

  /**
   * The note of a savepoint.
   *
   * @param versions fingerprints of what the views mean
   */
  static JsonNode note(String pipeline, Map<String, String> versions) {
    ObjectNode note = JSON.createObjectNode().put("pipeline", pipeline);
    ObjectNode views = note.putObject("views");
    new TreeMap<>(versions).forEach(views::put);
    return note;
  }

  /**
   * By view the fingerprint of what it meant; empty when a backfill did not write the savepoint.
   */
  static Map<String, String> versions(Savepoint savepoint) throws IOException {
    Path note = new Path(savepoint.folder(), NOTE);
    FileSystem files = note.getFileSystem();
    Map<String, String> versions = new TreeMap<>();
    if (files.exists(note)) {
      try (InputStream in = files.open(note)) {
        JSON.readTree(in)
            .path("views")
            .properties()
            .forEach(it -> versions.put(it.getKey(), it.getValue().asText()));
      }
    }
    return versions;
  }
}
