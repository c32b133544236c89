package io.millrace.features;

import io.millrace.pipeline.AggregationSpec;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * A moment for which entities are to be computed, and which of them.
 *
 * @param timeMillis rows up to and including this time count, and time has passed up to it
 * @param changedSinceMillis entities whose newest change, by an event or because one left a window,
 *     is before this time are left out; {@link Long#MIN_VALUE}: none is
 */
public record AsOf(long timeMillis, long changedSinceMillis) implements Serializable {
  public AsOf {
    if (changedSinceMillis > timeMillis) {
      throw new IllegalArgumentException(
          "entities that changed since %d cannot be told at %d, which is before"
              .formatted(changedSinceMillis, timeMillis));
    }
  }

  /** Every entity, as it was at a time. */
  public static AsOf all(long timeMillis) {
    return new AsOf(timeMillis, Long.MIN_VALUE);
  }

  /**
   * The event time of the oldest row that matters to the values or the versions of the entities
   * that are not left out. What changed since {@code s} did so by a row, or by one that left a
   * window, which is at most the widest window older; totals of older rows have gone by then.
   * {@link Long#MIN_VALUE} where all of history counts: features without a window, newest rows, and
   * rows that take others back.
   *
   * @param changelog whether rows are changes of a table
   */
  public long oldestRowMillis(CompiledView view, boolean changelog) {
    boolean windowed =
        view.latest().isEmpty()
            && view.view().aggregations().stream().noneMatch(it -> it.windows().isEmpty());
    if (changedSinceMillis == Long.MIN_VALUE || changelog || !windowed) {
      return Long.MIN_VALUE;
    }
    Duration widest =
        view.view().aggregations().stream()
            .map(AggregationSpec::windows)
            .flatMap(List::stream)
            .map(AggregationSpec.Window::length)
            .max(Duration::compareTo)
            .orElseThrow();
    long before = widest.plus(view.view().hop()).toMillis();
    return changedSinceMillis < Long.MIN_VALUE + before
        ? Long.MIN_VALUE
        : changedSinceMillis - before;
  }
}
