package io.millrace.quality;

import io.millrace.ingest.JsonRowEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** The values that are to be unique, as one JSON text. */
final class UniqueKey implements KeySelector<RowData, String> {
  private static final long serialVersionUID = 1L;

  private final RowData.FieldGetter[] getters;
  private final JsonRowEncoder json;

  /**
   * @param fields positions of the values
   */
  UniqueKey(RowType row, int[] fields) {
    getters = new RowData.FieldGetter[fields.length];
    RowType.RowField[] values = new RowType.RowField[fields.length];
    for (int i = 0; i < fields.length; i++) {
      getters[i] = RowData.createFieldGetter(row.getTypeAt(fields[i]), fields[i]);
      values[i] = row.getFields().get(fields[i]);
    }
    json = new JsonRowEncoder(new RowType(List.of(values)));
  }

  @Override
  public String getKey(RowData row) {
    GenericRowData values = new GenericRowData(getters.length);
    for (int i = 0; i < getters.length; i++) {
      values.setField(i, getters[i].getFieldOrNull(row));
    }
    return new String(json.encode(values), StandardCharsets.UTF_8);
  }
}
