package io.millrace.features.kernel;

import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;

/** Which kernels a feature is computed from, and how. */
public final class FeatureResults {
  /** Relative standard error 1.6%. */
  private static final int HLL_LG_K = 12;

  /** Rank error 1.65% at 99% confidence. */
  private static final int KLL_K = 200;

  private FeatureResults() {}

  /**
   * Ids of the kernels that a feature needs; none for a ratio.
   *
   * @param input name of the input, {@code *} for all rows
   */
  public static List<String> kernelIds(
      AggregateFunction function, Parameters parameters, String input, LogicalType type) {
    return switch (function) {
      case COUNT -> List.of(input.equals("*") ? Kernels.rows() : Kernels.count(input));
      case SUM, AVG -> List.of(Kernels.id("sum", input, type));
      case MIN -> List.of(Kernels.id("min", input, type));
      case MAX -> List.of(Kernels.id("max", input, type));
      case VARIANCE, STDDEV ->
          List.of(Kernels.id("sum", input, type), Kernels.id("squares", input, type));
      case FIRST -> List.of(Kernels.id("first", input, type));
      case LAST -> List.of(Kernels.id("last", input, type));
      case LAST_K -> List.of(Kernels.id("last_k[" + parameters.k() + "]", input, type));
      case TOP_K -> List.of(Kernels.id("top_k", input, type));
      case APPROX_DISTINCT -> List.of(Kernels.id("hll[" + HLL_LG_K + "]", input, type));
      case QUANTILE -> List.of(Kernels.id("kll[" + KLL_K + "]", input, type));
      case HISTOGRAM -> List.of(Kernels.id("histogram" + parameters.edges(), input, type));
      case RATIO -> List.of();
    };
  }

  /**
   * The feature over one input.
   *
   * @param kernels finds the layout's kernels by the ids of {@link #kernelIds}
   * @param resultType type of the column that it is written to
   */
  public static FeatureResult of(
      AggregateFunction function,
      Parameters parameters,
      String input,
      LogicalType type,
      LogicalType resultType,
      Function<String, Kernel> kernels) {
    List<String> ids = kernelIds(function, parameters, input, type);
    Kernel kernel = kernels.apply(ids.get(0));
    return switch (function) {
      case COUNT -> new NumberResults.Count((CountKernel) kernel);
      case SUM -> sum((SumKernel) kernel, type, resultType);
      case AVG ->
          resultType instanceof DecimalType decimal
              ? new NumberResults.Decimal(
                  (SumKernel) kernel, ((DecimalType) type).getScale(), true, decimal.getScale())
              : new NumberResults.Mean((SumKernel) kernel);
      case MIN, MAX ->
          kernel instanceof LongExtremeKernel extreme
              ? new ValueResults.LongExtreme(extreme, ValueType.of(type))
              : new ValueResults.ObjectExtreme((ObjectExtremeKernel) kernel, ValueType.of(type));
      case VARIANCE, STDDEV ->
          new NumberResults.Variance(
              (SumKernel) kernel,
              (SquaresKernel) kernels.apply(ids.get(1)),
              function == AggregateFunction.STDDEV);
      case FIRST, LAST ->
          kernel instanceof LongEdgeKernel edge
              ? new ValueResults.LongEdge(edge, ValueType.of(type))
              : new ValueResults.ObjectEdge((ObjectEdgeKernel) kernel, ValueType.of(type));
      case LAST_K -> new ValueResults.LastK((LastKKernel) kernel, ValueType.of(type), type);
      case TOP_K ->
          new ValueResults.TopK(
              (TopKKernel) kernel, positive(parameters.k()), ValueType.of(type), type);
      case APPROX_DISTINCT -> new NumberResults.Distinct((DistinctKernel) kernel);
      case QUANTILE -> new NumberResults.Quantile((QuantileKernel) kernel, rank(parameters.q()));
      case HISTOGRAM -> new ValueResults.Histogram((HistogramKernel) kernel);
      case RATIO -> throw new IllegalArgumentException("a ratio is made of two features");
    };
  }

  /** The quotient of two numeric features over the same cell. */
  public static FeatureResult ratio(FeatureResult numerator, FeatureResult denominator) {
    return new NumberResults.Ratio(numerator, denominator);
  }

  private static int positive(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("top_k gives at least one value, not k=" + k);
    }
    return k;
  }

  private static double rank(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("quantile takes q in [0, 1], not q=" + q);
    }
    return q;
  }

  private static FeatureResult sum(SumKernel kernel, LogicalType type, LogicalType resultType) {
    return switch (resultType.getTypeRoot()) {
      case BIGINT -> new NumberResults.LongSum(kernel);
      case DECIMAL -> {
        int scale = ((DecimalType) type).getScale();
        yield new NumberResults.Decimal(kernel, scale, false, scale);
      }
      default -> new NumberResults.DoubleSum(kernel);
    };
  }
}
