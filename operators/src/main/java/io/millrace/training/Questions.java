package io.millrace.training;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/**
 * The rows of a spine as questions to one view. A row whose entity is null or cannot exist asks
 * nothing: there is nothing to know.
 */
final class Questions implements FlatMapFunction<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final EntityValues[] entity;
  private final int idColumn;

  Questions(TrainingPlan.Part part, RowType spine) {
    RowType fields = part.view().schema().entity();
    entity = new EntityValues[fields.getFieldCount()];
    for (int i = 0; i < entity.length; i++) {
      int column = part.entityColumns().get(i);
      entity[i] = EntityValues.of(spine.getTypeAt(column), column, fields.getTypeAt(i));
    }
    idColumn = SpineRows.rowColumn(spine);
  }

  @Override
  public void flatMap(RowData row, Collector<RowData> out) {
    GenericRowData question = new GenericRowData(entity.length + 1);
    for (int i = 0; i < entity.length; i++) {
      Object value = entity[i].read(row);
      if (value == null || value == EntityValues.NONE) {
        return;
      }
      question.setField(i, value);
    }
    question.setField(entity.length, row.getLong(idColumn));
    out.collect(question);
  }
}
