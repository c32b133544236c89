package io.millrace.ondemand;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.document.NearestName;
import io.millrace.online.JavaValues;
import io.millrace.online.TextValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * What a request of a group brings: the entity fields of its views and the fields of its {@code
 * request}, each by name and once. All of them have to be there; a value may be null.
 */
public final class RequestForm {
  private final String group;
  private final RowType type;
  private final List<RequestField> fields = new ArrayList<>();
  private final List<JavaValues.Getter> getters;

  public RequestForm(CompiledGroup group) {
    this.group = group.spec().name();
    Map<String, LogicalType> types = new LinkedHashMap<>(group.entityFields());
    group.spec().request().getFields().forEach(it -> types.put(it.getName(), it.getType()));
    List<RowType.RowField> all = new ArrayList<>();
    types.forEach((name, of) -> all.add(new RowType.RowField(name, of.copy(true))));
    type = new RowType(false, all);
    all.forEach(field -> fields.add(new RequestField(field.getName(), field.getType())));
    getters = JavaValues.getters("a request of " + this.group, type);
  }

  /** The fields with their types: those of entities first. */
  public RowType type() {
    return type;
  }

  /**
   * A request from JSON: texts, numbers, truth values, arrays; times as ISO-8601 and bytes as
   * base64 texts.
   *
   * @param json an object
   * @throws IllegalArgumentException if a value is not of its field's type
   */
  public Map<String, Object> parse(JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("expected a JSON object, such as " + example());
    }
    Map<String, Object> request = new LinkedHashMap<>();
    json.properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              request.put(
                  field.getKey(),
                  value.isNull()
                      ? null
                      : parse(
                          field.getKey(),
                          value.isContainerNode() ? value.toString() : value.asText()));
            });
    return request;
  }

  /**
   * A field's value from its text.
   *
   * @throws IllegalArgumentException if there is no such field, or the text is no value of it
   */
  public Object parse(String field, String text) {
    int index = type.getFieldIndex(field);
    if (index < 0) {
      throw new IllegalArgumentException("a request of " + group + ": " + noSuch(field));
    }
    try {
      return TextValues.parse(type.getTypeAt(index), text);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(field + ": " + wrong.getMessage(), wrong);
    }
  }

  /**
   * A request as a row of {@link #type}.
   *
   * @param request values by name, in the classes that {@link io.millrace.online.StoredFeatures}
   *     names; whole numbers in any width
   * @throws IllegalArgumentException with everything that is missing, unknown or of another type
   */
  public GenericRowData row(Map<String, ?> request) {
    List<String> problems = new ArrayList<>();
    GenericRowData row = new GenericRowData(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      String name = type.getFieldNames().get(i);
      if (!request.containsKey(name)) {
        problems.add("has no " + name + ", which is to be there even where it is null");
        continue;
      }
      try {
        row.setField(i, internal(i, request.get(name)));
      } catch (IllegalArgumentException | ArithmeticException wrong) {
        problems.add(wrong.getMessage());
      }
    }
    request.keySet().stream()
        .filter(name -> type.getFieldIndex(name) < 0)
        .forEach(name -> problems.add(noSuch(name)));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "a request of %s: %s; expected %s"
              .formatted(group, String.join("; ", problems), example()));
    }
    return row;
  }

  /** A row's values under their names, in the classes of their types. */
  Map<String, Object> named(GenericRowData row) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      values.put(type.getFieldNames().get(i), getters.get(i).get(row));
    }
    return values;
  }

  private Object internal(int index, Object value) {
    LogicalType of = type.getTypeAt(index);
    boolean whole =
        value instanceof Byte
            || value instanceof Short
            || value instanceof Integer
            || value instanceof Long;
    if (whole && of.is(LogicalTypeFamily.NUMERIC)
        || value instanceof Float && of.is(LogicalTypeRoot.DOUBLE)) {
      return fields.get(index).value(value);
    }
    if (value != null && !JavaValues.fits(of, value)) {
      throw new IllegalArgumentException(
          "%s is %s, but a %s was given"
              .formatted(
                  type.getFieldNames().get(index),
                  of.asSummaryString(),
                  value.getClass().getSimpleName()));
    }
    return fields.get(index).fromJava(value);
  }

  private String noSuch(String name) {
    return "there is no field %s; %s"
        .formatted(
            name,
            NearestName.suggestion(
                name,
                type.getFieldNames(),
                "the fields are " + String.join(", ", type.getFieldNames())));
  }

  private String example() {
    List<String> names = new ArrayList<>();
    type.getFields()
        .forEach(it -> names.add("\"" + it.getName() + "\": " + it.getType().asSummaryString()));
    return "{" + String.join(", ", names) + "}";
  }
}
