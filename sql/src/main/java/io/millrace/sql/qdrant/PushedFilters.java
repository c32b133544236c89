package io.millrace.sql.qdrant;

import io.millrace.vectors.PointCondition;
import io.millrace.vectors.PointCondition.Comparison;
import io.millrace.vectors.PointRows;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * SQL's conditions as Qdrant's, where both mean the same: comparisons of a column with a constant,
 * joined by AND and OR.
 *
 * <pre>
 * column                      operators
 * STRING, BOOLEAN             =
 * TINYINT to BIGINT, DOUBLE   = &lt; &lt;= &gt; &gt;=   (BIGINT: up to 2^53, beyond only =)
 * DATE, TIMESTAMP, _LTZ       = &lt; &lt;= &gt; &gt;=   (up to microseconds)
 * </pre>
 *
 * Others are checked by Flink. (FLOAT, because SQL compares it in its own precision; CHAR, because
 * of its padding.)
 */
final class PushedFilters {

  private static final Map<FunctionDefinition, Comparison> COMPARISONS =
      Map.of(
          BuiltInFunctionDefinitions.LESS_THAN, Comparison.LESS,
          BuiltInFunctionDefinitions.LESS_THAN_OR_EQUAL, Comparison.AT_MOST,
          BuiltInFunctionDefinitions.GREATER_THAN, Comparison.GREATER,
          BuiltInFunctionDefinitions.GREATER_THAN_OR_EQUAL, Comparison.AT_LEAST);

  private static final Map<Comparison, Comparison> TURNED =
      Map.of(
          Comparison.LESS, Comparison.GREATER,
          Comparison.AT_MOST, Comparison.AT_LEAST,
          Comparison.GREATER, Comparison.LESS,
          Comparison.AT_LEAST, Comparison.AT_MOST);

  /** Others would be paths into nested payload. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

  private static final List<LogicalTypeRoot> WHOLE =
      List.of(
          LogicalTypeRoot.TINYINT,
          LogicalTypeRoot.SMALLINT,
          LogicalTypeRoot.INTEGER,
          LogicalTypeRoot.BIGINT);

  private static final double MOST_EXACT = 1L << 53;

  private final QdrantTable table;

  PushedFilters(QdrantTable table) {
    this.table = table;
  }

  /** The same condition for Qdrant; empty when there is none. */
  Optional<PointCondition> translate(ResolvedExpression expression) {
    if (expression instanceof FieldReferenceExpression field) {
      return flag(field, true);
    }
    if (!(expression instanceof CallExpression call)) {
      return Optional.empty();
    }
    FunctionDefinition function = call.getFunctionDefinition();
    List<ResolvedExpression> arguments = call.getResolvedChildren();
    if (function == BuiltInFunctionDefinitions.AND) {
      return all(arguments).map(PointCondition.All::new);
    }
    if (function == BuiltInFunctionDefinitions.OR) {
      return all(arguments).map(PointCondition.Any::new);
    }
    if (function == BuiltInFunctionDefinitions.NOT) {
      return arguments.get(0) instanceof FieldReferenceExpression field
          ? flag(field, false)
          : Optional.empty();
    }
    boolean equal = function == BuiltInFunctionDefinitions.EQUALS;
    Comparison comparison = COMPARISONS.get(function);
    if (!equal && comparison == null) {
      return Optional.empty();
    }
    FieldReferenceExpression left = field(arguments.get(0));
    if (left != null && arguments.get(1) instanceof ValueLiteralExpression literal) {
      return compare(left, comparison, literal);
    }
    FieldReferenceExpression right = field(arguments.get(1));
    if (right != null && arguments.get(0) instanceof ValueLiteralExpression literal) {
      return compare(right, equal ? null : TURNED.get(comparison), literal);
    }
    return Optional.empty();
  }

  /** A column, also one of whole numbers that is made wider for the comparison; null for others. */
  private static FieldReferenceExpression field(ResolvedExpression expression) {
    if (expression instanceof FieldReferenceExpression field) {
      return field;
    }
    return expression instanceof CallExpression call
            && call.getFunctionDefinition() == BuiltInFunctionDefinitions.CAST
            && call.getResolvedChildren().get(0) instanceof FieldReferenceExpression field
            && isWidened(field, call)
        ? field
        : null;
  }

  private static boolean isWidened(ResolvedExpression from, ResolvedExpression to) {
    LogicalType narrow = from.getOutputDataType().getLogicalType();
    LogicalType wide = to.getOutputDataType().getLogicalType();
    return narrow.is(LogicalTypeFamily.INTEGER_NUMERIC)
        && wide.is(LogicalTypeFamily.INTEGER_NUMERIC)
        && WHOLE.indexOf(narrow.getTypeRoot()) < WHOLE.indexOf(wide.getTypeRoot());
  }

  private Optional<List<PointCondition>> all(List<ResolvedExpression> arguments) {
    List<PointCondition> conditions = new ArrayList<>();
    for (ResolvedExpression argument : arguments) {
      Optional<PointCondition> condition = translate(argument);
      if (condition.isEmpty()) {
        return Optional.empty();
      }
      conditions.add(condition.get());
    }
    return Optional.of(conditions);
  }

  private boolean isPayload(String field) {
    return PLAIN_NAME.matcher(field).matches()
        && !field.equals(table.vector())
        && !field.equals(QdrantTable.CHUNK)
        && !field.equals(PointRows.ID);
  }

  private Optional<PointCondition> flag(FieldReferenceExpression field, boolean value) {
    return isPayload(field.getName())
            && !field.getName().equals(table.tenant())
            && field.getOutputDataType().getLogicalType().is(LogicalTypeRoot.BOOLEAN)
        ? Optional.of(new PointCondition.Equal(field.getName(), value))
        : Optional.empty();
  }

  /**
   * @param comparison null for equality
   */
  private Optional<PointCondition> compare(
      FieldReferenceExpression field, Comparison comparison, ValueLiteralExpression literal) {
    String name = field.getName();
    LogicalType type = field.getOutputDataType().getLogicalType();
    if (literal.isNull() || !isPayload(name)) {
      return Optional.empty();
    }
    if (name.equals(table.tenant())) {
      return comparison == null ? tenant(name, type, literal) : Optional.empty();
    }
    return switch (type.getTypeRoot()) {
      case VARCHAR ->
          comparison == null
              ? literal.getValueAs(String.class).map(text -> new PointCondition.Equal(name, text))
              : Optional.empty();
      case BOOLEAN ->
          comparison == null
              ? literal.getValueAs(Boolean.class).map(flag -> new PointCondition.Equal(name, flag))
              : Optional.empty();
      case TINYINT, SMALLINT, INTEGER, BIGINT ->
          literal.getValueAs(BigDecimal.class).flatMap(number -> whole(name, comparison, number));
      case DOUBLE ->
          literal.getValueAs(Double.class).map(number -> compared(name, comparison, number));
      case DATE ->
          literal
              .getValueAs(LocalDate.class)
              .map(day -> compared(name, comparison, day.atStartOfDay(ZoneOffset.UTC).toInstant()));
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          literal
              .getValueAs(LocalDateTime.class)
              .flatMap(at -> micros(name, comparison, at.toInstant(ZoneOffset.UTC)));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          literal.getValueAs(Instant.class).flatMap(at -> micros(name, comparison, at));
      default -> Optional.empty();
    };
  }

  /** Kept as text, whatever the column's type. */
  private static Optional<PointCondition> tenant(
      String name, LogicalType type, ValueLiteralExpression literal) {
    Optional<String> text =
        type.is(LogicalTypeRoot.VARCHAR)
            ? literal.getValueAs(String.class)
            : type.is(LogicalTypeFamily.INTEGER_NUMERIC)
                ? literal.getValueAs(BigDecimal.class).map(BigDecimal::toPlainString)
                : Optional.empty();
    return text.map(value -> new PointCondition.Equal(name, value));
  }

  private static Optional<PointCondition> whole(
      String name, Comparison comparison, BigDecimal number) {
    if (comparison == null) {
      try {
        return Optional.of(new PointCondition.Equal(name, number.longValueExact()));
      } catch (ArithmeticException noWholeNumber) {
        return Optional.empty();
      }
    }
    double bound = number.doubleValue();
    return Math.abs(bound) < MOST_EXACT && new BigDecimal(bound).compareTo(number) == 0
        ? Optional.of(new PointCondition.Compared(name, comparison, bound))
        : Optional.empty();
  }

  private static Optional<PointCondition> micros(String name, Comparison comparison, Instant at) {
    return at.getNano() % 1_000 == 0
        ? Optional.of(compared(name, comparison, at))
        : Optional.empty();
  }

  private static PointCondition compared(String name, Comparison comparison, Serializable value) {
    return comparison == null
        ? new PointCondition.Equal(name, value)
        : new PointCondition.Compared(name, comparison, value);
  }
}
