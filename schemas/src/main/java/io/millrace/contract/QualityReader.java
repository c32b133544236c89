package io.millrace.contract;

import io.millrace.contract.QualityRule.Check;
import io.millrace.contract.QualityRule.NotMissing;
import io.millrace.contract.QualityRule.NotNull;
import io.millrace.contract.QualityRule.OneOf;
import io.millrace.contract.QualityRule.RowCount;
import io.millrace.contract.QualityRule.Satisfies;
import io.millrace.contract.QualityRule.Unique;
import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads the rules of an ODCS schema object: its {@code quality} lists, those of its properties at
 * any depth, and the checks among {@code logicalTypeOptions}.
 *
 * <p>Rules of type {@code text}, and {@code custom} ones of other engines, are for others and left
 * alone.
 */
final class QualityReader {

  private static final List<String> METRICS =
      List.of("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount");

  /** The one form of a query that speaks of single records. */
  private static final Pattern COUNT_QUERY =
      Pattern.compile(
          "(?is)\\s*SELECT\\s+COUNT\\s*\\(\\s*\\*\\s*\\)\\s+FROM\\s+(\\S+)\\s+WHERE\\s+(.+?)\\s*;?\\s*");

  private static final String ENGINE = "millrace";

  private final List<Field> fields;
  private final Consumer<Problem> problems;
  private final QualityOptions options;
  private final Set<String> names = new LinkedHashSet<>();
  private final List<QualityRule> rules = new ArrayList<>();

  QualityReader(List<Field> fields, Consumer<Problem> problems) {
    this.fields = fields;
    this.problems = problems;
    this.options = new QualityOptions(problems);
  }

  List<QualityRule> rules(YamlValue object) {
    for (YamlValue property : list(object, "properties")) {
      Optional<String> name = property.get("name").map(YamlValue::text);
      fields.stream()
          .filter(field -> name.filter(field.name()::equals).isPresent())
          .findFirst()
          .ifPresent(field -> property(property, field.name(), field.type()));
    }
    for (YamlValue rule : list(object, "quality")) {
      rule(rule, "", null);
    }
    return rules;
  }

  private void property(YamlValue property, String path, LogicalType type) {
    property
        .get("logicalTypeOptions")
        .ifPresent(
            written ->
                options.read(
                    written,
                    type,
                    (kind, check) -> add(written, path, kind, check, QualityBound.NONE_BROKEN)));
    for (YamlValue rule : list(property, "quality")) {
      rule(rule, path, type);
    }
    if (type instanceof RowType row) {
      for (YamlValue nested : list(property, "properties")) {
        int position = row.getFieldIndex(nested.get("name").map(YamlValue::text).orElse(""));
        if (position >= 0) {
          property(nested, path + "." + row.getFieldNames().get(position), row.getTypeAt(position));
        }
      }
    }
    if (type instanceof ArrayType array) {
      property.get("items").ifPresent(it -> property(it, path + "[]", array.getElementType()));
    }
  }

  private static List<YamlValue> list(YamlValue map, String key) {
    return map.get(key).map(YamlValue::items).orElse(List.of());
  }

  private void rule(YamlValue rule, String path, LogicalType type) {
    String kind = rule.get("type").map(YamlValue::text).orElse("library");
    switch (kind) {
      case "library" -> library(rule, path, type);
      case "sql" -> sql(rule, path);
      case "custom" -> custom(rule, path);
      case "text" -> {}
      default ->
          problems.accept(
              rule.nearest("type")
                  .problem(
                      "the rule type \"" + kind + "\"",
                      "library, sql, custom or text",
                      NearestName.suggestion(
                          kind, List.of("library", "sql", "custom", "text"), "choose one")));
    }
  }

  private void library(YamlValue rule, String path, LogicalType type) {
    Optional<YamlValue> metric = rule.get("metric").or(() -> rule.get("rule"));
    if (metric.isEmpty()) {
      problems.accept(
          rule.problem("a rule without a metric", "metric: one of " + METRICS, "add it"));
      return;
    }
    String name = metric.get().text();
    if (!METRICS.contains(name)) {
      problems.accept(
          metric
              .get()
              .problem(
                  metric.get().describe(),
                  "one of " + String.join(", ", METRICS),
                  NearestName.suggestion(name, METRICS, "choose one of these")));
      return;
    }
    boolean aboutRecords = name.equals("rowCount") || name.equals("duplicateValues");
    if (path.isEmpty() && !aboutRecords || name.equals("rowCount") && !path.isEmpty()) {
      problems.accept(
          rule.problem(
              name + (path.isEmpty() ? " of the object" : " of a property"),
              name + (path.isEmpty() ? " of a property" : " of the object"),
              "move the rule there"));
      return;
    }
    check(name, rule, path, type)
        .ifPresent(check -> add(rule, path, name, check, QualityBounds.of(rule, problems)));
  }

  private Optional<Check> check(String metric, YamlValue rule, String path, LogicalType type) {
    return switch (metric) {
      case "nullValues" -> Optional.of(new NotNull());
      case "missingValues" -> missing(rule, type);
      case "invalidValues" -> invalid(rule, type);
      case "duplicateValues" -> unique(rule, path);
      default -> Optional.of(new RowCount());
    };
  }

  private Optional<Check> missing(YamlValue rule, LogicalType type) {
    List<YamlValue> values = list(rule.nearest("arguments"), "missingValues");
    if (values.isEmpty()) {
      problems.accept(
          rule.problem(
              "missingValues without a list of them",
              "arguments: {missingValues: [null, '', 'N/A']}",
              "add it, or use nullValues"));
      return Optional.empty();
    }
    List<String> texts =
        values.stream()
            .filter(it -> it.kind() != YamlValue.Kind.NULL)
            .map(YamlValue::text)
            .toList();
    return Optional.of(new NotMissing(texts, texts.size() < values.size()));
  }

  private Optional<Check> invalid(YamlValue rule, LogicalType type) {
    YamlValue arguments = rule.nearest("arguments");
    List<YamlValue> values = list(arguments, "validValues");
    Optional<YamlValue> pattern = arguments.get("pattern").or(() -> rule.get("pattern"));
    if (values.isEmpty() == pattern.isEmpty()) {
      problems.accept(
          rule.problem(
              values.isEmpty() ? "invalidValues without an argument" : "two arguments",
              "arguments with validValues: [...] or with pattern: ...",
              values.isEmpty() ? "add one of the two" : "make two rules of it"));
      return Optional.empty();
    }
    if (pattern.isPresent()) {
      return options.pattern(pattern.get(), type).map(Check.class::cast);
    }
    switch (type.getTypeRoot()) {
      case CHAR, VARCHAR, BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, DECIMAL, FLOAT, DOUBLE -> {}
      default -> {
        problems.accept(
            QualityOptions.wrongType(
                arguments.nearest("validValues"),
                "a list of values",
                type,
                "a string, number or boolean"));
        return Optional.empty();
      }
    }
    for (YamlValue value : values) {
      if (!fits(value, type)) {
        problems.accept(
            value.problem(
                value.describe() + " for a field of type " + type.copy(true).asSummaryString(),
                "values of that type",
                "correct it"));
        return Optional.empty();
      }
    }
    return Optional.of(new OneOf(values.stream().map(YamlValue::text).toList()));
  }

  private static boolean fits(YamlValue value, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> value.isScalar();
      case BOOLEAN -> value.kind() == YamlValue.Kind.BOOLEAN;
      default -> value.kind() == YamlValue.Kind.INTEGER || value.kind() == YamlValue.Kind.DECIMAL;
    };
  }

  private Optional<Check> unique(YamlValue rule, String path) {
    List<YamlValue> written = list(rule.nearest("arguments"), "properties");
    List<String> unique =
        written.isEmpty() && !path.isEmpty()
            ? List.of(path)
            : written.stream().map(YamlValue::text).toList();
    if (unique.isEmpty()) {
      problems.accept(
          rule.problem(
              "duplicateValues of the object without properties",
              "arguments: {properties: [field, ...]}",
              "name the fields that are unique together"));
      return Optional.empty();
    }
    List<String> known = fields.stream().map(Field::name).toList();
    for (String name : unique) {
      if (!known.contains(name)) {
        problems.accept(
            rule.nearest("arguments", "properties")
                .problem(
                    "the field \"" + name + "\"",
                    "fields of the object itself",
                    NearestName.suggestion(name, known, "correct the name")));
        return Optional.empty();
      }
    }
    return Optional.of(new Unique(unique));
  }

  private void sql(YamlValue rule, String path) {
    Optional<YamlValue> query = rule.get("query").filter(YamlValue::isScalar);
    if (query.isEmpty()) {
      problems.accept(rule.problem("an SQL rule without a query", "query: SELECT ...", "add it"));
      return;
    }
    Matcher matcher = COUNT_QUERY.matcher(query.get().text());
    if (!matcher.matches()) {
      problems.accept(
          query
              .get()
              .problem(
                  "a query that no stream of records can answer",
                  "SELECT COUNT(*) FROM {object} WHERE <condition of a record that is wrong>",
                  "write it so, or make it a rule of type custom for the engine that runs it"));
      return;
    }
    QualityBound bound = QualityBounds.of(rule, problems);
    // The query counts what is wrong; the rule is what holds otherwise.
    add(
        rule,
        path,
        "sql",
        new Satisfies("NOT (" + withProperty(matcher.group(2), path) + ")"),
        bound);
  }

  private void custom(YamlValue rule, String path) {
    String engine = rule.get("engine").map(YamlValue::text).orElse("");
    if (!engine.equalsIgnoreCase(ENGINE)) {
      return;
    }
    Optional<YamlValue> condition = rule.get("implementation").filter(YamlValue::isScalar);
    if (condition.isEmpty()) {
      problems.accept(
          rule.nearest("implementation")
              .problem(
                  "no condition",
                  "implementation: an SQL condition such as arrived_at >= departed_at",
                  "write one"));
      return;
    }
    add(
        rule,
        path,
        "sql",
        new Satisfies(withProperty(condition.get().text().strip(), path)),
        QualityBounds.of(rule, problems));
  }

  private static String withProperty(String sql, String path) {
    return path.isEmpty() ? sql : sql.replace("{property}", "`" + path.replace(".", "`.`") + "`");
  }

  private void add(YamlValue place, String path, String kind, Check check, QualityBound bound) {
    Optional<YamlValue> written =
        place.get("name").or(() -> place.get("id")).filter(YamlValue::isScalar);
    String wanted =
        written
            .map(YamlValue::text)
            .orElse(path.isEmpty() ? kind : path.replace("[]", "") + "." + kind);
    String name = wanted.replaceAll("[^A-Za-z0-9_.-]+", "_");
    if (written.isPresent() && names.contains(name)) {
      problems.accept(
          written
              .get()
              .problem(
                  "the rule \"" + name + "\" a second time",
                  "every name once in the object",
                  "rename one of the two"));
      return;
    }
    for (int number = 2; !names.add(name); number++) {
      name = wanted.replaceAll("[^A-Za-z0-9_.-]+", "_") + "_" + number;
    }
    rules.add(new QualityRule(name, path, check, bound, place.place()));
  }
}
