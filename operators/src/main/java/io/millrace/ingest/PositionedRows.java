package io.millrace.ingest;

import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Rows that know where their record lay: those of a source, with two columns more. They come this
 * way only where something asks for it, which is the history of the source; everything else takes
 * them {@link #without} and never sees the difference.
 *
 * <pre>
 *   columns   the source's, then {@value #PARTITION} INT, {@value #OFFSET} BIGINT
 * </pre>
 *
 * <p>Both are null for rows of which it is not known, such as those that come back from a dead
 * letter without coordinates.
 */
public final class PositionedRows {

  /** Partition of the topic. */
  public static final String PARTITION = "_partition";

  /** Offset in the partition. */
  public static final String OFFSET = "_offset";

  private static final int COLUMNS = 2;
  private static final RowData NOWHERE = new GenericRowData(COLUMNS);

  private PositionedRows() {}

  /** Type of a source's rows with their positions. */
  public static RowType type(Source source) {
    List<RowType.RowField> fields = new ArrayList<>(source.rowType().getFields());
    fields.add(new RowType.RowField(PARTITION, new IntType()));
    fields.add(new RowType.RowField(OFFSET, new BigIntType()));
    return new RowType(false, fields);
  }

  /** Whether rows of this type have positions. */
  public static boolean isType(RowType rows) {
    int columns = rows.getFieldCount();
    return columns > COLUMNS
        && rows.getFieldIndex(PARTITION) == columns - COLUMNS
        && rows.getFieldIndex(OFFSET) == columns - 1;
  }

  /** Type of a stream's rows. */
  public static RowType typeOf(DataStream<RowData> rows) {
    return ((InternalTypeInfo<RowData>) rows.getType()).toRowType();
  }

  /**
   * A row with its position.
   *
   * @param position null when it is not known
   */
  public static RowData of(RowData row, Position position) {
    return new JoinedRowData(
        row.getRowKind(),
        row,
        position == null ? NOWHERE : GenericRowData.of(position.partition(), position.offset()));
  }

  /**
   * The position of a row of such a type.
   *
   * @param columns of the row, positions included
   * @return null when it is not known
   */
  public static Position position(RowData row, int columns) {
    int partition = columns - COLUMNS;
    return row.isNullAt(partition) || row.isNullAt(partition + 1)
        ? null
        : new Position(row.getInt(partition), row.getLong(partition + 1));
  }

  /** The same rows as their source has them. The caller sets uid and name. */
  public static SingleOutputStreamOperator<RowData> without(DataStream<RowData> rows) {
    RowType type = typeOf(rows);
    List<RowType.RowField> fields = type.getFields().subList(0, type.getFieldCount() - COLUMNS);
    int[] own = IntStream.range(0, fields.size()).toArray();
    return rows.map(row -> (RowData) ProjectedRowData.from(own).replaceRow(row))
        .returns(InternalTypeInfo.of(new RowType(false, fields)))
        .setParallelism(rows.getParallelism());
  }
}
