package io.millrace.vectors;

import io.millrace.ingest.DecodingException;
import io.millrace.ingest.Exactly;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads a payload value as one of a type: what {@link PayloadValues} writes, it reads back to an
 * equal value. Numbers are also read from text. A value that is none of the type is null: a
 * collection has no schema, and one strange point must not end a query. Nor may it hold one up:
 * what a value costs is bounded by the length of its text, whatever its exponent says.
 */
interface PayloadRead extends Serializable {

  /** The value as Flink keeps it, or null. */
  Object read(Value value);

  /**
   * @throws IllegalArgumentException for a type that no payload has
   */
  static PayloadRead of(LogicalType type) {
    PayloadRead exact = exact(type);
    return value -> {
      try {
        return exact.read(value);
      } catch (ArithmeticException
          | IllegalArgumentException
          | DateTimeException
          | DecodingException strange) {
        return null;
      }
    };
  }

  private static PayloadRead exact(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR ->
          value -> value.hasStringValue() ? StringData.fromString(value.getStringValue()) : null;
      case BOOLEAN -> value -> value.hasBoolValue() ? value.getBoolValue() : null;
      case TINYINT -> value -> of(number(value), BigDecimal::byteValueExact);
      case SMALLINT -> value -> of(number(value), BigDecimal::shortValueExact);
      case INTEGER -> value -> of(number(value), BigDecimal::intValueExact);
      case BIGINT ->
          value ->
              value.hasIntegerValue()
                  ? (Object) value.getIntegerValue()
                  : of(number(value), BigDecimal::longValueExact);
      case FLOAT -> value -> of(floating(value), Double::floatValue);
      case DOUBLE -> PayloadRead::floating;
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield value ->
            of(
                number(value),
                it -> Exactly.rounded(it, decimal.getPrecision(), decimal.getScale()));
      }
      case DATE -> value -> (int) day(text(value)).toEpochDay();
      case TIME_WITHOUT_TIME_ZONE ->
          value -> (int) (LocalTime.parse(text(value)).toNanoOfDay() / 1_000_000L);
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          value ->
              TimestampData.fromLocalDateTime(
                  LocalDateTime.ofInstant(Instant.parse(text(value)), ZoneOffset.UTC));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          value -> TimestampData.fromInstant(Instant.parse(text(value)));
      case BINARY, VARBINARY -> value -> Base64.getDecoder().decode(text(value));
      case ARRAY -> array(of(((ArrayType) type).getElementType()));
      case MAP -> entries((MapType) type);
      case ROW -> row((RowType) type);
      default ->
          throw new IllegalArgumentException(
              "%s, of which there is no form in a payload".formatted(type.asSummaryString()));
    };
  }

  private static <I> Object of(I value, java.util.function.Function<I, Object> conversion) {
    return value == null ? null : conversion.apply(value);
  }

  /** A day, alone or as its midnight. */
  private static LocalDate day(String text) {
    int days = "2013-01-01".length();
    return LocalDate.parse(text.length() > days ? text.substring(0, days) : text);
  }

  private static String text(Value value) {
    if (!value.hasStringValue()) {
      throw new IllegalArgumentException("not a text");
    }
    return value.getStringValue();
  }

  private static BigDecimal number(Value value) {
    return switch (value.getKindCase()) {
      case INTEGER_VALUE -> BigDecimal.valueOf(value.getIntegerValue());
      case DOUBLE_VALUE -> BigDecimal.valueOf(value.getDoubleValue());
      case STRING_VALUE -> Exactly.numeral(value.getStringValue());
      default -> null;
    };
  }

  private static Double floating(Value value) {
    return switch (value.getKindCase()) {
      case INTEGER_VALUE -> (double) value.getIntegerValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case STRING_VALUE -> Double.valueOf(value.getStringValue());
      default -> null;
    };
  }

  private static PayloadRead array(PayloadRead element) {
    return value -> {
      if (!value.hasListValue()) {
        return null;
      }
      List<Object> elements = new ArrayList<>();
      value.getListValue().getValuesList().forEach(each -> elements.add(element.read(each)));
      return new GenericArrayData(elements.toArray());
    };
  }

  private static PayloadRead entries(MapType type) {
    PayloadRead key = of(type.getKeyType());
    PayloadRead entry = of(type.getValueType());
    return value -> {
      if (!value.hasStructValue()) {
        return null;
      }
      Map<Object, Object> entries = new HashMap<>();
      value
          .getStructValue()
          .getFieldsMap()
          .forEach(
              (name, each) ->
                  entries.put(
                      key.read(Value.newBuilder().setStringValue(name).build()), entry.read(each)));
      return new GenericMapData(entries);
    };
  }

  private static PayloadRead row(RowType type) {
    String[] names = type.getFieldNames().toArray(String[]::new);
    List<PayloadRead> fields = type.getChildren().stream().map(PayloadRead::of).toList();
    return value -> {
      if (!value.hasStructValue()) {
        return null;
      }
      GenericRowData row = new GenericRowData(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        Value field = value.getStructValue().getFieldsMap().get(names[i]);
        row.setField(i, field == null ? null : fields.get(i).read(field));
      }
      return row;
    };
  }
}
