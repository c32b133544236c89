package io.millrace.jobs.consistency;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How views are compared.
 *
 * @param sample entities of a view at most
 * @param history files by source; a source that is not named is read from the pipeline's offline
 *     store if that has it, else from its topic
 * @param folder where to keep what is asked and answered for the time of a comparison; empty: among
 *     the temporary files of this machine. For a Flink elsewhere, a folder that it shares
 */
public record ConsistencySettings(
    int sample, Map<String, List<Path>> history, Optional<Path> folder) {
  public ConsistencySettings {
    history = Map.copyOf(history);
  }
}
