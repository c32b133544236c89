package io.millrace.ondemand;

import io.millrace.online.JavaValues;
import java.io.Serializable;
import java.math.BigDecimal;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.table.utils.DateTimeUtils;

/**
 * Values of a request's field in the field's own type, wherever they come from: a whole number may
 * come in another width, and as a number with a fraction where one is wanted.
 */
public final class RequestField implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final LogicalType type;

  public RequestField(String name, LogicalType type) {
    this.name = name;
    this.type = type;
  }

  /** Whether a column's values can be taken for this field's. */
  public boolean fits(LogicalType column) {
    if (column.copy(true).equals(type.copy(true))) {
      return true;
    }
    if (column.is(LogicalTypeFamily.INTEGER_NUMERIC)) {
      return type.is(LogicalTypeFamily.NUMERIC);
    }
    if (column.is(LogicalTypeRoot.DECIMAL) && type.is(LogicalTypeRoot.DECIMAL)) {
      return whole((DecimalType) column) <= whole((DecimalType) type)
          && ((DecimalType) column).getScale() <= ((DecimalType) type).getScale();
    }
    return column.is(LogicalTypeRoot.FLOAT) && type.is(LogicalTypeRoot.DOUBLE)
        || column.is(LogicalTypeFamily.CHARACTER_STRING)
            && type.is(LogicalTypeFamily.CHARACTER_STRING)
        || column.is(LogicalTypeFamily.TIMESTAMP) && column.is(type.getTypeRoot());
  }

  private static int whole(DecimalType type) {
    return type.getPrecision() - type.getScale();
  }

  /**
   * A value as rows hold it, of this field's type.
   *
   * @param value as rows hold it, of a type that {@link #fits}; null for null
   * @throws ArithmeticException if the type cannot hold the number; the message says so
   */
  public Object value(Object value) {
    if (value instanceof TimestampData time) {
      return DateTimeUtils.truncate(time, LogicalTypeChecks.getPrecision(type));
    }
    if (value instanceof DecimalData decimal) {
      return decimal(decimal.toBigDecimal());
    }
    if (!(value instanceof Number number)) {
      return value;
    }
    return switch (type.getTypeRoot()) {
      case TINYINT -> (byte) within(number.longValue(), Byte.MIN_VALUE, Byte.MAX_VALUE);
      case SMALLINT -> (short) within(number.longValue(), Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER -> (int) within(number.longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> number.longValue();
      case FLOAT -> number.floatValue();
      case DOUBLE -> number.doubleValue();
      case DECIMAL -> decimal(BigDecimal.valueOf(number.longValue()));
      default -> value;
    };
  }

  /**
   * A value as rows hold it, of this field's type.
   *
   * @param value of a class that {@link JavaValues#fits}; null for null
   * @throws ArithmeticException if the type cannot hold the number; the message says so
   */
  Object fromJava(Object value) {
    return value instanceof BigDecimal number
        ? decimal(number)
        : value(JavaValues.internal(type, value));
  }

  private DecimalData decimal(BigDecimal number) {
    DecimalType decimal = (DecimalType) type;
    DecimalData fitting =
        DecimalData.fromBigDecimal(number, decimal.getPrecision(), decimal.getScale());
    if (fitting == null || fitting.toBigDecimal().compareTo(number) != 0) {
      throw tooLarge(number);
    }
    return fitting;
  }

  private long within(long number, long least, long most) {
    if (number < least || number > most) {
      throw tooLarge(number);
    }
    return number;
  }

  private ArithmeticException tooLarge(Object number) {
    return new ArithmeticException(
        "field %s of the request is %s, which cannot hold %s"
            .formatted(name, type.asSummaryString(), number));
  }
}
