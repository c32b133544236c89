package io.millrace.offline;

import io.millrace.offline.StoredTypes.RowForm;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.table.data.GenericRowData;

/** Feature vectors in the form of their view's table. */
final class KeepVectors extends RichMapFunction<FeatureVector, StoredRow> {
  private static final long serialVersionUID = 1L;

  private final int table;
  private final TableLayout layout;
  private final FeatureSchema schema;
  private transient RowForm entity;
  private transient RowForm values;

  KeepVectors(int table, TableLayout layout, FeatureSchema schema) {
    this.table = table;
    this.layout = layout;
    this.schema = schema;
  }

  @Override
  public void open(OpenContext context) {
    entity = RowForm.stored(schema.entity());
    values = RowForm.stored(schema.values());
  }

  @Override
  public StoredRow map(FeatureVector vector) {
    GenericRowData stored = new GenericRowData(layout.columns().getFieldCount());
    entity.apply(vector.entity(), stored);
    if (vector.values() != null) {
      values.apply(vector.values(), stored, schema.entity().getFieldCount());
    }
    int next = layout.rowColumns();
    stored.setField(next++, SourceRows.time(vector.eventTimeMillis()));
    stored.setField(next++, vector.revision());
    stored.setField(next, vector.deleted());
    return new StoredRow(table, "", 0, stored);
  }
}
