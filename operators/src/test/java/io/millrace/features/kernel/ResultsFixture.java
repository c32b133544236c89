package io.millrace.features.kernel;

import io.millrace.features.AggregateTypes;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.types.logical.LogicalType;

/** One feature over a field {@code x}, and some cells to compute it in. */
final class ResultsFixture {
  final LogicalType resultType;
  final Layout layout;
  final Cells cells;
  private final FeatureResult result;

  ResultsFixture(AggregateFunction function, LogicalType type, Parameters parameters, int size) {
    resultType = AggregateTypes.resultType(function, type);
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(Kernels.of(Kernels.rows(), Kernels.NO_FIELD));
    for (String id : FeatureResults.kernelIds(function, parameters, "x", type)) {
      kernels.add(Kernels.of(id, 0));
    }
    layout = Layout.of(kernels);
    cells = Cells.empty(layout, size);
    result =
        FeatureResults.of(
            function, parameters, "x", type, resultType, id -> layout.kernel(layout.indexOf(id)));
  }

  void add(int cell, Object value, long timeMillis) {
    for (int i = 0; i < layout.size(); i++) {
      layout.kernel(i).add(cells, cell, GenericRowData.of(value), timeMillis);
    }
  }

  boolean remove(int cell, Object value, long timeMillis) {
    boolean sound = true;
    for (int i = 0; i < layout.size(); i++) {
      sound &= layout.kernel(i).remove(cells, cell, GenericRowData.of(value), timeMillis);
    }
    return sound;
  }

  void merge(int cell, int from) {
    for (int i = 0; i < layout.size(); i++) {
      layout.kernel(i).merge(cells, cell, cells, from);
    }
  }

  boolean subtract(int cell, int from) {
    boolean sound = true;
    for (int i = 0; i < layout.size(); i++) {
      sound &= layout.kernel(i).subtract(cells, cell, cells, from);
    }
    return sound;
  }

  /** The feature as Flink's internal value, or null. */
  Object value(int cell) {
    BinaryRowData row = new BinaryRowData(1);
    BinaryRowWriter writer = new BinaryRowWriter(row);
    result.write(cells, cell, writer, 0);
    writer.complete();
    return RowData.createFieldGetter(resultType.copy(true), 0).getFieldOrNull(row);
  }

  double number(int cell) {
    return ((Number) value(cell)).doubleValue();
  }
}
