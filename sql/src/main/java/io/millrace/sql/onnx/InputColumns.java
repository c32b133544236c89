package io.millrace.sql.onnx;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads the input's columns: strings as String, numbers as Number, booleans as Boolean, arrays of
 * these as Object[], null as null. What is read does not point into the row.
 */
final class InputColumns implements Serializable {
  private static final long serialVersionUID = 1L;

  private interface Reader extends Serializable {
    Object read(Object internal);
  }

  private final List<RowData.FieldGetter> getters = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();

  InputColumns(RowType type) {
    for (int i = 0; i < type.getFieldCount(); i++) {
      getters.add(RowData.createFieldGetter(type.getTypeAt(i), i));
      readers.add(reader(type.getTypeAt(i)));
    }
  }

  /** Whether a model can be given a column of the type. */
  static boolean canRead(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR, BOOLEAN -> true;
      case TINYINT, SMALLINT, INTEGER, BIGINT, FLOAT, DOUBLE, DECIMAL -> true;
      case ARRAY ->
          !(((ArrayType) type).getElementType() instanceof ArrayType)
              && canRead(((ArrayType) type).getElementType());
      default -> false;
    };
  }

  private static Reader reader(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> value -> ((StringData) value).toString();
      case DECIMAL -> value -> ((DecimalData) value).toBigDecimal();
      case ARRAY -> {
        LogicalType elementType = ((ArrayType) type).getElementType();
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType);
        Reader element = reader(elementType);
        yield value -> {
          ArrayData array = (ArrayData) value;
          Object[] read = new Object[array.size()];
          for (int i = 0; i < read.length; i++) {
            Object each = getter.getElementOrNull(array, i);
            read[i] = each == null ? null : element.read(each);
          }
          return read;
        };
      }
      default -> value -> value;
    };
  }

  Object[] read(RowData row) {
    Object[] values = new Object[getters.size()];
    for (int i = 0; i < values.length; i++) {
      Object internal = getters.get(i).getFieldOrNull(row);
      values[i] = internal == null ? null : readers.get(i).read(internal);
    }
    return values;
  }
}
