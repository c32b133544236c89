package io.millrace.jobs.offline;

import io.millrace.offline.StoredTypes;
import java.util.function.UnaryOperator;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Takes fields by name out of rows that were read from a table. NOT serializable. */
final class ReadColumns {
  private final RowData.FieldGetter[] getters;
  private final UnaryOperator<Object>[] converters;

  /**
   * @param read type of the rows that were read
   * @param wanted fields to take; those that were not read are null
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  ReadColumns(RowType read, RowType wanted) {
    getters = new RowData.FieldGetter[wanted.getFieldCount()];
    converters = new UnaryOperator[getters.length];
    for (int i = 0; i < getters.length; i++) {
      int position = read.getFieldIndex(wanted.getFieldNames().get(i));
      if (position >= 0) {
        LogicalType type = read.getTypeAt(position);
        // Required columns of a table are read as such, and may be null in a row all the same.
        getters[i] = RowData.createFieldGetter(type.copy(true), position);
        converters[i] = StoredTypes.converter(type, wanted.getTypeAt(i));
      }
    }
  }

  GenericRowData take(RowData row) {
    GenericRowData taken = new GenericRowData(getters.length);
    for (int i = 0; i < getters.length; i++) {
      if (getters[i] != null) {
        taken.setField(i, converters[i].apply(getters[i].getFieldOrNull(row)));
      }
    }
    return taken;
  }
}
