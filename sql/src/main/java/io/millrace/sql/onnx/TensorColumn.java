package io.millrace.sql.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.millrace.embedding.session.SharedSessions;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * An input of a model and the columns that it is made of.
 *
 * <pre>
 * tensor of      takes columns of
 * float, double  numbers, DECIMAL included (as the nearest); a null may be not a number
 * int32, int64   TINYINT to INT, TINYINT to BIGINT
 * bool           BOOLEAN
 * string         STRING
 * </pre>
 *
 * @param columns places of the columns; one, or as many as the input is wide
 * @param rank 1 for {@code [rows]}, 2 for {@code [rows, width]}
 * @param width values per row; -1 when the only column, an array, says it
 */
record TensorColumn(String name, OnnxJavaType type, List<Integer> columns, int rank, int width) {

  /** Whether a model's input of the type can be made of a column, or an array's elements, of it. */
  static boolean takes(OnnxJavaType tensor, LogicalType column) {
    return switch (tensor) {
      case FLOAT, DOUBLE -> column.is(LogicalTypeFamily.NUMERIC);
      case INT32 ->
          column.isAnyOf(
              LogicalTypeRoot.TINYINT, LogicalTypeRoot.SMALLINT, LogicalTypeRoot.INTEGER);
      case INT64 -> column.is(LogicalTypeFamily.INTEGER_NUMERIC);
      case BOOL -> column.is(LogicalTypeRoot.BOOLEAN);
      case STRING -> column.is(LogicalTypeFamily.CHARACTER_STRING);
      default -> false;
    };
  }

  static boolean isSupported(OnnxJavaType tensor) {
    return switch (tensor) {
      case FLOAT, DOUBLE, INT32, INT64, BOOL, STRING -> true;
      default -> false;
    };
  }

  boolean hasNan() {
    return type == OnnxJavaType.FLOAT || type == OnnxJavaType.DOUBLE;
  }

  /** What is wrong with a value, null for nothing. */
  String problem(Object value, boolean nanForNull) {
    if (!(value instanceof Object[] array)) {
      return null;
    }
    if (width >= 0 && array.length != width) {
      return "has %d elements, but the model takes %d".formatted(array.length, width);
    }
    boolean nulls = Arrays.asList(array).contains(null);
    return nulls && !(nanForNull && hasNan()) ? "has a null among its elements" : null;
  }

  /** The columns of rows as a tensor, to be closed. */
  OnnxTensor tensor(List<Object[]> rows) throws OrtException {
    List<Object> values = new ArrayList<>();
    for (Object[] row : rows) {
      for (int column : columns) {
        if (row[column] instanceof Object[] array) {
          values.addAll(Arrays.asList(array));
        } else {
          values.add(row[column]);
        }
      }
    }
    long[] shape =
        rank == 1
            ? new long[] {rows.size()}
            : new long[] {rows.size(), values.size() / rows.size()};
    OrtEnvironment environment = SharedSessions.environment();
    return switch (type) {
      case FLOAT -> OnnxTensor.createTensor(environment, floats(values), shape);
      case DOUBLE -> OnnxTensor.createTensor(environment, doubles(values), shape);
      case INT32 -> OnnxTensor.createTensor(environment, ints(values), shape);
      case INT64 -> OnnxTensor.createTensor(environment, longs(values), shape);
      case BOOL -> OnnxTensor.createTensor(environment, booleans(values), shape, OnnxJavaType.BOOL);
      default -> OnnxTensor.createTensor(environment, values.toArray(String[]::new), shape);
    };
  }

  private static FloatBuffer floats(List<Object> values) {
    FloatBuffer buffer = FloatBuffer.allocate(values.size());
    values.forEach(each -> buffer.put(each == null ? Float.NaN : ((Number) each).floatValue()));
    return buffer.flip();
  }

  private static DoubleBuffer doubles(List<Object> values) {
    DoubleBuffer buffer = DoubleBuffer.allocate(values.size());
    values.forEach(each -> buffer.put(each == null ? Double.NaN : ((Number) each).doubleValue()));
    return buffer.flip();
  }

  private static IntBuffer ints(List<Object> values) {
    IntBuffer buffer = IntBuffer.allocate(values.size());
    values.forEach(each -> buffer.put(((Number) each).intValue()));
    return buffer.flip();
  }

  private static LongBuffer longs(List<Object> values) {
    LongBuffer buffer = LongBuffer.allocate(values.size());
    values.forEach(each -> buffer.put(((Number) each).longValue()));
    return buffer.flip();
  }

  private static ByteBuffer booleans(List<Object> values) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(values.size());
    values.forEach(each -> buffer.put((byte) (((Boolean) each) ? 1 : 0)));
    return buffer.flip();
  }
}
