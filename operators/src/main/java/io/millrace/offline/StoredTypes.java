package io.millrace.offline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * The types that history tables have for those of rows, and values on the way there and back.
 *
 * <pre>
 *   TINYINT, SMALLINT, INT    INT
 *   CHAR, VARCHAR             STRING
 *   BINARY, VARBINARY         BYTES
 *   TIME(p)                   TIME, in microseconds
 *   TIMESTAMP(p)              TIMESTAMP(6)
 *   TIMESTAMP_LTZ(p)          TIMESTAMP_LTZ(6)
 *   others                    themselves, at any depth
 * </pre>
 *
 * <p>Everything can be null, so that a contract may loosen a field. All values come back as they
 * were; a type with more than microseconds is refused, because it would not.
 */
public final class StoredTypes {
  private static final int MICROS = 6;

  private StoredTypes() {}

  /**
   * The type that holds all values of another.
   *
   * @throws IllegalArgumentException if there is none, with the reason
   */
  public static LogicalType of(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case TINYINT, SMALLINT, INTEGER -> new IntType();
      case CHAR, VARCHAR -> new VarCharType(VarCharType.MAX_LENGTH);
      case BINARY, VARBINARY -> new VarBinaryType(VarBinaryType.MAX_LENGTH);
      case DECIMAL ->
          new DecimalType(((DecimalType) type).getPrecision(), ((DecimalType) type).getScale());
      case TIME_WITHOUT_TIME_ZONE -> new TimeType();
      case TIMESTAMP_WITHOUT_TIME_ZONE -> new TimestampType(micros(type));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> new LocalZonedTimestampType(micros(type));
      case BIGINT, FLOAT, DOUBLE, BOOLEAN, DATE -> type.copy(true);
      case ARRAY -> new ArrayType(of(((ArrayType) type).getElementType()));
      case MAP ->
          new MapType(
              of(((MapType) type).getKeyType()).copy(false), of(((MapType) type).getValueType()));
      case ROW ->
          new RowType(
              ((RowType) type)
                  .getFields().stream()
                      .map(field -> new RowType.RowField(field.getName(), of(field.getType())))
                      .toList());
      default ->
          throw new IllegalArgumentException(
              type.asSummaryString() + " has no column type in a history table");
    };
  }

  private static int micros(LogicalType type) {
    if (LogicalTypeChecks.getPrecision(type) > MICROS) {
      throw new IllegalArgumentException(
          type.asSummaryString()
              + " is finer than the microseconds of a history table; state a precision of 6 or less"
              + " in the contract");
    }
    return MICROS;
  }

  /**
   * Changes a value of a column to one of the type that a row has for it; null stays null.
   *
   * @param from of the column, the stored type of {@code to} or one that was widened or narrowed
   *     since
   */
  public static UnaryOperator<Object> converter(LogicalType from, LogicalType to) {
    UnaryOperator<Object> ofValue = ofValue(from, to);
    return value -> value == null ? null : ofValue.apply(value);
  }

  private static UnaryOperator<Object> ofValue(LogicalType from, LogicalType to) {
    if (sameForm(from, to)) {
      return UnaryOperator.identity();
    }
    return switch (to.getTypeRoot()) {
      case TINYINT -> value -> ((Number) value).byteValue();
      case SMALLINT -> value -> ((Number) value).shortValue();
      case INTEGER -> value -> ((Number) value).intValue();
      case BIGINT -> value -> ((Number) value).longValue();
      case FLOAT -> value -> ((Number) value).floatValue();
      case DOUBLE -> value -> ((Number) value).doubleValue();
      case DECIMAL -> decimal((DecimalType) to);
      case ARRAY -> array(((ArrayType) from).getElementType(), ((ArrayType) to).getElementType());
      case MAP -> map((MapType) from, (MapType) to);
      case ROW -> row((RowType) from, (RowType) to);
      // Of times and timestamps, only what holds them cares for the precision.
      default -> UnaryOperator.identity();
    };
  }

  /** Whether values of both types look alike wherever they are kept. */
  private static boolean sameForm(LogicalType one, LogicalType other) {
    if (one.copy(true).equals(other.copy(true))) {
      return true;
    }
    List<LogicalType> parts = one.getChildren();
    List<LogicalType> others = other.getChildren();
    if (parts.isEmpty() || one.getTypeRoot() != other.getTypeRoot()) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      if (!sameForm(parts.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static UnaryOperator<Object> decimal(DecimalType to) {
    return value ->
        DecimalData.fromBigDecimal(
            ((DecimalData) value).toBigDecimal(), to.getPrecision(), to.getScale());
  }

  private static UnaryOperator<Object> array(LogicalType from, LogicalType to) {
    ArrayData.ElementGetter get = ArrayData.createElementGetter(from);
    UnaryOperator<Object> convert = converter(from, to);
    return value -> new GenericArrayData(elements((ArrayData) value, get, convert));
  }

  private static Object[] elements(
      ArrayData array, ArrayData.ElementGetter get, UnaryOperator<Object> convert) {
    Object[] elements = new Object[array.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = convert.apply(get.getElementOrNull(array, i));
    }
    return elements;
  }

  private static UnaryOperator<Object> map(MapType from, MapType to) {
    ArrayData.ElementGetter getKey = ArrayData.createElementGetter(from.getKeyType());
    ArrayData.ElementGetter getValue = ArrayData.createElementGetter(from.getValueType());
    UnaryOperator<Object> key = converter(from.getKeyType(), to.getKeyType());
    UnaryOperator<Object> mapped = converter(from.getValueType(), to.getValueType());
    return value -> {
      MapData map = (MapData) value;
      Object[] keys = elements(map.keyArray(), getKey, key);
      Object[] values = elements(map.valueArray(), getValue, mapped);
      Map<Object, Object> entries = new LinkedHashMap<>();
      for (int i = 0; i < keys.length; i++) {
        entries.put(keys[i], values[i]);
      }
      return new GenericMapData(entries);
    };
  }

  private static UnaryOperator<Object> row(RowType from, RowType to) {
    RowForm form = RowForm.between(from, to);
    return value -> form.apply((RowData) value, new GenericRowData(to.getFieldCount()));
  }

  /** Takes the fields of a row into another form, one for one. */
  static final class RowForm {
    private final RowData.FieldGetter[] getters;
    private final List<UnaryOperator<Object>> converters;

    private RowForm(RowData.FieldGetter[] getters, List<UnaryOperator<Object>> converters) {
      this.getters = getters;
      this.converters = converters;
    }

    /** From rows of a type to rows that begin with the fields of its stored type. */
    static RowForm stored(RowType type) {
      return between(type, (RowType) of(type));
    }

    private static RowForm between(RowType from, RowType to) {
      RowData.FieldGetter[] getters = new RowData.FieldGetter[from.getFieldCount()];
      List<UnaryOperator<Object>> converters = new ArrayList<>();
      for (int i = 0; i < getters.length; i++) {
        getters[i] = RowData.createFieldGetter(from.getTypeAt(i), i);
        converters.add(converter(from.getTypeAt(i), to.getTypeAt(i)));
      }
      return new RowForm(getters, converters);
    }

    GenericRowData apply(RowData row, GenericRowData into) {
      return apply(row, into, 0);
    }

    /** Fills {@code into} from position {@code first} on. */
    GenericRowData apply(RowData row, GenericRowData into, int first) {
      for (int i = 0; i < getters.length; i++) {
        into.setField(first + i, converters.get(i).apply(getters[i].getFieldOrNull(row)));
      }
      return into;
    }
  }
}
