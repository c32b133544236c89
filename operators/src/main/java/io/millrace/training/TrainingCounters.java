package io.millrace.training;

/** Names of the accumulators in which a training set's job counts; those of views beside. */
public final class TrainingCounters {
  /** Rows of the training set. */
  public static final String ROWS = "rows";

  private TrainingCounters() {}

  /** Rows in which a feature's column is null. */
  public static String nulls(String column) {
    return "nulls of " + column;
  }

  /** Rows on which the expression of an on-demand feature failed; its column is null in them. */
  public static String failed(String column) {
    return "failed of column " + column;
  }

  /** Rows whose time is before the view's oldest event. */
  public static String beforeHistory(String view) {
    return "before history of " + view;
  }
}
