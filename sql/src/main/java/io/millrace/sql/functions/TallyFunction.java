package io.millrace.sql.functions;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.AggregateFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;

/**
 * An aggregate over {@link Tallies}: values may be taken back, and parts merged, in any order with
 * the same result to the last bit. So batch equals streaming, and a window its panes.
 *
 * @param <R> result
 */
public abstract class TallyFunction<R> extends AggregateFunction<R, Tallies> {
  private static final long serialVersionUID = 1L;

  abstract ComparedValues input();

  abstract DataType output();

  @Override
  public TypeInference getTypeInference(DataTypeFactory typeFactory) {
    return TypeInference.newBuilder()
        .inputTypeStrategy(input())
        .accumulatorTypeStrategy(
            TypeStrategies.explicit(
                DataTypes.RAW(Tallies.class, TalliesSerializer.INSTANCE).notNull()))
        .outputTypeStrategy(TypeStrategies.explicit(output()))
        .build();
  }

  @Override
  public Tallies createAccumulator() {
    return new Tallies();
  }

  public void merge(Tallies tallies, Iterable<Tallies> parts) {
    for (Tallies part : parts) {
      tallies.merge(part);
    }
  }

  public void resetAccumulator(Tallies tallies) {
    tallies.clear();
  }
}
