package io.millrace.sql.lookups;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Columns of a lookup beyond those that name what is looked up: what is found has to equal them.
 */
public final class FurtherKeys implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<RowData.FieldGetter> asked = new ArrayList<>();
  private final List<RowData.FieldGetter> found = new ArrayList<>();

  /**
   * @param keys names of the lookup's columns
   * @param type of rows that are found
   * @param columns places of the lookup's columns in them
   * @param named columns that have no need to be compared
   */
  public FurtherKeys(RowType type, List<String> keys, int[] columns, List<String> named) {
    for (int i = 0; i < columns.length; i++) {
      if (!named.contains(keys.get(i))) {
        asked.add(RowData.createFieldGetter(type.getTypeAt(columns[i]), i));
        found.add(RowData.createFieldGetter(type.getTypeAt(columns[i]), columns[i]));
      }
    }
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return asked.isEmpty();
  }

  /** Whether a row has what was asked for. */
  public boolean fit(RowData keys, RowData row) {
    for (int i = 0; i < asked.size(); i++) {
      // Bytes are equal by what they hold.
      if (!Objects.deepEquals(
          asked.get(i).getFieldOrNull(keys), found.get(i).getFieldOrNull(row))) {
        return false;
      }
    }
    return true;
  }
}
