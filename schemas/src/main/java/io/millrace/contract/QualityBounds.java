package io.millrace.contract;

import io.millrace.contract.QualityBound.Condition;
import io.millrace.contract.QualityBound.Operator;
import io.millrace.contract.QualityBound.Unit;
import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the operators of a rule: {@code mustBe}, {@code mustBeLessThan}, ... and its unit. */
final class QualityBounds {

  private static final Map<String, Operator> OPERATORS = new LinkedHashMap<>();

  static {
    OPERATORS.put("mustBe", Operator.EQUAL);
    OPERATORS.put("mustNotBe", Operator.NOT_EQUAL);
    OPERATORS.put("mustBeGreaterThan", Operator.GREATER);
    OPERATORS.put("mustBeGreaterOrEqualTo", Operator.GREATER_OR_EQUAL);
    OPERATORS.put("mustBeLessThan", Operator.LESS);
    OPERATORS.put("mustBeLessOrEqualTo", Operator.LESS_OR_EQUAL);
  }

  private static final String BETWEEN = "mustBeBetween";
  private static final String NOT_BETWEEN = "mustNotBeBetween";

  private QualityBounds() {}

  /** The rule's bound; none broken where it has no operator. */
  static QualityBound of(YamlValue rule, Consumer<Problem> problems) {
    List<Condition> conditions = new ArrayList<>();
    for (var entry : rule.entries()) {
      String key = entry.getKey();
      YamlValue value = entry.getValue();
      if (OPERATORS.containsKey(key)) {
        number(value, problems)
            .ifPresent(it -> conditions.add(new Condition(OPERATORS.get(key), it)));
      } else if (key.equals(BETWEEN)) {
        between(value, problems, conditions);
      } else if (key.equals(NOT_BETWEEN)) {
        problems.accept(
            value.problem(
                "the operator mustNotBeBetween",
                "one of " + String.join(", ", OPERATORS.keySet()) + ", mustBeBetween",
                "make two rules of it"));
      } else if (key.startsWith("must")) {
        problems.accept(
            value.problem(
                "the operator " + key,
                "one of " + String.join(", ", OPERATORS.keySet()) + ", mustBeBetween",
                NearestName.suggestion(key, OPERATORS.keySet(), "choose one of these")));
      }
    }
    Unit unit = unit(rule, problems);
    return conditions.isEmpty()
        ? new QualityBound(unit, QualityBound.NONE_BROKEN.conditions())
        : new QualityBound(unit, conditions);
  }

  private static Unit unit(YamlValue rule, Consumer<Problem> problems) {
    Optional<YamlValue> unit = rule.get("unit");
    String text = unit.map(YamlValue::text).orElse("rows");
    switch (text) {
      case "rows":
        return Unit.ROWS;
      case "percent":
        return Unit.PERCENT;
      default:
        problems.accept(
            unit.orElseThrow().problem("the unit \"" + text + "\"", "rows or percent", "choose"));
        return Unit.ROWS;
    }
  }

  private static void between(
      YamlValue value, Consumer<Problem> problems, List<Condition> conditions) {
    List<BigDecimal> limits =
        value.items().stream().flatMap(it -> number(it, problems).stream()).toList();
    if (limits.size() != 2 || limits.get(0).compareTo(limits.get(1)) > 0) {
      problems.accept(
          value.problem(value.describe(), "two numbers, the smaller first: [0, 10]", "correct it"));
      return;
    }
    conditions.add(new Condition(Operator.GREATER_OR_EQUAL, limits.get(0)));
    conditions.add(new Condition(Operator.LESS_OR_EQUAL, limits.get(1)));
  }

  private static Optional<BigDecimal> number(YamlValue value, Consumer<Problem> problems) {
    if (value.kind() == YamlValue.Kind.INTEGER || value.kind() == YamlValue.Kind.DECIMAL) {
      return Optional.of(new BigDecimal(value.text()));
    }
    problems.accept(value.problem(value.describe(), "a number", "correct it"));
    return Optional.empty();
  }
}
