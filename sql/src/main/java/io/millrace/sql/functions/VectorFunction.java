package io.millrace.sql.functions;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.TableRuntimeException;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.inference.Signature.Argument;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;

/**
 * A scalar function of two vectors, {@code ARRAY} of any numbers, computed in doubles. Null where a
 * vector, or a component of one, is null; vectors of different lengths fail the query, because they
 * are of different models.
 */
public abstract class VectorFunction extends ScalarFunction implements SpecializedFunction {
  private static final long serialVersionUID = 1L;

  /** Of the arguments' components; they are read as they lie there, without a conversion. */
  private final LogicalType[] components = {new DoubleType(), new DoubleType()};

  abstract String sqlName();

  /** Another one of its class: one instance may stand for several calls of a query. */
  abstract VectorFunction another();

  /** The result; null where it is not defined. */
  abstract Double of(double[] a, double[] b);

  @Override
  public UserDefinedFunction specialize(SpecializedContext context) {
    List<DataType> types = context.getCallContext().getArgumentDataTypes();
    VectorFunction special = another();
    for (int i = 0; i < components.length; i++) {
      special.components[i] = ((ArrayType) types.get(i).getLogicalType()).getElementType();
    }
    return special;
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory typeFactory) {
    return TypeInference.newBuilder()
        .inputTypeStrategy(new Vectors())
        .outputTypeStrategy(TypeStrategies.explicit(DataTypes.DOUBLE()))
        .build();
  }

  public Double eval(ArrayData a, ArrayData b) {
    double[] left = numbers(a, components[0]);
    double[] right = numbers(b, components[1]);
    if (left == null || right == null) {
      return null;
    }
    if (left.length != right.length) {
      throw new TableRuntimeException(
          "%s of vectors with %d and %d components: both must come from the same model"
              .formatted(sqlName(), left.length, right.length));
    }
    return of(left, right);
  }

  private static double[] numbers(ArrayData vector, LogicalType type) {
    if (vector == null) {
      return null;
    }
    double[] numbers = new double[vector.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (vector.isNullAt(i)) {
        return null;
      }
      numbers[i] = number(vector, i, type);
    }
    return numbers;
  }

  private static double number(ArrayData vector, int at, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case FLOAT -> vector.getFloat(at);
      case DOUBLE -> vector.getDouble(at);
      case TINYINT -> vector.getByte(at);
      case SMALLINT -> vector.getShort(at);
      case INTEGER -> vector.getInt(at);
      case BIGINT -> vector.getLong(at);
      default -> {
        DecimalType decimal = (DecimalType) type;
        yield vector
            .getDecimal(at, decimal.getPrecision(), decimal.getScale())
            .toBigDecimal()
            .doubleValue();
      }
    };
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static final class Vectors implements InputTypeStrategy {
    @Override
    public ArgumentCount getArgumentCount() {
      return ConstantArgumentCount.of(2);
    }

    @Override
    public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
      List<DataType> types = new ArrayList<>();
      for (DataType given : call.getArgumentDataTypes()) {
        boolean numbers =
            given.getLogicalType() instanceof ArrayType array
                && array.getElementType().is(LogicalTypeFamily.NUMERIC);
        if (!numbers) {
          return call.fail(
              throwOnFailure,
              "%s takes two arrays of numbers, not %s.",
              call.getName(),
              given.getLogicalType().asSummaryString());
        }
        types.add(given.bridgedTo(ArrayData.class));
      }
      return Optional.of(types);
    }

    @Override
    public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
      return List.of(
          Signature.of(Argument.of("a", "ARRAY<DOUBLE>"), Argument.of("b", "ARRAY<DOUBLE>")));
    }
  }
}
