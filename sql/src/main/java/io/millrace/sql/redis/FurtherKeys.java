package io.millrace.sql.redis;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Columns of a lookup beyond the entity: what is found has to equal them. */
final class FurtherKeys implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<RowData.FieldGetter> asked = new ArrayList<>();
  private final List<RowData.FieldGetter> found = new ArrayList<>();

  /**
   * @param keys names of the lookup's columns
   * @param columns their places in rows that are found
   */
  FurtherKeys(RowType type, List<String> keys, int[] columns, List<String> entity) {
    for (int i = 0; i < columns.length; i++) {
      if (!entity.contains(keys.get(i))) {
        asked.add(RowData.createFieldGetter(type.getTypeAt(columns[i]), i));
        found.add(RowData.createFieldGetter(type.getTypeAt(columns[i]), columns[i]));
      }
    }
  }

  boolean isEmpty() {
    return asked.isEmpty();
  }

  boolean fit(RowData keys, RowData row) {
    for (int i = 0; i < asked.size(); i++) {
      if (!Objects.equals(asked.get(i).getFieldOrNull(keys), found.get(i).getFieldOrNull(row))) {
        return false;
      }
    }
    return true;
  }
}
