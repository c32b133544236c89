package io.millrace.offline;

import io.millrace.ingest.PositionedRows;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.OfflineSpec.Content;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * The columns of a history table.
 *
 * <pre>
 *   content   columns
 *   EVENTS    the row's, _event_time, _sequence, _partition, _offset
 *   CHANGES   the row's, _event_time, _sequence, _change: +I, -U, +U or -D,
 *             and of a topic's changes _partition, _offset
 *   STATE     the row's, _event_time of the row's last change
 *   VECTORS   the entity's, the features', _event_time, _revision, _deleted
 * </pre>
 *
 * <p>{@code _sequence} tells the order in which rows came through one reader: a reader's later row
 * has the greater number. Rows of one partition of a topic, and all of a database's table, come
 * through one reader.
 *
 * <p>{@code _partition} and {@code _offset} say where in its topic a row's record lay. They are
 * null for rows that were kept before tables had them, and for those that came back from a dead
 * letter that does not name them.
 *
 * @param columns all of them, of types that {@link StoredTypes} gives
 * @param rowColumns how many of them, from the first, are the row's own
 * @param key columns of the primary key of a state table; empty for others
 */
public record TableLayout(
    OfflineSpec.Table table, RowType columns, int rowColumns, List<String> key)
    implements Serializable {

  public static final String EVENT_TIME = "_event_time";
  public static final String SEQUENCE = "_sequence";
  public static final String CHANGE = "_change";
  public static final String PARTITION = PositionedRows.PARTITION;
  public static final String OFFSET = PositionedRows.OFFSET;
  public static final String REVISION = "_revision";
  public static final String DELETED = "_deleted";

  private static final LogicalType TIME = new LocalZonedTimestampType(6);

  public TableLayout {
    key = List.copyOf(key);
  }

  /** Every row, or every change, of a source. */
  public static TableLayout history(Source source) {
    OfflineSpec.Table table = OfflineSpec.history(source);
    List<RowType.RowField> fields = stored(source.rowType());
    int own = fields.size();
    fields.add(new RowType.RowField(EVENT_TIME, TIME));
    fields.add(new RowType.RowField(SEQUENCE, new BigIntType()));
    if (table.content() == Content.CHANGES) {
      fields.add(new RowType.RowField(CHANGE, new VarCharType(VarCharType.MAX_LENGTH)));
    }
    if (source.hasPositions()) {
      fields.add(new RowType.RowField(PARTITION, new IntType()));
      fields.add(new RowType.RowField(OFFSET, new BigIntType()));
    }
    return new TableLayout(table, new RowType(false, fields), own, List.of());
  }

  /** The rows of a changing source as they are now. */
  public static TableLayout state(Source source) {
    List<RowType.RowField> fields = stored(source.rowType());
    int own = fields.size();
    fields.add(new RowType.RowField(EVENT_TIME, TIME));
    return new TableLayout(
        OfflineSpec.state(source).orElseThrow(),
        new RowType(false, fields),
        own,
        source.contract().primaryKey());
  }

  /** Every vector of a view. */
  public static TableLayout vectors(FeatureSchema schema) {
    List<RowType.RowField> fields = stored(schema.entity());
    fields.addAll(stored(schema.values()));
    int own = fields.size();
    fields.add(new RowType.RowField(EVENT_TIME, TIME));
    fields.add(new RowType.RowField(REVISION, new BigIntType()));
    fields.add(new RowType.RowField(DELETED, new BooleanType()));
    return new TableLayout(
        OfflineSpec.vectors(schema.view()), new RowType(false, fields), own, List.of());
  }

  private static List<RowType.RowField> stored(RowType type) {
    List<RowType.RowField> fields = new ArrayList<>();
    for (RowType.RowField field : type.getFields()) {
      try {
        fields.add(new RowType.RowField(field.getName(), StoredTypes.of(field.getType())));
      } catch (IllegalArgumentException noColumn) {
        throw new IllegalArgumentException(
            "field " + field.getName() + ": " + noColumn.getMessage(), noColumn);
      }
    }
    return fields;
  }

  /** Position of a column. */
  public int position(String column) {
    int position = columns.getFieldIndex(column);
    if (position < 0) {
      throw new IllegalArgumentException("table " + table.name() + " has no column " + column);
    }
    return position;
  }

  /** Whether rows say where in a topic they lay. */
  public boolean hasPositions() {
    return columns.getFieldIndex(OFFSET) >= 0;
  }

  /** Whether rows carry fields that their contract had no column for. */
  public boolean carriesEvolved() {
    return columns.getFieldIndex(Source.EVOLVED_COLUMN) >= 0;
  }
}
