package io.millrace.vectors;

import static io.qdrant.client.ValueFactory.list;
import static io.qdrant.client.ValueFactory.nullValue;
import static io.qdrant.client.ValueFactory.value;

import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.JsonWithInt.Struct;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Rows as Qdrant payload. Integers stay integers, floats doubles, booleans booleans; times are RFC
 * 3339 strings in UTC, which a datetime index understands, a timestamp without zone being taken as
 * UTC; decimals are strings, so that no digit is lost; bytes are base64; nulls are left out of the
 * payload.
 */
final class PayloadValues {

  private final String[] names;
  private final LogicalType[] types;
  private final RowData.FieldGetter[] getters;

  PayloadValues(RowType type) {
    names = type.getFieldNames().toArray(String[]::new);
    types = type.getChildren().toArray(LogicalType[]::new);
    getters = new RowData.FieldGetter[names.length];
    for (int i = 0; i < names.length; i++) {
      getters[i] = RowData.createFieldGetter(types[i], i);
    }
  }

  /** Hands on name and value of every field that is not null. */
  void write(RowData row, BiConsumer<String, Value> field) {
    for (int i = 0; i < names.length; i++) {
      Object found = getters[i].getFieldOrNull(row);
      if (found != null) {
        field.accept(names[i], toValue(found, types[i]));
      }
    }
  }

  private static Value toValue(Object field, LogicalType type) {
    if (field == null) {
      return nullValue();
    }
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> value((Boolean) field);
      case TINYINT, SMALLINT, INTEGER, BIGINT -> value(((Number) field).longValue());
      case FLOAT, DOUBLE -> finite(((Number) field).doubleValue());
      case DATE -> value(LocalDate.ofEpochDay((Integer) field) + "T00:00:00Z");
      case TIME_WITHOUT_TIME_ZONE ->
          value(LocalTime.ofNanoOfDay((Integer) field * 1_000_000L).toString());
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          instant(((TimestampData) field).toLocalDateTime().toInstant(ZoneOffset.UTC));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> instant(((TimestampData) field).toInstant());
      case BINARY, VARBINARY -> value(Base64.getEncoder().encodeToString((byte[]) field));
      case ARRAY -> array((ArrayData) field, ((ArrayType) type).getElementType());
      case MAP -> entries((MapData) field, (MapType) type);
      case ROW -> object((RowData) field, (RowType) type);
      default -> value(field.toString());
    };
  }

  /** JSON has no NaN and no infinities. */
  private static Value finite(double number) {
    return Double.isFinite(number) ? value(number) : value(Double.toString(number));
  }

  private static Value instant(Instant instant) {
    return value(instant.toString());
  }

  private static Value array(ArrayData array, LogicalType elementType) {
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType);
    List<Value> values = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      values.add(toValue(getter.getElementOrNull(array, i), elementType));
    }
    return list(values);
  }

  private static Value entries(MapData map, MapType type) {
    ArrayData.ElementGetter keyAt = ArrayData.createElementGetter(type.getKeyType());
    ArrayData.ElementGetter valueAt = ArrayData.createElementGetter(type.getValueType());
    Struct.Builder entries = Struct.newBuilder();
    for (int i = 0; i < map.size(); i++) {
      entries.putFields(
          String.valueOf(keyAt.getElementOrNull(map.keyArray(), i)),
          toValue(valueAt.getElementOrNull(map.valueArray(), i), type.getValueType()));
    }
    return Value.newBuilder().setStructValue(entries).build();
  }

  private static Value object(RowData row, RowType type) {
    Struct.Builder fields = Struct.newBuilder();
    new PayloadValues(type).write(row, fields::putFields);
    return Value.newBuilder().setStructValue(fields).build();
  }

  /** A stored value as strings, longs, doubles, booleans, and lists and maps of them. */
  static Object read(Value value) {
    return switch (value.getKindCase()) {
      case BOOL_VALUE -> value.getBoolValue();
      case INTEGER_VALUE -> value.getIntegerValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case STRING_VALUE -> value.getStringValue();
      case LIST_VALUE -> {
        List<Object> values = new ArrayList<>();
        value.getListValue().getValuesList().forEach(each -> values.add(read(each)));
        yield values;
      }
      case STRUCT_VALUE -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        new TreeMap<>(value.getStructValue().getFieldsMap())
            .forEach((name, each) -> fields.put(name, read(each)));
        yield fields;
      }
      default -> null;
    };
  }

  /** Whether searches can filter by a field of the type, and which index that takes. */
  static Optional<PayloadSchemaType> index(LogicalType type) {
    return Optional.ofNullable(
        switch (type.getTypeRoot()) {
          case BOOLEAN -> PayloadSchemaType.Bool;
          case TINYINT, SMALLINT, INTEGER, BIGINT -> PayloadSchemaType.Integer;
          case FLOAT, DOUBLE -> PayloadSchemaType.Float;
          case DATE, TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
              PayloadSchemaType.Datetime;
          case ROW, MAP -> null;
          case ARRAY -> index(((ArrayType) type).getElementType()).orElse(null);
          default -> PayloadSchemaType.Keyword;
        });
  }
}
