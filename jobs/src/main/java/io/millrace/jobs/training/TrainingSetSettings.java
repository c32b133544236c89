package io.millrace.jobs.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a training set is made from and where it goes.
 *
 * @param spine rows with entities and times, see {@link io.millrace.jobs.tables.SpineTable}
 * @param out the Parquet file to write
 * @param overwrite whether {@code out} may be there
 * @param history files by source; a source that is not named is read from the pipeline's offline
 *     store if that has it, else from its topic
 * @param extent how far histories reach that are not files
 */
public record TrainingSetSettings(
    Path spine,
    Path out,
    boolean overwrite,
    Map<String, List<Path>> history,
    Histories.Extent extent) {
  public TrainingSetSettings {
    history = Map.copyOf(history);
  }

  /** From what the offline store has kept, so that the same snapshot gives the same set again. */
  public TrainingSetSettings(
      Path spine, Path out, boolean overwrite, Map<String, List<Path>> history) {
    this(spine, out, overwrite, history, Histories.Extent.KEPT);
  }
}
