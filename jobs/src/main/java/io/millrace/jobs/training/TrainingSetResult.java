package io.millrace.jobs.training;

import java.util.List;

/**
 * What was written.
 *
 * @param rows of the training set, as many as the spine has
 * @param leftOut columns of the spine that no row can hold
 */
public record TrainingSetResult(
    long rows,
    List<Column> columns,
    List<View> views,
    List<Group> groups,
    List<History> histories,
    List<String> leftOut,
    long millis) {

  /**
   * A feature's column.
   *
   * @param feature {@code view:feature}
   * @param nulls rows in which it is null
   * @param failed of these, rows on which the expression of an on-demand feature failed
   */
  public record Column(String name, String feature, long nulls, long failed) {}

  /**
   * A group of on-demand features that was evaluated.
   *
   * @param version by its definition
   */
  public record Group(String name, String version) {}

  /**
   * A view that was asked.
   *
   * @param version by its definition
   * @param events that were taken in
   * @param unknown rows whose entity had no event yet
   * @param gone rows whose values had expired or were deleted
   * @param beforeHistory rows whose time is before the oldest event
   * @param failed events on which an expression of the view failed
   */
  public record View(
      String name,
      String version,
      long events,
      long unknown,
      long gone,
      long beforeHistory,
      long failed) {}

  /**
   * A source that was read.
   *
   * @param refused records that its contract did not let pass
   */
  public record History(String source, String from, long refused) {}
}
