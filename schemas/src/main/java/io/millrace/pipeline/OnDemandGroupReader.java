package io.millrace.pipeline;

import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;

/** Reads the {@code on_demand} groups of a pipeline file. */
final class OnDemandGroupReader {
  private static final String SECTION = "on_demand";
  private static final int MILLIS = 3;

  /** Those without parameters, for suggestions. */
  private static final List<String> TYPES =
      List.of(
          "STRING",
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INT",
          "INTEGER",
          "BIGINT",
          "FLOAT",
          "DOUBLE",
          "BYTES",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP_LTZ");

  private final Reading reading;
  private final YamlValue root;
  private final List<String> views;

  /**
   * @param root of the file; all of its views count, usable or not
   */
  OnDemandGroupReader(Reading reading, YamlValue root) {
    this.reading = reading;
    this.root = root;
    views = root.get("features").map(it -> List.copyOf(it.keys())).orElse(List.of());
  }

  List<OnDemandSpec> groups() {
    List<OnDemandSpec> groups = new ArrayList<>();
    root.get(SECTION)
        .ifPresent(
            section ->
                section.entries().stream()
                    .filter(group -> group.getValue().isMap())
                    .forEach(group -> groups.add(group(group.getKey(), group.getValue()))));
    return groups;
  }

  private OnDemandSpec group(String name, YamlValue map) {
    if (views.contains(name)) {
      reading.report(
          map.problem(
              "the name \"" + name + "\", which a feature view has already",
              "a name of its own, as both are asked for by name",
              "rename one of them"));
    }
    List<OnDemandSpec.Feature> features = new ArrayList<>();
    map.get("features")
        .ifPresent(
            all ->
                all.keys()
                    .forEach(
                        key ->
                            reading
                                .text(all, key)
                                .ifPresent(
                                    sql -> features.add(new OnDemandSpec.Feature(key, sql)))));
    return new OnDemandSpec(name, request(map), features, FeatureViewReader.about(reading, map));
  }

  private RowType request(YamlValue map) {
    List<RowType.RowField> fields = new ArrayList<>();
    for (Map.Entry<String, YamlValue> field :
        map.get("request").map(YamlValue::entries).orElse(List.of())) {
      YamlValue value = field.getValue();
      if (views.contains(field.getKey())) {
        reading.report(
            value.problem(
                "the field \"" + field.getKey() + "\", which is the name of a feature view",
                "a name that no view has: in expressions that one is the view",
                "rename the field"));
      }
      if (value.isScalar() && value.origin().isComplete()) {
        type(value).ifPresent(it -> fields.add(new RowType.RowField(field.getKey(), it)));
      }
    }
    return new RowType(false, fields);
  }

  private Optional<LogicalType> type(YamlValue value) {
    LogicalType type = null;
    try {
      type = LogicalTypeParser.parse(value.text(), OnDemandGroupReader.class.getClassLoader());
    } catch (ValidationException unreadable) {
      // Reported below, as is a name that the parser takes for a type of the user's.
    }
    if (type == null || type.is(LogicalTypeRoot.UNRESOLVED)) {
      reading.report(
          value.problem(
              value.describe(),
              "a type of Flink SQL",
              NearestName.suggestion(
                  value.text(),
                  TYPES,
                  "for example DECIMAL(10, 2), TIMESTAMP_LTZ(3), ARRAY<STRING>")));
      return Optional.empty();
    }
    if (!type.isNullable()) {
      reading.report(
          value.problem(
              "the type " + value.text(),
              "a type without NOT NULL: a caller may not know a value, and history may lack it",
              "leave NOT NULL out; where null means something, say it with COALESCE"));
      return Optional.empty();
    }
    if (!isPlain(type) && !(type instanceof ArrayType array && isPlain(array.getElementType()))) {
      reading.report(
          value.problem(
              "the type " + type.asSummaryString(),
              "a text, a number, a truth value, bytes, a date, a time up to milliseconds, a"
                  + " timestamp, or an array of such",
              "give its parts as fields of their own, or a STRING"));
      return Optional.empty();
    }
    return Optional.of(type);
  }

  private static boolean isPlain(LogicalType type) {
    return type instanceof TimeType time
        ? time.getPrecision() <= MILLIS
        : type.isAnyOf(
            LogicalTypeRoot.VARCHAR,
            LogicalTypeRoot.BOOLEAN,
            LogicalTypeRoot.TINYINT,
            LogicalTypeRoot.SMALLINT,
            LogicalTypeRoot.INTEGER,
            LogicalTypeRoot.BIGINT,
            LogicalTypeRoot.FLOAT,
            LogicalTypeRoot.DOUBLE,
            LogicalTypeRoot.DECIMAL,
            LogicalTypeRoot.VARBINARY,
            LogicalTypeRoot.DATE,
            LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
            LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
  }
}
