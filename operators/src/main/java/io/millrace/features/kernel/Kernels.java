package io.millrace.features.kernel;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;

/**
 * Builds kernels from their ids, {@code function[parameters](input):TYPE}, so that an id stored
 * beside state is enough to read that state.
 */
public final class Kernels {
  /** Field of a kernel that only reads, writes and merges state. */
  public static final int NO_FIELD = -1;

  private Kernels() {}

  /** Id of the kernel that counts all rows; the first of every layout. */
  public static String rows() {
    return CountKernel.ROWS;
  }

  /** Id of the kernel that counts the rows in which the input is not null. */
  public static String count(String input) {
    return "count(" + input + ")";
  }

  /**
   * Id of a kernel over an input of a type.
   *
   * @param function one of sum, squares, min, max, first, last, last_k[k], top_k, hll[lgK], kll[k],
   *     histogram[edges]
   * @param input what is computed, as written; it only names the kernel
   */
  public static String id(String function, String input, LogicalType type) {
    return function + "(" + input + "):" + typeName(type);
  }

  /**
   * The kernel of this id.
   *
   * @param field index of the input in the rows, or {@link #NO_FIELD}
   * @throws IllegalArgumentException when the id is not one of this release, or its function is not
   *     defined for its type
   */
  public static Kernel of(String id, int field) {
    if (id.equals(CountKernel.ROWS)) {
      return new CountKernel(id, CountKernel.EVERY_ROW);
    }
    if (id.startsWith("count(") && id.endsWith(")")) {
      return new CountKernel(id, field);
    }
    int open = id.indexOf('(');
    int close = id.lastIndexOf("):");
    if (open < 0 || close < open) {
      throw unknown(id);
    }
    String function = id.substring(0, open);
    List<String> parameters = new ArrayList<>();
    int bracket = function.indexOf('[');
    if (bracket >= 0) {
      if (!function.endsWith("]")) {
        throw unknown(id);
      }
      String inside = function.substring(bracket + 1, function.length() - 1);
      for (String parameter : inside.split(",")) {
        parameters.add(parameter.strip());
      }
      function = function.substring(0, bracket);
    }
    LogicalType type =
        LogicalTypeParser.parse(id.substring(close + 2), Kernels.class.getClassLoader());
    return build(id, function, parameters, type, field);
  }

  private static Kernel build(
      String id, String function, List<String> parameters, LogicalType type, int field) {
    ValueType values = ValueType.of(type);
    boolean floating = type.is(LogicalTypeFamily.APPROXIMATE_NUMERIC);
    boolean wide = type.is(LogicalTypeRoot.DECIMAL) && !values.isLong();
    return switch (function) {
      case "sum" ->
          floating
              ? new DoubleSumKernel(id, values, field)
              : wide ? new WideSumKernel(id, values, field) : new LongSumKernel(id, values, field);
      case "min", "max" ->
          values.isLong()
              ? new LongExtremeKernel(id, values, field, function.equals("max"))
              : new ObjectExtremeKernel(id, values, field, function.equals("max"));
      case "squares" ->
          floating
              ? new DoubleSquaresKernel(id, values, field)
              : new ExactSquaresKernel(id, values, field);
      case "first", "last" ->
          values.isLong()
              ? new LongEdgeKernel(id, values, field, function.equals("last"))
              : new ObjectEdgeKernel(id, values, field, function.equals("last"));
      case "last_k" -> new LastKKernel(id, values, field, integer(id, parameters));
      case "top_k" -> new TopKKernel(id, values, field);
      case "hll" -> new DistinctKernel(id, values, field, integer(id, parameters));
      case "kll" -> new QuantileKernel(id, values, field, integer(id, parameters));
      case "histogram" ->
          new HistogramKernel(
              id, values, field, parameters.stream().mapToDouble(Double::parseDouble).toArray());
      default -> throw unknown(id);
    };
  }

  private static int integer(String id, List<String> parameters) {
    if (parameters.size() != 1) {
      throw unknown(id);
    }
    return Integer.parseInt(parameters.get(0));
  }

  /** Lengths of texts and nullability do not change what a kernel holds, so they are left out. */
  private static String typeName(LogicalType type) {
    LogicalType held =
        type.is(LogicalTypeFamily.CHARACTER_STRING) ? VarCharType.STRING_TYPE : type.copy(true);
    return held.asSummaryString();
  }

  private static IllegalArgumentException unknown(String id) {
    return new IllegalArgumentException("unknown aggregate " + id + " in the state's layout");
  }
}
