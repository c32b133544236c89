package io.millrace.online;

import io.millrace.ingest.Exactly;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The fields of a row as plain Java values: the one form that every layout writes and the reader
 * returns.
 *
 * <pre>
 * CHAR, VARCHAR             String          DATE                        LocalDate
 * BOOLEAN                   Boolean         TIME                        LocalTime
 * TINYINT ... BIGINT        Byte ... Long   TIMESTAMP                   LocalDateTime
 * FLOAT, DOUBLE             Float, Double   TIMESTAMP WITH LOCAL ZONE   Instant
 * DECIMAL                   BigDecimal      ARRAY of these              List (unmodifiable)
 * BINARY, VARBINARY         byte[]
 * </pre>
 */
public final class JavaValues {

  /** One field of a row. */
  public interface Getter extends Serializable {
    /** The value, null when the field is null. */
    Object get(RowData row);
  }

  private interface Conversion extends Serializable {
    Object apply(Object internal);
  }

  private JavaValues() {}

  /**
   * Getters for all fields of a row.
   *
   * @param what names the row in the message, for example {@code view carrier_delay}
   * @throws IllegalArgumentException for a type the online store cannot hold
   */
  public static List<Getter> getters(String what, RowType type) {
    List<Getter> getters = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      RowData.FieldGetter field = RowData.createFieldGetter(type.getTypeAt(i), i);
      Conversion conversion = conversion(what, type.getFieldNames().get(i), type.getTypeAt(i));
      getters.add(
          row -> {
            Object internal = field.getFieldOrNull(row);
            return internal == null ? null : conversion.apply(internal);
          });
    }
    return getters;
  }

  private static Conversion conversion(String what, String field, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> value -> ((StringData) value).toString();
      case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, FLOAT, DOUBLE, BINARY, VARBINARY ->
          value -> value;
      case DECIMAL -> value -> ((DecimalData) value).toBigDecimal();
      case DATE -> value -> LocalDate.ofEpochDay((int) value);
      case TIME_WITHOUT_TIME_ZONE -> value -> LocalTime.ofNanoOfDay((int) value * 1_000_000L);
      case TIMESTAMP_WITHOUT_TIME_ZONE -> value -> ((TimestampData) value).toLocalDateTime();
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> value -> ((TimestampData) value).toInstant();
      case ARRAY -> arrays(what, field, ((ArrayType) type).getElementType());
      default ->
          throw new IllegalArgumentException(
              "%s, field %s: the online store cannot hold %s; it holds strings, numbers, booleans, bytes, dates, times, timestamps and arrays of these. Select a part of it, or CAST it to STRING"
                  .formatted(what, field, type.asSummaryString()));
    };
  }

  private static Conversion arrays(String what, String field, LogicalType elementType) {
    if (elementType instanceof ArrayType) {
      throw new IllegalArgumentException(
          "%s, field %s: the online store cannot hold an array of arrays; flatten it"
              .formatted(what, field));
    }
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType);
    Conversion element = conversion(what, field, elementType);
    return value -> {
      ArrayData array = (ArrayData) value;
      Object[] values = new Object[array.size()];
      for (int i = 0; i < values.length; i++) {
        Object internal = getter.getElementOrNull(array, i);
        values[i] = internal == null ? null : element.apply(internal);
      }
      return Collections.unmodifiableList(Arrays.asList(values));
    };
  }

  /** Whether a value is of a class that {@link #getters} may return for the type. */
  public static boolean fits(LogicalType type, Object value) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> value instanceof String;
      case BOOLEAN -> value instanceof Boolean;
      case TINYINT -> value instanceof Byte;
      case SMALLINT -> value instanceof Short;
      case INTEGER -> value instanceof Integer;
      case BIGINT -> value instanceof Long;
      case FLOAT -> value instanceof Float;
      case DOUBLE -> value instanceof Double;
      case DECIMAL -> value instanceof BigDecimal;
      case DATE -> value instanceof LocalDate;
      case TIME_WITHOUT_TIME_ZONE -> value instanceof LocalTime;
      case TIMESTAMP_WITHOUT_TIME_ZONE -> value instanceof LocalDateTime;
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> value instanceof Instant;
      case BINARY, VARBINARY -> value instanceof byte[];
      case ARRAY -> value instanceof List<?>;
      default -> false;
    };
  }

  /**
   * The inverse of {@link #getters}: a value as rows hold it, null for null.
   *
   * @param value of a class that {@link #fits}
   */
  public static Object internal(LogicalType type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> StringData.fromString((String) value);
      case DECIMAL ->
          Exactly.rounded(
              (BigDecimal) value,
              ((DecimalType) type).getPrecision(),
              ((DecimalType) type).getScale());
      case DATE -> (int) ((LocalDate) value).toEpochDay();
      case TIME_WITHOUT_TIME_ZONE -> (int) (((LocalTime) value).toNanoOfDay() / 1_000_000L);
      case TIMESTAMP_WITHOUT_TIME_ZONE -> TimestampData.fromLocalDateTime((LocalDateTime) value);
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> TimestampData.fromInstant((Instant) value);
      case ARRAY -> {
        LogicalType element = ((ArrayType) type).getElementType();
        yield new GenericArrayData(
            ((List<?>) value).stream().map(each -> internal(element, each)).toArray());
      }
      default -> value;
    };
  }
}
