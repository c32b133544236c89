package io.millrace.sql.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Values of a model's output as those of a column: float as FLOAT or DOUBLE, double as DOUBLE,
 * int32 as INT or BIGINT, int64 as BIGINT, bool as BOOLEAN, string as STRING.
 */
enum TensorValues {
  FLOAT,
  DOUBLE,
  INT,
  BIGINT,
  BOOLEAN,
  STRING;

  /** How values of the type come into a column, or an array's elements; null where they do not. */
  static TensorValues of(OnnxJavaType tensor, LogicalType column) {
    TensorValues values =
        switch (column.getTypeRoot()) {
          case FLOAT -> FLOAT;
          case DOUBLE -> DOUBLE;
          case INTEGER -> INT;
          case BIGINT -> BIGINT;
          case BOOLEAN -> BOOLEAN;
          case CHAR, VARCHAR -> STRING;
          default -> null;
        };
    boolean fits =
        switch (tensor) {
          case FLOAT -> values == FLOAT || values == DOUBLE;
          case DOUBLE -> values == DOUBLE;
          case INT32 -> values == INT || values == BIGINT;
          case INT64 -> values == BIGINT;
          case BOOL -> values == BOOLEAN;
          default -> values == STRING;
        };
    return fits ? values : null;
  }

  /** How to declare a column for an output. */
  static String declaration(OnnxJavaType tensor, boolean array) {
    String element =
        switch (tensor) {
          case FLOAT -> "FLOAT";
          case DOUBLE -> "DOUBLE";
          case INT32 -> "INT";
          case INT64 -> "BIGINT";
          case BOOL -> "BOOLEAN";
          default -> "STRING";
        };
    return array ? "ARRAY<" + element + ">" : element;
  }

  /** All values of a tensor, row by row, as Flink keeps them. */
  List<Object> read(OnnxTensor tensor) throws OrtException {
    List<Object> values = new ArrayList<>();
    switch (tensor.getInfo().type) {
      case FLOAT -> {
        FloatBuffer buffer = tensor.getFloatBuffer();
        while (buffer.hasRemaining()) {
          float each = buffer.get();
          values.add(this == DOUBLE ? (Object) (double) each : (Object) each);
        }
      }
      case DOUBLE -> {
        DoubleBuffer buffer = tensor.getDoubleBuffer();
        while (buffer.hasRemaining()) {
          values.add(buffer.get());
        }
      }
      case INT32 -> {
        IntBuffer buffer = tensor.getIntBuffer();
        while (buffer.hasRemaining()) {
          int each = buffer.get();
          values.add(this == BIGINT ? (Object) (long) each : (Object) each);
        }
      }
      case INT64 -> {
        LongBuffer buffer = tensor.getLongBuffer();
        while (buffer.hasRemaining()) {
          values.add(buffer.get());
        }
      }
      case BOOL -> {
        ByteBuffer buffer = tensor.getByteBuffer();
        while (buffer.hasRemaining()) {
          values.add(buffer.get() != 0);
        }
      }
      default -> flatten(tensor.getValue(), values);
    }
    return values;
  }

  private static void flatten(Object strings, List<Object> into) {
    if (strings instanceof Object[] array) {
      for (Object each : array) {
        flatten(each, into);
      }
    } else {
      into.add(StringData.fromString((String) strings));
    }
  }

  GenericArrayData array(List<Object> elements) {
    return switch (this) {
      case FLOAT -> {
        float[] floats = new float[elements.size()];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (Float) elements.get(i);
        }
        yield new GenericArrayData(floats);
      }
      case DOUBLE ->
          new GenericArrayData(elements.stream().mapToDouble(each -> (Double) each).toArray());
      case INT ->
          new GenericArrayData(elements.stream().mapToInt(each -> (Integer) each).toArray());
      case BIGINT ->
          new GenericArrayData(elements.stream().mapToLong(each -> (Long) each).toArray());
      default -> new GenericArrayData(elements.toArray());
    };
  }
}
