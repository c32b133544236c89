package io.millrace.contract;

import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Maps ODCS logical types to Flink's. The logical type says what a value is; the physical type, or
 * {@code logicalTypeOptions.format}, says how wide it is.
 *
 * <table>
 *   <caption>Mapping</caption>
 *   <tr><th>logicalType</th><th>physicalType or format</th><th>Flink</th></tr>
 *   <tr><td>string</td><td>bytes, binary, varbinary, bytea, blob; format byte, binary</td>
 *       <td>BYTES</td></tr>
 *   <tr><td>string</td><td>anything else</td><td>STRING</td></tr>
 *   <tr><td>integer</td><td>tinyint; i8</td><td>TINYINT</td></tr>
 *   <tr><td>integer</td><td>smallint, short, int2; i16, u8</td><td>SMALLINT</td></tr>
 *   <tr><td>integer</td><td>int, integer, int4, int32; i32, u16</td><td>INT</td></tr>
 *   <tr><td>integer</td><td>bigint, long, int8, int64; i64, u32; none</td><td>BIGINT</td></tr>
 *   <tr><td>integer, number</td><td>decimal(p,s), numeric(p,s)</td><td>DECIMAL(p,s)</td></tr>
 *   <tr><td>integer</td><td>u64</td><td>DECIMAL(20,0)</td></tr>
 *   <tr><td>number</td><td>float, real, float4; f32</td><td>FLOAT</td></tr>
 *   <tr><td>number</td><td>double, float8; f64; none</td><td>DOUBLE</td></tr>
 *   <tr><td>boolean</td><td></td><td>BOOLEAN</td></tr>
 *   <tr><td>date</td><td></td><td>DATE</td></tr>
 *   <tr><td>time</td><td>time(p), p up to 3</td><td>TIME(p), p = 3 if not given</td></tr>
 *   <tr><td>timestamp</td><td>timestamp(p)</td><td>TIMESTAMP(p), p = 6 if not given</td></tr>
 *   <tr><td>timestamp</td><td>timestamptz, timestamp_ltz(p), timestamp(p) with time zone; option
 *       timezone: true</td><td>TIMESTAMP_LTZ(p)</td></tr>
 *   <tr><td>object</td><td></td><td>ROW of its properties</td></tr>
 *   <tr><td>array</td><td></td><td>ARRAY of its items</td></tr>
 * </table>
 *
 * <p>{@code date} with a physical timestamp type means a timestamp, as ODCS 3.0 had no other way to
 * say it.
 */
final class FieldTypes {

  private static final Set<String> LOGICAL_TYPES =
      Set.of(
          "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean");

  private static final Set<String> BINARY =
      Set.of("bytes", "binary", "varbinary", "bytea", "blob", "byte");

  private static final Map<String, LogicalType> INTEGERS =
      Map.ofEntries(
          Map.entry("tinyint", new TinyIntType()),
          Map.entry("i8", new TinyIntType()),
          Map.entry("smallint", new SmallIntType()),
          Map.entry("short", new SmallIntType()),
          Map.entry("int2", new SmallIntType()),
          Map.entry("int16", new SmallIntType()),
          Map.entry("smallserial", new SmallIntType()),
          Map.entry("i16", new SmallIntType()),
          Map.entry("u8", new SmallIntType()),
          Map.entry("int", new IntType()),
          Map.entry("integer", new IntType()),
          Map.entry("int4", new IntType()),
          Map.entry("int32", new IntType()),
          Map.entry("serial", new IntType()),
          Map.entry("i32", new IntType()),
          Map.entry("u16", new IntType()),
          Map.entry("bigint", new BigIntType()),
          Map.entry("long", new BigIntType()),
          Map.entry("int8", new BigIntType()),
          Map.entry("int64", new BigIntType()),
          Map.entry("bigserial", new BigIntType()),
          Map.entry("i64", new BigIntType()),
          Map.entry("u32", new BigIntType()),
          Map.entry("u64", new DecimalType(20, 0)));

  private static final Map<String, LogicalType> NUMBERS =
      Map.ofEntries(
          Map.entry("float", new FloatType()),
          Map.entry("real", new FloatType()),
          Map.entry("float4", new FloatType()),
          Map.entry("f32", new FloatType()),
          Map.entry("double", new DoubleType()),
          Map.entry("double precision", new DoubleType()),
          Map.entry("float8", new DoubleType()),
          Map.entry("number", new DoubleType()),
          Map.entry("f64", new DoubleType()));

  /** Base name, then parameters in parentheses, then what follows. */
  private static final Pattern PHYSICAL =
      Pattern.compile(
          "([a-z_0-9 ]+?)\\s*(?:\\(\\s*(\\d{1,4})\\s*(?:,\\s*(\\d{1,4})\\s*)?\\))?( .*)?");

  private final Consumer<Problem> problems;

  FieldTypes(Consumer<Problem> problems) {
    this.problems = problems;
  }

  /** The type of an ODCS property, or nothing after a problem was reported. */
  Optional<LogicalType> of(YamlValue property, boolean nullable) {
    Optional<YamlValue> logical = property.get("logicalType");
    if (logical.isEmpty()) {
      problems.accept(
          property.problem(
              "no logicalType",
              "one of " + sortedTypes(),
              "add it, for example logicalType: string"));
      return Optional.empty();
    }
    String name = logical.get().text();
    Optional<LogicalType> type =
        switch (name) {
          case "string" -> Optional.of(string(property));
          case "boolean" -> Optional.of(new BooleanType());
          case "integer" -> integer(property);
          case "number" -> number(property);
          case "date" -> date(property);
          case "time" -> time(property);
          case "timestamp" -> timestamp(property);
          case "object" -> object(property);
          case "array" -> array(property);
          default -> {
            problems.accept(
                logical
                    .get()
                    .problem(
                        logical.get().describe(),
                        "one of " + sortedTypes(),
                        NearestName.suggestion(name, LOGICAL_TYPES, "choose one of these")));
            yield Optional.empty();
          }
        };
    return type.map(found -> found.copy(nullable));
  }

  private static String sortedTypes() {
    return String.join(", ", LOGICAL_TYPES.stream().sorted().toList());
  }

  private record Physical(String base, int first, int second, String rest) {}

  private static Physical physical(YamlValue property) {
    String text =
        property
            .get("physicalType")
            .map(value -> value.text().toLowerCase(Locale.ROOT).strip().replaceAll("\\s+", " "))
            .orElse("");
    Matcher matcher = PHYSICAL.matcher(text);
    if (!matcher.matches()) {
      return new Physical(text, -1, -1, "");
    }
    return new Physical(
        matcher.group(1),
        matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2)),
        matcher.group(3) == null ? -1 : Integer.parseInt(matcher.group(3)),
        matcher.group(4) == null ? "" : matcher.group(4).strip());
  }

  private static String option(YamlValue property, String name) {
    return property
        .get("logicalTypeOptions")
        .flatMap(options -> options.get(name))
        .map(YamlValue::text)
        .orElse("");
  }

  private static LogicalType string(YamlValue property) {
    boolean binary =
        BINARY.contains(physical(property).base()) || BINARY.contains(option(property, "format"));
    return binary
        ? new VarBinaryType(VarBinaryType.MAX_LENGTH)
        : new VarCharType(VarCharType.MAX_LENGTH);
  }

  private Optional<LogicalType> integer(YamlValue property) {
    Physical physical = physical(property);
    if (isDecimal(physical)) {
      return decimal(property, physical);
    }
    String width = INTEGERS.containsKey(physical.base()) ? physical.base() : format(property);
    if (width.isEmpty()) {
      return Optional.of(new BigIntType());
    }
    LogicalType type = INTEGERS.get(width);
    if (type == null) {
      problems.accept(
          property
              .nearest("logicalTypeOptions", "format")
              .problem(
                  "the integer format \"" + width + "\"",
                  "i8, i16, i32, i64, u8, u16, u32 or u64",
                  "wider integers: logicalType number, physicalType decimal(38,0)"));
    }
    return Optional.ofNullable(type);
  }

  private Optional<LogicalType> number(YamlValue property) {
    Physical physical = physical(property);
    if (isDecimal(physical)) {
      return decimal(property, physical);
    }
    String width = NUMBERS.containsKey(physical.base()) ? physical.base() : format(property);
    if (width.isEmpty()) {
      return Optional.of(new DoubleType());
    }
    LogicalType type = NUMBERS.get(width);
    if (type == null) {
      problems.accept(
          property
              .nearest("logicalTypeOptions", "format")
              .problem(
                  "the number format \"" + width + "\"",
                  "f32 or f64, or physicalType decimal(p,s)",
                  "choose one of these"));
    }
    return Optional.ofNullable(type);
  }

  private static String format(YamlValue property) {
    return option(property, "format");
  }

  private static boolean isDecimal(Physical physical) {
    return Set.of("decimal", "numeric", "dec").contains(physical.base());
  }

  private Optional<LogicalType> decimal(YamlValue property, Physical physical) {
    int precision = physical.first();
    int scale = Math.max(0, physical.second());
    if (precision < 1 || precision > DecimalType.MAX_PRECISION || scale > precision) {
      problems.accept(
          property
              .nearest("physicalType")
              .problem(
                  property.nearest("physicalType").describe(),
                  "decimal(p,s) with 1 <= p <= 38 and 0 <= s <= p",
                  "state both, for example decimal(12,2)"));
      return Optional.empty();
    }
    return Optional.of(new DecimalType(precision, scale));
  }

  private Optional<LogicalType> date(YamlValue property) {
    return physical(property).base().startsWith("timestamp")
        ? timestamp(property)
        : Optional.of(new DateType());
  }

  private Optional<LogicalType> time(YamlValue property) {
    Physical physical = physical(property);
    if (isZoned(property, physical)) {
      problems.accept(
          property.problem(
              "a time of day with a zone",
              "a time without zone, or a timestamp",
              "set timezone: false, or logicalType: timestamp"));
      return Optional.empty();
    }
    int precision = physical.first() < 0 ? 3 : physical.first();
    if (precision > 3) {
      problems.accept(
          property
              .nearest("physicalType")
              .problem(
                  property.nearest("physicalType").describe(),
                  "time(0) to time(3)",
                  "Flink keeps times of day in milliseconds: use time(3)"));
      return Optional.empty();
    }
    return Optional.of(new TimeType(precision));
  }

  private Optional<LogicalType> timestamp(YamlValue property) {
    Physical physical = physical(property);
    int precision = physical.first() < 0 ? 6 : physical.first();
    if (precision > 9) {
      problems.accept(
          property
              .nearest("physicalType")
              .problem(
                  property.nearest("physicalType").describe(),
                  "timestamp(0) to timestamp(9)",
                  "milliseconds are timestamp(3)"));
      return Optional.empty();
    }
    if (namesZone(physical) && option(property, "timezone").equals("false")) {
      problems.accept(
          property
              .nearest("logicalTypeOptions", "timezone")
              .problem(
                  "timezone: false with physicalType " + physical.base(),
                  "both with zone or both without",
                  "change one of the two"));
      return Optional.empty();
    }
    return Optional.of(
        isZoned(property, physical)
            ? new LocalZonedTimestampType(precision)
            : new TimestampType(precision));
  }

  private static boolean isZoned(YamlValue property, Physical physical) {
    return option(property, "timezone").equals("true") || namesZone(physical);
  }

  private static boolean namesZone(Physical physical) {
    String full = physical.base() + " " + physical.rest();
    return physical.base().equals("timestamptz")
        || physical.base().equals("timetz")
        || physical.base().endsWith("_ltz")
        || full.contains("with time zone")
        || full.contains("with local time zone");
  }

  private Optional<LogicalType> object(YamlValue property) {
    List<YamlValue> properties = property.get("properties").map(YamlValue::items).orElse(List.of());
    if (properties.isEmpty()) {
      problems.accept(
          property.problem(
              "an object without properties",
              "at least one property",
              "list its properties, or carry it as a string"));
      return Optional.empty();
    }
    Set<String> names = new LinkedHashSet<>();
    List<RowType.RowField> fields = new ArrayList<>();
    boolean complete = true;
    for (YamlValue nested : properties) {
      Optional<String> name = FieldNames.of(nested, names, problems);
      boolean required = nested.get("required").map(YamlValue::text).orElse("").equals("true");
      Optional<LogicalType> type = of(nested, !required);
      if (name.isEmpty() || type.isEmpty()) {
        complete = false;
      } else {
        fields.add(new RowType.RowField(name.get(), type.get()));
      }
    }
    return complete ? Optional.of(new RowType(fields)) : Optional.empty();
  }

  private Optional<LogicalType> array(YamlValue property) {
    Optional<YamlValue> items = property.get("items");
    if (items.isEmpty()) {
      problems.accept(
          property.problem(
              "an array without items", "the type of its items", "add items: {logicalType: ...}"));
      return Optional.empty();
    }
    boolean required = items.get().get("required").map(YamlValue::text).orElse("").equals("true");
    return of(items.get(), !required).map(ArrayType::new);
  }
}
