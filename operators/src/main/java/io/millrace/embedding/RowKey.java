package io.millrace.embedding;

import io.millrace.features.EntityKeySelector;
import java.util.List;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.types.logical.RowType;

/** The key fields of a row, wherever they stand in it, as a binary row. */
final class RowKey implements KeySelector<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final int[] fields;
  private final EntityKeySelector selector;
  private transient ProjectedRowData projected;

  RowKey(RowType type, List<String> key) {
    fields = key.stream().mapToInt(type::getFieldIndex).toArray();
    selector = new EntityKeySelector(EmbeddingPlan.fields(type, key));
  }

  @Override
  public RowData getKey(RowData row) {
    if (projected == null) {
      projected = ProjectedRowData.from(fields);
    }
    return selector.getKey(projected.replaceRow(row));
  }
}
