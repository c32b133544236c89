package io.millrace.features;

import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import io.millrace.expressions.ExpressionCure;
import io.millrace.expressions.ExpressionException;
import io.millrace.expressions.RowProgram;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Checks of a pipeline file's feature views that need Flink's planner: SQL expressions, and whether
 * aggregates are defined for what the expressions yield.
 *
 * <p>Costs about two seconds for the planner's first expression in a JVM, then some tens of
 * milliseconds for a view, and for each expression of a view that has a problem.
 */
public final class FeatureViewChecks {

  private final PipelineFile file;
  private final Source source;
  private final FeatureViewSpec view;
  private final RowType rows;
  private final List<Problem> problems;

  private FeatureViewChecks(
      PipelineFile file, Source source, FeatureViewSpec view, List<Problem> problems) {
    this.file = file;
    this.source = source;
    this.view = view;
    this.rows = source.rowType();
    this.problems = problems;
  }

  /** The problems of all views that could be read, beyond those the file itself reports. */
  public static List<Problem> problems(PipelineFile file) {
    List<Problem> problems = new ArrayList<>();
    Optional<Pipeline> draft = file.draft();
    if (draft.isPresent()) {
      for (FeatureViewSpec view : draft.get().featureViews()) {
        Source source = draft.get().source(view.source()).orElseThrow();
        new FeatureViewChecks(file, source, view, problems).check();
      }
    }
    return problems;
  }

  private void check() {
    Map<String, LogicalType> types = typesOfAccepted().orElseGet(this::typesOfEach);
    Map<String, LogicalType> results = new LinkedHashMap<>();
    for (AggregationSpec aggregation : view.aggregations()) {
      if (aggregation.function() != AggregateFunction.RATIO) {
        inputType(aggregation, types)
            .flatMap(type -> resultType(aggregation, type))
            .ifPresent(result -> results.put(aggregation.name(), result));
      }
    }
    for (AggregationSpec aggregation : view.aggregations()) {
      if (aggregation.function() == AggregateFunction.RATIO) {
        checkOperand(aggregation, 0, aggregation.parameters().numerator(), results);
        checkOperand(aggregation, 1, aggregation.parameters().denominator(), results);
      }
    }
  }

  private YamlValue place(String... keys) {
    String[] path = new String[keys.length + 2];
    path[0] = "features";
    path[1] = view.name();
    System.arraycopy(keys, 0, path, 2, keys.length);
    return file.at(path);
  }

  /**
   * Types of all inputs, by the program that the view will run with; empty if any of its
   * expressions is refused, and then it is not known which.
   */
  private Optional<Map<String, LogicalType>> typesOfAccepted() {
    if (view.isLatest()) {
      return Optional.empty();
    }
    List<String> columns = FeaturePlan.inputs(view);
    RowType accepted;
    try {
      accepted = RowProgram.compile(rows, columns, view.where()).outputType();
    } catch (ExpressionException oneOfThem) {
      return Optional.empty();
    }
    Map<String, LogicalType> types = new HashMap<>();
    for (AggregationSpec aggregation : view.aggregations()) {
      FeaturePlan.inputOf(aggregation)
          .ifPresent(
              column ->
                  types.put(aggregation.input(), accepted.getTypeAt(columns.indexOf(column))));
    }
    return Optional.of(types);
  }

  /** Checks each condition, and gives the types of the inputs that can be told together. */
  private Map<String, LogicalType> typesOfEach() {
    view.where().ifPresent(where -> checkCondition(where, place("where")));
    for (AggregationSpec aggregation : view.aggregations()) {
      aggregation
          .where()
          .ifPresent(
              where -> checkCondition(where, place("aggregations", aggregation.name(), "where")));
    }
    return typesTogether();
  }

  /** Types of all inputs, compiled at once; empty if any is refused. */
  private Map<String, LogicalType> typesTogether() {
    List<String> expressions =
        view.aggregations().stream()
            .map(AggregationSpec::input)
            .filter(input -> !input.isEmpty() && !input.equals("*"))
            .distinct()
            .toList();
    Map<String, LogicalType> types = new HashMap<>();
    if (!expressions.isEmpty()) {
      try {
        RowType together = RowProgram.compile(rows, expressions, Optional.empty()).outputType();
        for (int i = 0; i < expressions.size(); i++) {
          types.put(expressions.get(i), together.getTypeAt(i));
        }
      } catch (ExpressionException oneOfThem) {
        return Map.of();
      }
    }
    return types;
  }

  private Optional<LogicalType> inputType(
      AggregationSpec aggregation, Map<String, LogicalType> compiled) {
    String input = aggregation.input();
    if (input.equals("*")) {
      return Optional.of(AggregateTypes.resultType(AggregateFunction.COUNT, rows));
    }
    LogicalType known = compiled.get(input);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      return Optional.of(
          RowProgram.compile(rows, List.of(input), Optional.empty()).outputType().getTypeAt(0));
    } catch (ExpressionException refused) {
      report(place("aggregations", aggregation.name(), aggregation.function().keyword()), refused);
      return Optional.empty();
    }
  }

  private Optional<LogicalType> resultType(AggregationSpec aggregation, LogicalType input) {
    AggregateFunction function = aggregation.function();
    if (aggregation.input().equals("*")) {
      return Optional.of(input);
    }
    if (AggregateTypes.problem(function, input).isEmpty()) {
      return Optional.of(AggregateTypes.resultType(function, input));
    }
    problems.add(
        place("aggregations", aggregation.name(), function.keyword())
            .problem(
                function.keyword()
                    + " of "
                    + YamlValue.quote(aggregation.input())
                    + ", which is "
                    + input.copy(true).asSummaryString(),
                AggregateTypes.takes(function),
                "choose another field or function, or convert it with CAST"));
    return Optional.empty();
  }

  private void checkOperand(
      AggregationSpec ratio, int index, String operand, Map<String, LogicalType> results) {
    LogicalType type = results.get(operand);
    if (type == null) {
      return;
    }
    if (AggregateTypes.problem(AggregateFunction.RATIO, type).isPresent()) {
      place("aggregations", ratio.name(), "ratio").items().stream()
          .skip(index)
          .findFirst()
          .ifPresent(
              place ->
                  problems.add(
                      place.problem(
                          "the aggregation \""
                              + operand
                              + "\", which is "
                              + type.copy(true).asSummaryString(),
                          "a number to divide",
                          "name a numeric aggregation")));
    }
  }

  private void checkCondition(String where, YamlValue place) {
    try {
      RowProgram.compileCondition(rows, where);
    } catch (ExpressionException refused) {
      report(place, refused);
    }
  }

  private void report(YamlValue place, ExpressionException refused) {
    problems.add(
        place.problem(
            "the expression " + YamlValue.quote(place.text()) + ": " + refused.getMessage(),
            "Flink SQL over the fields of source " + source.name(),
            ExpressionCure.of(refused, rows.getFieldNames())));
  }
}
