package io.millrace.features.kernel;

import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;

/** Which kernels a feature is computed from, and how. */
public final class FeatureResults {
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
      case RATIO -> List.of();
      default -> throw new IllegalArgumentException(function.keyword());
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
      default -> throw new IllegalArgumentException(function.keyword());
    };
  }

  /** The quotient of two numeric features over the same cell. */
  public static FeatureResult ratio(FeatureResult numerator, FeatureResult denominator) {
    return new NumberResults.Ratio(numerator, denominator);
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
