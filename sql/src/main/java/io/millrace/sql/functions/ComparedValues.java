package io.millrace.sql.functions;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.inference.Signature.Argument;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Arguments of an aggregate over values: the value, and what comes after it. Numbers arrive as
 * doubles, points in time as milliseconds (a DATE in days), names as they lie in the row.
 *
 * @param rest of the arguments, each with its check
 * @param optional how many of the last ones may be left out
 * @param names whether the function takes strings and truth values
 * @param times whether it takes dates and timestamps
 * @param cure what to do about a value it does not take
 */
record ComparedValues(List<Rest> rest, int optional, boolean names, boolean times, String cure)
    implements InputTypeStrategy {

  /**
   * An argument after the value.
   *
   * @param least smallest constant, {@code null} where the argument need not be a constant
   */
  record Rest(String name, DataType type, Double least, Double most) {}

  @Override
  public ArgumentCount getArgumentCount() {
    return ConstantArgumentCount.between(1 + rest.size() - optional, 1 + rest.size());
  }

  @Override
  public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
    List<DataType> given = call.getArgumentDataTypes();
    Optional<DataType> value = valueType(given.get(0).getLogicalType());
    if (value.isEmpty()) {
      return call.fail(
          throwOnFailure,
          "%s does not take a value of type %s; %s.",
          call.getName(),
          given.get(0).getLogicalType().asSummaryString(),
          cure);
    }
    List<DataType> types = new ArrayList<>(List.of(value.get()));
    for (int i = 1; i < given.size(); i++) {
      Rest argument = rest.get(i - 1);
      if (argument.least != null) {
        Optional<String> problem = problem(call, i, argument);
        if (problem.isPresent()) {
          return call.fail(throwOnFailure, "%s", problem.get());
        }
      }
      types.add(argument.type);
    }
    return Optional.of(types);
  }

  private static Optional<String> problem(CallContext call, int at, Rest argument) {
    Optional<Double> constant;
    try {
      constant = call.isArgumentLiteral(at) ? constant(call, at) : Optional.empty();
    } catch (UnsupportedOperationException notKnown) {
      // Once a query is validated the planner infers types again, without the literals.
      return Optional.empty();
    }
    if (constant.isPresent()
        && constant.get() >= argument.least
        && constant.get() <= argument.most) {
      return Optional.empty();
    }
    return Optional.of(
        "Argument %s of %s is %s; it is a constant from %s to %s."
            .formatted(
                argument.name,
                call.getName(),
                constant.map(ComparedValues::plain).orElse("no constant number"),
                plain(argument.least),
                plain(argument.most)));
  }

  private static Optional<Double> constant(CallContext call, int at) {
    return call.getArgumentValue(at, BigDecimal.class)
        .map(BigDecimal::doubleValue)
        .or(() -> call.getArgumentValue(at, Double.class));
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private Optional<DataType> valueType(LogicalType type) {
    if (type.is(LogicalTypeFamily.NUMERIC) || type.is(LogicalTypeRoot.NULL)) {
      return Optional.of(DataTypes.DOUBLE());
    }
    if (names && type.is(LogicalTypeFamily.CHARACTER_STRING)) {
      return Optional.of(DataTypes.STRING().bridgedTo(StringData.class));
    }
    if (names && type.is(LogicalTypeRoot.BOOLEAN)) {
      return Optional.of(DataTypes.BOOLEAN());
    }
    if (!times) {
      return Optional.empty();
    }
    return switch (type.getTypeRoot()) {
      case DATE -> Optional.of(DataTypes.DATE().bridgedTo(Integer.class));
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          Optional.of(DataTypes.TIMESTAMP(3).bridgedTo(TimestampData.class));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          Optional.of(DataTypes.TIMESTAMP_LTZ(3).bridgedTo(TimestampData.class));
      default -> Optional.empty();
    };
  }

  @Override
  public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
    Argument[] arguments = new Argument[1 + rest.size()];
    arguments[0] = Argument.of("value");
    for (int i = 0; i < rest.size(); i++) {
      arguments[i + 1] = Argument.of(rest.get(i).name, rest.get(i).type.toString());
    }
    return List.of(Signature.of(arguments));
  }
}
