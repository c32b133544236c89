package io.millrace.pipeline;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What windows are held against.
 *
 * @param span how far the reference reaches; zero for {@code file} and {@code pinned}
 * @param file CSV or Parquet; empty path otherwise
 * @param id of a pinned reference; otherwise empty
 * @param written as the pipeline file has it, for example {@code first 14d}
 */
public record DriftReference(Kind kind, Duration span, Path file, String id, String written) {

  /** Where a reference comes from. */
  public enum Kind {
    /** The first windows of the stream; fixed from then on. */
    FIRST,
    /** The windows right before the one that is looked at. */
    TRAILING,
    /** The windows at the same time of day on the days before. */
    SAME_HOUR_OF_DAY,
    /** The windows at the same time of the week in the weeks before. */
    SAME_WEEKDAY,
    /** A file, read when the job starts. */
    FILE,
    /** None until a control message makes the window closed last the reference of this id. */
    PINNED;

    /** Whether the reference moves along with the windows. */
    public boolean moves() {
      return this == TRAILING || this == SAME_HOUR_OF_DAY || this == SAME_WEEKDAY;
    }
  }
}
