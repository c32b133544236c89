package io.millrace.features;

import io.millrace.pipeline.AggregateFunction;
import java.util.Optional;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Which aggregate functions are defined for which types, and the types of their results.
 *
 * <pre>
 *   function          input                       result             NULL        NaN (FLOAT, DOUBLE)
 *   count(*)          rows                        BIGINT NOT NULL    counted     counted
 *   count             any                         BIGINT NOT NULL    not counted counted
 *   sum               TINYINT .. BIGINT           BIGINT             ignored
 *                     DECIMAL(p, s)               DECIMAL(38, s)     ignored
 *                     FLOAT, DOUBLE               DOUBLE             ignored     NaN while one is in
 *   avg               TINYINT .. BIGINT           DOUBLE             ignored
 *                     DECIMAL(p, s)               DECIMAL(38, max(s, 6)), half up
 *                     FLOAT, DOUBLE               DOUBLE             ignored     NaN while one is in
 *   variance, stddev  numeric                     DOUBLE             ignored     NaN while one is in
 *   min, max          numeric, text, bytes, date, as the input       ignored     greater than all
 *                     time, timestamp                                            numbers, equal to
 *                                                                                itself
 *   first, last       scalar                      as the input       ignored     kept
 *   last_k            scalar                      ARRAY of the input ignored     kept
 *   top_k             scalar                      ARRAY of the input ignored     one value
 *   approx_distinct   scalar                      BIGINT NOT NULL    ignored     one value
 *   quantile          numeric                     DOUBLE             ignored     greater than all
 *   histogram         numeric                     ARRAY of BIGINT    ignored     in the last bucket
 *   ratio             two numeric features        DOUBLE             null        NaN
 * </pre>
 *
 * <p>The order in which NaN is the greatest is that of Flink SQL's {@code ORDER BY}. Flink's own
 * {@code MIN} and {@code MAX} give NaN when it came first and ignore it when it came later, which
 * no window can repair after the fact.
 *
 * <p>Infinities are values like others; in {@code sum} and {@code avg} opposite ones give NaN, in
 * {@code variance} and {@code stddev} any gives NaN. -0.0 is 0.0. Results are NULL when no value
 * went in (counts are 0, histograms all 0), {@code variance} and {@code stddev} also when only one
 * did, {@code ratio} also when the divisor is 0, and {@code sum} and {@code avg} of integers and
 * decimals also while the exact result lies outside its type; it comes back when it fits again.
 */
public final class AggregateTypes {
  private static final int MIN_MEAN_SCALE = 6;

  private AggregateTypes() {}

  /** What is wrong with this function over this type, and which types are fine; empty: nothing. */
  public static Optional<String> problem(AggregateFunction function, LogicalType input) {
    boolean fine =
        switch (function) {
          case COUNT -> true;
          case SUM, AVG, VARIANCE, STDDEV, QUANTILE, HISTOGRAM, RATIO -> isNumeric(input);
          case MIN, MAX -> isOrdered(input);
          case FIRST, LAST, LAST_K, TOP_K, APPROX_DISTINCT -> isScalar(input);
        };
    return fine
        ? Optional.empty()
        : Optional.of(
            "%s is not defined for %s, it takes %s"
                .formatted(
                    function.keyword(), input.copy(true).asSummaryString(), takes(function)));
  }

  /**
   * Type of the function's result.
   *
   * @throws IllegalArgumentException with the text of {@link #problem} if there is one
   */
  public static LogicalType resultType(AggregateFunction function, LogicalType input) {
    problem(function, input)
        .ifPresent(
            text -> {
              throw new IllegalArgumentException(text);
            });
    return switch (function) {
      case COUNT, APPROX_DISTINCT -> new BigIntType(false);
      case SUM ->
          input instanceof DecimalType decimal
              ? new DecimalType(true, DecimalType.MAX_PRECISION, decimal.getScale())
              : isFloating(input) ? new DoubleType() : new BigIntType();
      case AVG ->
          input instanceof DecimalType decimal
              ? new DecimalType(
                  true, DecimalType.MAX_PRECISION, Math.max(decimal.getScale(), MIN_MEAN_SCALE))
              : new DoubleType();
      case VARIANCE, STDDEV, QUANTILE, RATIO -> new DoubleType();
      case MIN, MAX, FIRST, LAST -> input.copy(true);
      case LAST_K, TOP_K -> new ArrayType(input.copy(true));
      case HISTOGRAM -> new ArrayType(new BigIntType());
    };
  }

  /** The types a function takes, in words. */
  static String takes(AggregateFunction function) {
    return switch (function) {
      case COUNT -> "any type";
      case SUM, AVG, VARIANCE, STDDEV, QUANTILE, HISTOGRAM, RATIO ->
          "TINYINT, SMALLINT, INT, BIGINT, DECIMAL, FLOAT or DOUBLE";
      case MIN, MAX -> "numbers, text, bytes, DATE, TIME and timestamps";
      case FIRST, LAST, LAST_K, TOP_K, APPROX_DISTINCT ->
          "BOOLEAN, numbers, text, bytes, DATE, TIME and timestamps";
    };
  }

  private static boolean isNumeric(LogicalType type) {
    return type.is(LogicalTypeFamily.NUMERIC);
  }

  private static boolean isFloating(LogicalType type) {
    return type.is(LogicalTypeFamily.APPROXIMATE_NUMERIC);
  }

  private static boolean isOrdered(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR,
          VARCHAR,
          BINARY,
          VARBINARY,
          DATE,
          TIME_WITHOUT_TIME_ZONE,
          TIMESTAMP_WITHOUT_TIME_ZONE,
          TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          true;
      default -> isNumeric(type);
    };
  }

  private static boolean isScalar(LogicalType type) {
    return isOrdered(type) || type.is(LogicalTypeRoot.BOOLEAN);
  }
}
