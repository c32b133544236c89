package io.millrace.embedding;

import io.millrace.pipeline.TextTemplate;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The text of a row by a template. Numbers stand as people write them (whole ones without a point),
 * times in ISO 8601, arrays with commas; values of masked fields as {@value #MASKED}, the same for
 * all rows, so that nothing of them is in the vector. The text is in Unicode's composed form, with
 * single spaces.
 */
public final class RowTexts {
  public static final String MASKED = "***";

  private static final double EXACT_WHOLE = 1L << 53;

  private final TextTemplate template;
  private final Map<String, Function<RowData, String>> fields = new HashMap<>();

  /**
   * @param masked fields whose values are not shown
   * @throws IllegalArgumentException when the template names a field that the type lacks
   */
  public RowTexts(TextTemplate template, RowType type, Set<String> masked) {
    this.template = template;
    for (String name : template.fields()) {
      Function<RowData, String> field = field(type, name);
      fields.put(name, masked.contains(name) ? masked(field) : field);
    }
  }

  private static Function<RowData, String> masked(Function<RowData, String> field) {
    return row -> field.apply(row) == null ? null : MASKED;
  }

  /** The text of one field; null where the field is null. */
  public static Function<RowData, String> field(RowType type, String name) {
    int index = type.getFieldIndex(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "no field \"%s\" in %s".formatted(name, type.getFieldNames()));
    }
    LogicalType fieldType = type.getTypeAt(index);
    RowData.FieldGetter getter = RowData.createFieldGetter(fieldType, index);
    return row -> text(getter.getFieldOrNull(row), fieldType);
  }

  public String of(RowData row) {
    String text = template.render(name -> fields.get(name).apply(row));
    return Normalizer.isNormalized(text, Normalizer.Form.NFC)
        ? text
        : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static String text(Object value, LogicalType type) {
    if (value == null) {
      return null;
    }
    return switch (type.getTypeRoot()) {
      case FLOAT, DOUBLE -> number(((Number) value).doubleValue(), value);
      case DECIMAL -> plain(((DecimalData) value).toBigDecimal());
      case DATE -> LocalDate.ofEpochDay((Integer) value).toString();
      case TIME_WITHOUT_TIME_ZONE -> LocalTime.ofNanoOfDay((Integer) value * 1_000_000L).toString();
      case TIMESTAMP_WITHOUT_TIME_ZONE -> ((TimestampData) value).toLocalDateTime().toString();
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> ((TimestampData) value).toInstant().toString();
      case ARRAY -> array((ArrayData) value, ((ArrayType) type).getElementType());
      case MAP -> map((MapData) value, (MapType) type);
      case ROW -> row((RowData) value, (RowType) type);
      default -> value.toString();
    };
  }

  private static String number(double number, Object value) {
    return number == Math.rint(number) && Math.abs(number) < EXACT_WHOLE
        ? Long.toString((long) number)
        : value.toString();
  }

  private static String plain(BigDecimal decimal) {
    return decimal.scale() > 0 && decimal.stripTrailingZeros().scale() <= 0
        ? decimal.toBigInteger().toString()
        : decimal.toPlainString();
  }

  private static String array(ArrayData values, LogicalType type) {
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      append(text, text(getter.getElementOrNull(values, i), type));
    }
    return text.toString();
  }

  private static String map(MapData values, MapType type) {
    ArrayData.ElementGetter key = ArrayData.createElementGetter(type.getKeyType());
    ArrayData.ElementGetter value = ArrayData.createElementGetter(type.getValueType());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      String written = text(value.getElementOrNull(values.valueArray(), i), type.getValueType());
      if (written != null) {
        append(
            text,
            text(key.getElementOrNull(values.keyArray(), i), type.getKeyType()) + " " + written);
      }
    }
    return text.toString();
  }

  private static String row(RowData values, RowType type) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < type.getFieldCount(); i++) {
      LogicalType field = type.getTypeAt(i);
      append(text, text(RowData.createFieldGetter(field, i).getFieldOrNull(values), field));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String part) {
    if (part != null && !part.isEmpty()) {
      text.append(text.isEmpty() ? "" : ", ").append(part);
    }
  }
}
