package io.millrace.training;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;

/** Rows of a spine on their way: its columns, then the row's time and its number, from 0. */
public final class SpineRows {
  private SpineRows() {}

  /** The type of such rows; the time is in epoch millis. */
  public static RowType type(RowType spine) {
    List<RowType.RowField> fields = new ArrayList<>(spine.getFields());
    fields.add(new RowType.RowField("#time", new BigIntType(false)));
    fields.add(new RowType.RowField("#row", new BigIntType(false)));
    return new RowType(false, fields);
  }

  static int timeColumn(RowType spine) {
    return spine.getFieldCount();
  }

  static int rowColumn(RowType spine) {
    return spine.getFieldCount() + 1;
  }

  static int columns(int columnsOfSpine) {
    return columnsOfSpine + 2;
  }
}
