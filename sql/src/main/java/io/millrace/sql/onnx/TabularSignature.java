package io.millrace.sql.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Which columns a model's inputs and outputs are.
 *
 * @param oneByOne whether the model takes one row at a time
 */
record TabularSignature(List<TensorColumn> inputs, List<Output> outputs, boolean oneByOne) {

  /**
   * An output and its column.
   *
   * @param array whether the column is an array
   */
  record Output(String name, TensorValues values, boolean array) {
    void read(OnnxTensor tensor, int column, List<GenericRowData> into) throws OrtException {
      long[] shape = tensor.getInfo().getShape();
      long perRow = 1;
      for (int i = 1; i < shape.length; i++) {
        perRow *= shape[i];
      }
      if (shape.length == 0 || shape[0] != into.size() || (!array && perRow != 1)) {
        throw new OrtException(
            "output %s has the shape %s for %d rows%s"
                .formatted(
                    name,
                    Arrays.toString(shape),
                    into.size(),
                    array ? "" : "; declare its column as an ARRAY"));
      }
      List<Object> read = values.read(tensor);
      for (int i = 0; i < into.size(); i++) {
        int from = (int) (i * perRow);
        into.get(i)
            .setField(
                column,
                array ? values.array(read.subList(from, from + (int) perRow)) : read.get(from));
      }
    }
  }

  /**
   * @throws IllegalArgumentException with everything that does not fit
   */
  static TabularSignature of(String file, OrtSession session, RowType input, RowType output)
      throws OrtException {
    List<String> problems = new ArrayList<>();
    for (RowType.RowField column : input.getFields()) {
      if (!InputColumns.canRead(column.getType())) {
        problems.add(
            "input column %s is %s; models take numbers, BOOLEAN, STRING and arrays of these"
                .formatted(column.getName(), column.getType().asSummaryString()));
      }
    }
    Map<String, NodeInfo> inputInfo = session.getInputInfo();
    Map<String, NodeInfo> outputInfo = session.getOutputInfo();
    List<TensorColumn> inputs = new ArrayList<>();
    boolean oneByOne = false;
    for (NodeInfo node : inputInfo.values()) {
      if (!(node.getInfo() instanceof TensorInfo info) || !isTable(info)) {
        problems.add(
            "input %s is %s; expected a tensor [rows] or [rows, n] of float, double, int32, int64, bool or string"
                .formatted(node.getName(), node.getInfo()));
        continue;
      }
      oneByOne |= info.getShape()[0] == 1;
      TensorColumn bound = bind(node.getName(), info, inputInfo.size(), input, problems);
      if (bound != null) {
        oneByOne |= bound.rank() == 2 && bound.width() < 0;
        inputs.add(bound);
      }
    }
    Set<Integer> used = new HashSet<>();
    inputs.forEach(each -> used.addAll(each.columns()));
    if (problems.isEmpty()) {
      IntStream.range(0, input.getFieldCount())
          .filter(i -> !used.contains(i))
          .forEach(
              i ->
                  problems.add(
                      "input column %s is no input of the model, which has %s"
                          .formatted(input.getFieldNames().get(i), inputInfo.keySet())));
    }
    List<Output> outputs = outputs(outputInfo, output, problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "the columns do not fit the model %s: %s".formatted(file, String.join("; ", problems)));
    }
    return new TabularSignature(inputs, outputs, oneByOne);
  }

  private static boolean isTable(TensorInfo info) {
    int rank = info.getShape().length;
    return (rank == 1 || rank == 2)
        && info.getShape()[0] <= 1
        && TensorColumn.isSupported(info.type);
  }

  private static TensorColumn bind(
      String name, TensorInfo info, int inputs, RowType columns, List<String> problems) {
    int rank = info.getShape().length;
    int width = rank == 1 ? 1 : (int) info.getShape()[1];
    int column = columns.getFieldIndex(name);
    if (column < 0 && inputs == 1 && rank == 2) {
      return pack(name, info, width, columns, problems);
    }
    if (column < 0) {
      problems.add(
          "the model's input %s %s has no column of its name; there are %s"
              .formatted(name, describe(info), columns.getFieldNames()));
      return null;
    }
    LogicalType type = columns.getTypeAt(column);
    boolean array = type instanceof ArrayType;
    if (!TensorColumn.takes(info.type, element(type)) || (array ? rank == 1 : width > 1)) {
      problems.add(
          "input column %s is %s, but the model takes %s"
              .formatted(name, type.asSummaryString(), describe(info)));
      return null;
    }
    return new TensorColumn(name, info.type, List.of(column), rank, array ? width : 1);
  }

  private static TensorColumn pack(
      String name, TensorInfo info, int width, RowType columns, List<String> problems) {
    int count = columns.getFieldCount();
    boolean fits = width < 0 || width == count;
    for (LogicalType type : columns.getChildren()) {
      boolean alone = count == 1 && type instanceof ArrayType;
      fits |= alone;
      if (!TensorColumn.takes(info.type, alone ? element(type) : type)) {
        problems.add(
            "an input column is %s, but the model's only input %s takes %s"
                .formatted(type.asSummaryString(), name, describe(info)));
        return null;
      }
      if (alone) {
        return new TensorColumn(name, info.type, List.of(0), 2, width);
      }
    }
    if (!fits) {
      problems.add(
          "there are %d input columns %s, but the model's only input %s takes %d"
              .formatted(count, columns.getFieldNames(), name, width));
      return null;
    }
    return new TensorColumn(name, info.type, IntStream.range(0, count).boxed().toList(), 2, count);
  }

  private static List<Output> outputs(
      Map<String, NodeInfo> outputs, RowType columns, List<String> problems) {
    List<Output> bound = new ArrayList<>();
    boolean onlyOne = outputs.size() == 1 && columns.getFieldCount() == 1;
    for (RowType.RowField column : columns.getFields()) {
      String name = onlyOne ? outputs.keySet().iterator().next() : column.getName();
      NodeInfo node = outputs.get(name);
      if (node == null) {
        problems.add(
            "output column %s is no output of the model, which has %s"
                .formatted(name, outputs.keySet()));
        continue;
      }
      if (!(node.getInfo() instanceof TensorInfo info)
          || info.getShape().length == 0
          || !TensorColumn.isSupported(info.type)) {
        problems.add(
            "output %s is %s; expected a tensor (scikit-learn's classifiers are exported with zipmap=False)"
                .formatted(name, node.getInfo()));
        continue;
      }
      boolean array = column.getType() instanceof ArrayType;
      TensorValues values = TensorValues.of(info.type, element(column.getType()));
      long width = width(info);
      if (values == null || (!array && width > 1)) {
        problems.add(
            "output column %s is %s, but the model gives %s; %s"
                .formatted(
                    column.getName(),
                    column.getType().asSummaryString(),
                    describe(info),
                    "declare " + TensorValues.declaration(info.type, width != 1)));
        continue;
      }
      bound.add(new Output(name, values, array));
    }
    return bound;
  }

  /** Values per row; negative when only a run tells. */
  private static long width(TensorInfo info) {
    long width = 1;
    for (int i = 1; i < info.getShape().length; i++) {
      width = info.getShape()[i] < 0 ? -1 : width * info.getShape()[i];
    }
    return width;
  }

  private static LogicalType element(LogicalType type) {
    return type instanceof ArrayType array ? array.getElementType() : type;
  }

  private static String describe(TensorInfo info) {
    return "%s%s"
        .formatted(
            info.type.name().toLowerCase(Locale.ROOT),
            Arrays.toString(info.getShape()).replace("-1", "any"));
  }
}
