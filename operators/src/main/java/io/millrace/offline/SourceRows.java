package io.millrace.offline;

import io.millrace.ingest.Position;
import io.millrace.ingest.PositionedRows;
import io.millrace.offline.StoredTypes.RowForm;
import io.millrace.pipeline.OfflineSpec.Content;
import io.millrace.pipeline.Source;
import java.util.Arrays;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * Rows of a source in the form of one table. Counts them, so that their order can be told later.
 * NOT thread safe.
 */
final class SourceRows {
  private final int table;
  private final TableLayout layout;
  private final RowForm form;
  private final int evolvedColumn;
  private final int[] key;
  private final int positionColumns;
  private String evolved = "";
  private long sequence;

  /**
   * @param rowType of the rows: the layout's own columns, or {@link PositionedRows} of them
   */
  SourceRows(int table, TableLayout layout, RowType rowType) {
    this.table = table;
    this.layout = layout;
    boolean positioned = layout.hasPositions() && PositionedRows.isType(rowType);
    this.positionColumns = positioned ? rowType.getFieldCount() : 0;
    this.form = RowForm.stored(new RowType(rowType.getFields().subList(0, layout.rowColumns())));
    this.evolvedColumn = rowType.getFieldIndex(Source.EVOLVED_COLUMN);
    this.key = layout.key().stream().mapToInt(layout::position).toArray();
  }

  /** The next row's number. */
  long sequence() {
    return sequence;
  }

  void continueAt(long next) {
    sequence = Math.max(sequence, next);
  }

  /** Fields that have a column of their own from now on. */
  void evolve(EvolvedColumns columns) {
    evolved = columns.text();
  }

  /**
   * @param eventTimeMillis null when the row has none
   * @return null when the table does not want the row
   */
  StoredRow stored(RowData row, Long eventTimeMillis) {
    RowKind kind = row.getRowKind();
    boolean state = layout.table().content() == Content.STATE;
    if (state && kind == RowKind.UPDATE_BEFORE) {
      // The row after it replaces the one before it, by its key.
      return null;
    }
    GenericRowData stored = form.apply(row, new GenericRowData(layout.columns().getFieldCount()));
    int next = layout.rowColumns();
    stored.setField(next++, time(eventTimeMillis));
    if (!state) {
      stored.setField(next++, sequence++);
    }
    if (layout.table().content() == Content.CHANGES) {
      stored.setField(next++, StringData.fromString(kind.shortString()));
    }
    Position position = positionColumns == 0 ? null : PositionedRows.position(row, positionColumns);
    if (position != null) {
      stored.setField(next++, position.partition());
      stored.setField(next, position.offset());
    }
    // Histories only grow: a deletion is a row like others there.
    stored.setRowKind(state ? kind : RowKind.INSERT);
    return new StoredRow(table, beside(row), route(stored), stored);
  }

  static TimestampData time(Long eventTimeMillis) {
    return eventTimeMillis == null || eventTimeMillis == Long.MIN_VALUE
        ? null
        : TimestampData.fromEpochMillis(eventTimeMillis);
  }

  /** Most rows carry nothing beside their contract, and need not drag the columns along. */
  private String beside(RowData row) {
    return evolvedColumn < 0 || row.isNullAt(evolvedColumn) ? "" : evolved;
  }

  private int route(GenericRowData stored) {
    int hash = 0;
    for (int position : key) {
      Object value = stored.getField(position);
      hash =
          31 * hash
              + (value instanceof byte[] bytes
                  ? Arrays.hashCode(bytes)
                  : value == null ? 0 : value.hashCode());
    }
    return hash;
  }
}
