package io.millrace.contract;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rule's figure must be, over one window: the operators of the Open Data Contract Standard.
 *
 * @param unit of the figure
 * @param conditions all of which must hold; without any the figure must be 0
 */
public record QualityBound(Unit unit, List<Condition> conditions) implements Serializable {

  /** Every record must keep the rule. */
  public static final QualityBound NONE_BROKEN =
      new QualityBound(Unit.ROWS, List.of(new Condition(Operator.EQUAL, BigDecimal.ZERO)));

  /** What is counted. */
  public enum Unit {
    /** Records. */
    ROWS,
    /** A share of the window's records, from 0 to 100. */
    PERCENT
  }

  /** How a figure is compared. */
  public enum Operator {
    EQUAL("="),
    NOT_EQUAL("<>"),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    LESS("<"),
    LESS_OR_EQUAL("<=");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }
  }

  /** One comparison. */
  public record Condition(Operator operator, BigDecimal value) implements Serializable {

    boolean holds(BigDecimal figure) {
      int order = figure.compareTo(value);
      return switch (operator) {
        case EQUAL -> order == 0;
        case NOT_EQUAL -> order != 0;
        case GREATER -> order > 0;
        case GREATER_OR_EQUAL -> order >= 0;
        case LESS -> order < 0;
        case LESS_OR_EQUAL -> order <= 0;
      };
    }
  }

  public QualityBound {
    conditions = List.copyOf(conditions);
  }

  /** Whether the figure is as it must be. */
  public boolean holds(double figure) {
    BigDecimal exact = BigDecimal.valueOf(figure);
    return conditions.isEmpty()
        ? exact.signum() == 0
        : conditions.stream().allMatch(condition -> condition.holds(exact));
  }

  /** Whether no record at all may break the rule: then each one that does can be dealt with. */
  public boolean allowsNone() {
    if (!holds(0)) {
      return false;
    }
    // The next greater figure there can be: one record, or any share above none.
    return unit == Unit.ROWS ? !holds(1) : !holds(1e-9);
  }

  /** For people: {@code < 1 percent}. */
  public String text() {
    List<String> parts = new ArrayList<>();
    conditions.forEach(it -> parts.add(it.operator.sign + " " + it.value.toPlainString()));
    return (parts.isEmpty() ? "= 0" : String.join(" and ", parts))
        + (unit == Unit.PERCENT ? " percent" : " rows");
  }
}
