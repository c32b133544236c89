package io.millrace.pipeline;

import java.util.Locale;

/** The aggregate functions of feature views. */
public enum AggregateFunction {
  COUNT,
  SUM,
  AVG,
  MIN,
  MAX,
  /** Sample variance (n - 1); null below two values. */
  VARIANCE,
  /** Square root of {@link #VARIANCE}. */
  STDDEV,
  /** Value of the earliest event time; of the smallest value among equal times. */
  FIRST,
  /** Value of the latest event time; of the largest value among equal times. */
  LAST,
  /** The k newest values, newest first. */
  LAST_K,
  /** The k most frequent values, most frequent first, then ascending by value. */
  TOP_K,
  APPROX_DISTINCT,
  QUANTILE,
  HISTOGRAM,
  /** Quotient of two sibling aggregations over the same window; null when the divisor is 0. */
  RATIO;

  /** The name used in pipeline files, for example {@code last_k}. */
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
