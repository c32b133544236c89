package io.millrace.jobs.training;

import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.PRECISION_LOSS;

import io.millrace.ingest.DecodingException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** A value of a file's column as a value of the contract's type, exactly or not at all. */
interface HistoryValue {
  /**
   * @param value not null
   * @return null for a NaN where the contract has whole numbers, as data frames write missing ones
   * @throws DecodingException if the contract's type does not hold it
   */
  Object convert(Object value);

  /** How values go over; null when no value of one type is one of the other. */
  static HistoryValue between(LogicalType column, LogicalType field) {
    if (column.is(LogicalTypeFamily.NUMERIC) && field.is(LogicalTypeFamily.NUMERIC)) {
      return number(field);
    }
    if (column.is(LogicalTypeFamily.CHARACTER_STRING)
        && field.is(LogicalTypeFamily.CHARACTER_STRING)) {
      return value -> value;
    }
    if (column.is(LogicalTypeFamily.BINARY_STRING) && field.is(LogicalTypeFamily.BINARY_STRING)) {
      return value -> value;
    }
    if (column.getTypeRoot() != field.getTypeRoot()) {
      return null;
    }
    return switch (field.getTypeRoot()) {
      case BOOLEAN, DATE, TIME_WITHOUT_TIME_ZONE -> value -> value;
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> time(field);
      default -> null;
    };
  }

  private static HistoryValue time(LogicalType field) {
    int precision = LogicalTypeChecks.getPrecision(field);
    long unit = (long) Math.pow(10, 9 - precision);
    return value -> {
      TimestampData time = (TimestampData) value;
      long nanosOfSecond =
          Math.floorMod(time.getMillisecond(), 1_000L) * 1_000_000L + time.getNanoOfMillisecond();
      if (nanosOfSecond % unit != 0) {
        throw new DecodingException(
            PRECISION_LOSS, time + " is finer than " + field.copy(true).asSummaryString());
      }
      return time;
    };
  }

  private static HistoryValue number(LogicalType field) {
    return value -> {
      if (field.is(LogicalTypeRoot.DOUBLE) && value instanceof Double) {
        return value;
      }
      if (field.is(LogicalTypeFamily.INTEGER_NUMERIC)
          && (value instanceof Long || value instanceof Integer)) {
        return whole(((Number) value).longValue(), field);
      }
      if (value instanceof Double || value instanceof Float) {
        return floating(((Number) value).doubleValue(), field);
      }
      BigDecimal exact =
          value instanceof DecimalData decimal
              ? decimal.toBigDecimal()
              : BigDecimal.valueOf(((Number) value).longValue());
      return exact(exact, field);
    };
  }

  private static Object floating(double value, LogicalType field) {
    if (field.is(LogicalTypeRoot.DOUBLE)) {
      return value;
    }
    if (field.is(LogicalTypeRoot.FLOAT)) {
      float narrow = (float) value;
      if (Double.isNaN(value) || narrow == value) {
        return narrow;
      }
      throw new DecodingException(PRECISION_LOSS, value + " is not exactly a FLOAT");
    }
    if (Double.isNaN(value)) {
      return null;
    }
    if (Double.isInfinite(value)) {
      throw new DecodingException(
          OUT_OF_RANGE, value + " where " + field.copy(true).asSummaryString() + " is expected");
    }
    return exact(new BigDecimal(value), field);
  }

  private static Object exact(BigDecimal value, LogicalType field) {
    try {
      if (field instanceof DecimalType type) {
        DecimalData decimal =
            DecimalData.fromBigDecimal(
                value.setScale(type.getScale(), RoundingMode.UNNECESSARY),
                type.getPrecision(),
                type.getScale());
        if (decimal == null) {
          throw new DecodingException(
              OUT_OF_RANGE, value.toPlainString() + " is beyond " + type.asSummaryString());
        }
        return decimal;
      }
      if (field.is(LogicalTypeRoot.DOUBLE) || field.is(LogicalTypeRoot.FLOAT)) {
        double number = value.doubleValue();
        boolean held =
            new BigDecimal(number).compareTo(value) == 0
                && (field.is(LogicalTypeRoot.DOUBLE) || (float) number == number);
        if (!held) {
          throw new DecodingException(
              PRECISION_LOSS,
              value.toPlainString() + " is not exactly a " + field.copy(true).asSummaryString());
        }
        return field.is(LogicalTypeRoot.DOUBLE) ? (Object) number : (Object) (float) number;
      }
      return whole(value.longValueExact(), field);
    } catch (ArithmeticException lost) {
      throw new DecodingException(
          PRECISION_LOSS,
          value.toPlainString() + " is not exactly a " + field.copy(true).asSummaryString());
    }
  }

  private static Object whole(long value, LogicalType field) {
    boolean held =
        switch (field.getTypeRoot()) {
          case TINYINT -> (byte) value == value;
          case SMALLINT -> (short) value == value;
          case INTEGER -> (int) value == value;
          default -> true;
        };
    if (!held) {
      throw new DecodingException(
          OUT_OF_RANGE, value + " is beyond " + field.copy(true).asSummaryString());
    }
    return switch (field.getTypeRoot()) {
      case TINYINT -> (Object) (byte) value;
      case SMALLINT -> (Object) (short) value;
      case INTEGER -> (Object) (int) value;
      default -> (Object) value;
    };
  }
}
