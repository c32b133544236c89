package io.millrace.training;

import java.io.Serializable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;

/** Values of the spine as values of an entity field. */
interface EntityValues extends Serializable {
  /** In place of a value that no entity has, such as a number beyond the field's type. */
  Object NONE = new Object();

  /** The value of a row, null for null. */
  Object read(RowData row);

  /** Whether a column can name entities of a field: both texts, whole numbers, or of one type. */
  static boolean fits(LogicalType column, LogicalType field) {
    return whole(column) && whole(field)
        || text(column) && text(field)
        || column.copy(true).equals(field.copy(true))
        || column.getTypeRoot() == field.getTypeRoot()
            && (column.is(LogicalTypeFamily.TIMESTAMP)
                || column.is(LogicalTypeFamily.BINARY_STRING));
  }

  static EntityValues of(LogicalType column, int index, LogicalType field) {
    RowData.FieldGetter getter = RowData.createFieldGetter(column.copy(true), index);
    if (!whole(field)) {
      return getter::getFieldOrNull;
    }
    return row -> {
      Number number = (Number) getter.getFieldOrNull(row);
      return number == null ? null : narrow(number.longValue(), field);
    };
  }

  private static Object narrow(long value, LogicalType field) {
    return switch (field.getTypeRoot()) {
      case TINYINT -> (byte) value == value ? (Object) (byte) value : NONE;
      case SMALLINT -> (short) value == value ? (Object) (short) value : NONE;
      case INTEGER -> (int) value == value ? (Object) (int) value : NONE;
      default -> value;
    };
  }

  private static boolean whole(LogicalType type) {
    return type.is(LogicalTypeFamily.INTEGER_NUMERIC);
  }

  private static boolean text(LogicalType type) {
    return type.is(LogicalTypeFamily.CHARACTER_STRING);
  }
}
