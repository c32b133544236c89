package io.millrace.pipeline;

import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the {@code aggregations} of one view. */
final class AggregationReader {

  /** Functions whose state can give up a value that an update or delete takes back. */
  private static final Set<AggregateFunction> UNDOABLE =
      EnumSet.of(
          AggregateFunction.COUNT,
          AggregateFunction.SUM,
          AggregateFunction.AVG,
          AggregateFunction.VARIANCE,
          AggregateFunction.STDDEV,
          AggregateFunction.HISTOGRAM,
          AggregateFunction.TOP_K,
          AggregateFunction.RATIO);

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> CONSTANTS = Set.of("TRUE", "FALSE", "NULL", "UNKNOWN");

  private final Reading reading;
  private final Optional<Source> source;
  private final WindowChecks windowChecks;
  private final Set<String> entity;

  AggregationReader(
      Reading reading, Optional<Source> source, Optional<Duration> hop, Set<String> entity) {
    this.reading = reading;
    this.source = source;
    this.windowChecks = new WindowChecks(reading, hop);
    this.entity = entity;
  }

  /** The aggregations of a view in file order, without those that have problems. */
  List<AggregationSpec> aggregations(YamlValue view) {
    YamlValue section = view.get("aggregations").orElse(null);
    if (section == null) {
      return List.of();
    }
    Map<String, AggregationSpec> read = new LinkedHashMap<>();
    for (Map.Entry<String, YamlValue> entry : section.entries()) {
      aggregation(entry.getKey(), entry.getValue(), view)
          .ifPresent(aggregation -> read.put(aggregation.name(), aggregation));
    }
    windowChecks.checkHopOf(view);
    checkFeatureNames(section, read);
    List<AggregationSpec> right = new ArrayList<>();
    for (AggregationSpec aggregation : read.values()) {
      if (aggregation.function() != AggregateFunction.RATIO
          || checkRatio(section.nearest(aggregation.name()), aggregation, section, read)) {
        right.add(aggregation);
      }
    }
    return right;
  }

  private Optional<AggregationSpec> aggregation(String name, YamlValue map, YamlValue view) {
    List<AggregateFunction> functions = new ArrayList<>();
    for (AggregateFunction candidate : AggregateFunction.values()) {
      if (map.get(candidate.keyword()).isPresent()) {
        functions.add(candidate);
      }
    }
    List<AggregationSpec.Window> windows = windowChecks.windows(map);
    if (functions.size() != 1) {
      return Optional.empty();
    }
    AggregateFunction function = functions.get(0);
    boolean right =
        checkUndoable(map, function) & checkTimeOfChanges(map) & checkParameters(map, function);
    Optional<String> input =
        function == AggregateFunction.RATIO ? Optional.of("") : input(map, function);
    if (!right || input.isEmpty()) {
      return Optional.empty();
    }
    List<String> operands =
        reading.scalars(map, AggregateFunction.RATIO.keyword()).stream()
            .map(YamlValue::text)
            .toList();
    if (function == AggregateFunction.RATIO && operands.size() != 2) {
      return Optional.empty();
    }
    return Optional.of(
        new AggregationSpec(
            name,
            function,
            input.get(),
            reading.text(map, "where"),
            windows,
            parameters(map, operands)));
  }

  private boolean checkUndoable(YamlValue map, AggregateFunction function) {
    if (source.isEmpty() || !source.get().isChangelog() || UNDOABLE.contains(function)) {
      return true;
    }
    String allowed = String.join(", ", UNDOABLE.stream().map(AggregateFunction::keyword).toList());
    reading.report(
        map.nearest(function.keyword())
            .problem(
                function.keyword()
                    + " over source "
                    + source.get().name()
                    + ", a table whose rows are updated and deleted",
                "one of " + allowed + ", which can take a value back",
                "use one of these, or latest: [...] for the row as it is now"));
    return false;
  }

  /**
   * A row that is taken back has to be found in the window it went into. By a field of the row it
   * is; by the time of the change it is not, because that differs between insert and delete.
   */
  private boolean checkTimeOfChanges(YamlValue map) {
    if (source.isEmpty()
        || !source.get().isChangelog()
        || source.get().eventTime().field().isPresent()
        || map.get("windows").isEmpty()) {
      return true;
    }
    reading.report(
        map.nearest("windows")
            .problem(
                "windows over source "
                    + source.get().name()
                    + ", a table whose rows have no time of their own",
                "an event_time field in the source, which puts a row and its deletion into the"
                    + " same window",
                "set sources."
                    + source.get().name()
                    + ".event_time.field, or leave out windows to aggregate over all rows"));
    return false;
  }

  /** Parameters that belong to another function, and ones the schema cannot judge. */
  private boolean checkParameters(YamlValue map, AggregateFunction function) {
    boolean right = true;
    Map<String, Set<AggregateFunction>> owners =
        Map.of(
            "q", EnumSet.of(AggregateFunction.QUANTILE),
            "k", EnumSet.of(AggregateFunction.LAST_K, AggregateFunction.TOP_K),
            "edges", EnumSet.of(AggregateFunction.HISTOGRAM),
            "where", EnumSet.complementOf(EnumSet.of(AggregateFunction.RATIO)));
    for (String parameter : List.of("q", "k", "edges", "where")) {
      if (map.get(parameter).isPresent() && !owners.get(parameter).contains(function)) {
        String rightful =
            parameter.equals("where")
                ? "where beside the aggregations it divides"
                : parameter
                    + " beside "
                    + String.join(
                        " or ",
                        owners.get(parameter).stream().map(AggregateFunction::keyword).toList());
        reading.report(
            map.nearest(parameter)
                .problem(parameter + " beside " + function.keyword(), rightful, "remove it"));
        right = false;
      }
    }
    return right & checkEdges(map, function);
  }

  private boolean checkEdges(YamlValue map, AggregateFunction function) {
    if (function != AggregateFunction.HISTOGRAM) {
      return true;
    }
    List<Double> edges = edges(map);
    for (int i = 1; i < edges.size(); i++) {
      if (!(edges.get(i - 1) < edges.get(i))) {
        YamlValue edge = map.nearest("edges").items().get(i);
        reading.report(
            edge.problem(
                "the edge " + edge.text() + " after " + edges.get(i - 1),
                "edges that ascend",
                "sort them and remove repeated ones"));
        return false;
      }
    }
    return !edges.isEmpty();
  }

  private List<Double> edges(YamlValue map) {
    return reading.scalars(map, "edges").stream()
        .filter(it -> it.kind() == YamlValue.Kind.INTEGER || it.kind() == YamlValue.Kind.DECIMAL)
        .map(it -> Double.valueOf(it.text()))
        .toList();
  }

  private AggregationSpec.Parameters parameters(YamlValue map, List<String> operands) {
    Optional<YamlValue> q = map.get("q").filter(AggregationReader::isNumber);
    Optional<YamlValue> k = map.get("k").filter(it -> it.text().matches("[0-9]{1,4}"));
    boolean ratio = operands.size() == 2;
    return new AggregationSpec.Parameters(
        q.map(it -> Double.parseDouble(it.text())).orElse(Double.NaN),
        k.map(it -> Integer.parseInt(it.text())).orElse(0),
        edges(map),
        ratio ? operands.get(0) : "",
        ratio ? operands.get(1) : "");
  }

  private static boolean isNumber(YamlValue value) {
    return value.kind() == YamlValue.Kind.INTEGER || value.kind() == YamlValue.Kind.DECIMAL;
  }

  private Optional<String> input(YamlValue map, AggregateFunction function) {
    Optional<YamlValue> written = reading.scalar(map, function.keyword());
    if (written.isEmpty()) {
      return Optional.empty();
    }
    String expression = written.get().text().strip();
    if (expression.equals("*")) {
      if (function == AggregateFunction.COUNT) {
        return Optional.of(expression);
      }
      reading.report(
          written
              .get()
              .problem(
                  function.keyword() + " of *",
                  "a field or an SQL expression",
                  "only count takes \"*\""));
      return Optional.empty();
    }
    boolean known =
        source.isEmpty()
            || !isField(expression)
            || FieldReferences.check(written.get(), source.get().contract(), reading);
    return known ? Optional.of(expression) : Optional.empty();
  }

  private static boolean isField(String expression) {
    return IDENTIFIER.matcher(expression).matches()
        && !CONSTANTS.contains(expression.toUpperCase(Locale.ROOT));
  }

  private boolean checkRatio(
      YamlValue map,
      AggregationSpec ratio,
      YamlValue section,
      Map<String, AggregationSpec> siblings) {
    boolean right = true;
    List<YamlValue> operands = reading.scalars(map, AggregateFunction.RATIO.keyword());
    for (YamlValue operand : operands) {
      AggregationSpec sibling = siblings.get(operand.text());
      if (!section.keys().contains(operand.text())) {
        List<String> names =
            section.keys().stream().filter(name -> !name.equals(ratio.name())).toList();
        reading.report(
            operand.problem(
                "the unknown aggregation \"" + operand.text() + "\"",
                "an aggregation of the same view: " + String.join(", ", names),
                NearestName.suggestion(operand.text(), names, "name one of these")));
        right = false;
      } else if (sibling == null) {
        right = false;
      } else if (sibling.function() == AggregateFunction.RATIO) {
        reading.report(
            operand.problem(
                "the ratio \"" + operand.text() + "\" inside a ratio",
                "aggregations that are no ratios",
                "divide what that ratio divides"));
        right = false;
      } else {
        right = right && windowChecks.checkCovered(map, ratio, operand, sibling);
      }
    }
    return right;
  }

  /** Two aggregations must not give features of one name, nor features named as the entity. */
  private void checkFeatureNames(YamlValue section, Map<String, AggregationSpec> read) {
    Map<String, String> taken = new HashMap<>();
    for (AggregationSpec aggregation : read.values()) {
      YamlValue place = section.nearest(aggregation.name());
      for (String feature : aggregation.featureNames()) {
        String other = taken.putIfAbsent(feature, aggregation.name());
        if (other != null && !other.equals(aggregation.name())) {
          reading.report(
              place.problem(
                  "the feature name " + feature + ", already given by " + other,
                  "one aggregation per feature name",
                  "rename one of the two"));
        }
        if (entity.contains(feature)) {
          reading.report(
              place.problem(
                  "the feature name " + feature + ", which is also an entity field",
                  "another name",
                  "rename the aggregation"));
        }
      }
    }
  }
}
