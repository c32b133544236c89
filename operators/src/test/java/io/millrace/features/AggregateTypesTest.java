package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.kernel.FeatureResults;
import io.millrace.features.kernel.Kernel;
import io.millrace.features.kernel.Kernels;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.CharType;
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
import org.junit.jupiter.api.Test;

class AggregateTypesTest {
  private static final List<LogicalType> TYPES =
      List.of(
          new TinyIntType(),
          new SmallIntType(),
          new IntType(false),
          new BigIntType(),
          new FloatType(),
          new DoubleType(),
          new DecimalType(10, 2),
          new DecimalType(38, 9),
          new BooleanType(),
          new CharType(3),
          new VarCharType(false, 20),
          new VarBinaryType(8),
          new DateType(),
          new TimeType(3),
          new TimestampType(3),
          new LocalZonedTimestampType(9),
          new ArrayType(new IntType()),
          RowType.of(new IntType()));

  private static final Parameters PARAMETERS =
      new Parameters(0.5, 3, List.of(-1.0, 1e10), "a", "b");

  @Test
  void shouldHaveKernelsForExactlyTheTypesThatItAllows() {
    for (AggregateFunction function : AggregateFunction.values()) {
      for (LogicalType type : TYPES) {
        if (function != AggregateFunction.RATIO
            && AggregateTypes.problem(function, type).isEmpty()) {
          Map<String, Kernel> kernels = new LinkedHashMap<>();
          for (String id : FeatureResults.kernelIds(function, PARAMETERS, "x", type)) {
            kernels.put(id, Kernels.of(id, 0));
          }
          LogicalType result = AggregateTypes.resultType(function, type);
          assertThat(FeatureResults.of(function, PARAMETERS, "x", type, result, kernels::get))
              .as("%s of %s", function, type)
              .isNotNull();
        }
      }
    }
  }

  @Test
  void shouldWidenSumsAndMeansAsFlinkDoes() {
    assertThat(result(AggregateFunction.SUM, new IntType(false))).isEqualTo(new BigIntType());
    assertThat(result(AggregateFunction.SUM, new FloatType())).isEqualTo(new DoubleType());
    assertThat(result(AggregateFunction.SUM, new DecimalType(10, 2)))
        .isEqualTo(new DecimalType(38, 2));
    assertThat(result(AggregateFunction.AVG, new DecimalType(10, 2)))
        .isEqualTo(new DecimalType(38, 6));
    assertThat(result(AggregateFunction.AVG, new DecimalType(20, 9)))
        .isEqualTo(new DecimalType(38, 9));
    assertThat(result(AggregateFunction.AVG, new IntType())).isEqualTo(new DoubleType());
    assertThat(result(AggregateFunction.COUNT, RowType.of(new IntType())))
        .isEqualTo(new BigIntType(false));
    assertThat(result(AggregateFunction.LAST_K, new VarCharType(false, 20)))
        .isEqualTo(new ArrayType(new VarCharType(20)));
    assertThat(result(AggregateFunction.MIN, new DateType(false))).isEqualTo(new DateType());
  }

  @Test
  void shouldSayWhatIsWrongAndWhichTypesAreFine() {
    assertThat(AggregateTypes.problem(AggregateFunction.QUANTILE, new VarCharType(false, 20)))
        .contains(
            "quantile is not defined for VARCHAR(20), it takes"
                + " TINYINT, SMALLINT, INT, BIGINT, DECIMAL, FLOAT or DOUBLE");
    assertThat(AggregateTypes.problem(AggregateFunction.MIN, new BooleanType()))
        .contains(
            "min is not defined for BOOLEAN, it takes numbers, text, bytes, DATE, TIME and"
                + " timestamps");
    assertThat(AggregateTypes.problem(AggregateFunction.COUNT, new ArrayType(new IntType())))
        .isEmpty();
    assertThat(AggregateTypes.problem(AggregateFunction.TOP_K, new ArrayType(new IntType())))
        .isPresent();
  }

  private static LogicalType result(AggregateFunction function, LogicalType type) {
    return AggregateTypes.resultType(function, type);
  }
}
