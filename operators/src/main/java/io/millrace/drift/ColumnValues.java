package io.millrace.drift;

import java.io.Serializable;
import java.util.Optional;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Reads values of rows as what drift statistics know: doubles and names. */
final class ColumnValues {

  private static final StringData TRUE = BinaryStringData.fromString("true");
  private static final StringData FALSE = BinaryStringData.fromString("false");

  private ColumnValues() {}

  /** Reads a number that is not null. */
  interface NumberReader extends Serializable {
    double read(RowData row);
  }

  /** Reads a name that is not null; it may point into the row. */
  interface CategoryReader extends Serializable {
    StringData read(RowData row);
  }

  static NumberReader number(LogicalType type, int at) {
    switch (type.getTypeRoot()) {
      case TINYINT:
        return row -> row.getByte(at);
      case SMALLINT:
        return row -> row.getShort(at);
      case INTEGER:
      case DATE:
      case TIME_WITHOUT_TIME_ZONE:
        return row -> row.getInt(at);
      case BIGINT:
        return row -> row.getLong(at);
      case FLOAT:
        return row -> row.getFloat(at);
      case DOUBLE:
        return row -> row.getDouble(at);
      case DECIMAL:
        int precision = ((DecimalType) type).getPrecision();
        int scale = ((DecimalType) type).getScale();
        return row -> row.getDecimal(at, precision, scale).toBigDecimal().doubleValue();
      case TIMESTAMP_WITHOUT_TIME_ZONE:
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
        int digits = LogicalTypeChecks.getPrecision(type);
        return row -> row.getTimestamp(at, digits).getMillisecond();
      default:
        throw new IllegalArgumentException(type.asSummaryString() + " is no number");
    }
  }

  /** Integers are names too where they stand for segments. Empty for types that are no names. */
  static Optional<CategoryReader> category(LogicalType type, int at) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> Optional.of(row -> row.getString(at));
      case BOOLEAN -> Optional.of(row -> row.getBoolean(at) ? TRUE : FALSE);
      case TINYINT -> Optional.of(row -> text(row.getByte(at)));
      case SMALLINT -> Optional.of(row -> text(row.getShort(at)));
      case INTEGER -> Optional.of(row -> text(row.getInt(at)));
      case BIGINT -> Optional.of(row -> text(row.getLong(at)));
      default -> Optional.empty();
    };
  }

  private static StringData text(long number) {
    return BinaryStringData.fromString(Long.toString(number));
  }
}
