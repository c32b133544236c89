package io.millrace.features;

import io.millrace.ingest.Position;
import io.millrace.ingest.PositionedRows;
import java.util.Arrays;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.types.RowKind;

/**
 * The history of a view of the newest row, see {@link LatestFunction}. Of rows of the same time
 * that counts as the newest which came last, where the history tells their order ({@link
 * LatestPlan#placed}); where it does not, the one with the greater bytes, and a row that was
 * inserted counts as newer than one that was deleted. All rows count as if they had come in the
 * order of their times, where a row that came late would not have raised the revision.
 */
final class LatestHistory implements KeyHistory {
  /** A deleted entity that comes back later than this begins anew. */
  private static final long REMEMBERED_MILLIS = LatestFunction.DELETED_REMEMBERED.toMillis();

  private final boolean changelog;
  private final long ttlMillis;
  private final int conditionColumn;
  private final boolean conditional;
  private final int placeColumns;
  private final RowDataSerializer serializer;
  private final ProjectedRowData shown;
  private boolean any;
  private BinaryRowData newest;
  private long newestMillis;
  private long momentMillis;
  private Position moment;

  /** Whether the last row of the moment takes away what has not been seen yet. */
  private boolean takenAway;

  private long revision;

  LatestHistory(LatestPlan plan, boolean changelog, long ttlMillis) {
    this.changelog = changelog;
    this.ttlMillis = ttlMillis;
    int arity = plan.schema().entity().getFieldCount();
    conditionColumn = arity + plan.schema().values().getFieldCount();
    conditional = plan.conditional();
    placeColumns = plan.placed() ? conditionColumn + (conditional ? 1 : 0) + 2 : 0;
    serializer = new RowDataSerializer(plan.schema().values());
    int[] columns = new int[conditionColumn - arity];
    Arrays.setAll(columns, i -> arity + i);
    shown = ProjectedRowData.from(columns);
  }

  @Override
  public void begin() {
    any = false;
    newest = null;
    newestMillis = Long.MIN_VALUE;
    momentMillis = Long.MIN_VALUE;
    moment = null;
    takenAway = false;
    revision = 0;
  }

  @Override
  public void take(RowData row, long timeMillis) {
    if (row.getRowKind() == RowKind.UPDATE_BEFORE) {
      return;
    }
    boolean satisfied =
        !conditional || (!row.isNullAt(conditionColumn) && row.getBoolean(conditionColumn));
    boolean counts = satisfied || changelog;
    if (counts && outrun(row, timeMillis)) {
      if (satisfied) {
        // It was there, and then it was not what this row says any more.
        any = true;
        newestMillis = timeMillis;
        revision += takenAway ? 2 : 1;
        takenAway = false;
      }
      return;
    }
    takenAway = !satisfied && changelog && newest == null;
    if (!satisfied && !(changelog && newest != null)) {
      return;
    }
    if (any && newest == null && timeMillis - newestMillis > REMEMBERED_MILLIS) {
      revision = 0;
    }
    any = true;
    revision++;
    if (!satisfied || row.getRowKind() == RowKind.DELETE) {
      newest = null;
    } else {
      BinaryRowData values = serializer.toBinaryRow(shown.replaceRow(row)).copy();
      if (placeColumns > 0
          || timeMillis > newestMillis
          || newest == null
          || compare(values, newest) > 0) {
        newest = values;
      }
    }
    newestMillis = timeMillis;
  }

  /**
   * Whether a row came before another one of the same time that has been taken in already; a row
   * that did not is remembered as the last one.
   */
  private boolean outrun(RowData row, long timeMillis) {
    if (placeColumns == 0) {
      return false;
    }
    Position place = PositionedRows.position(row, placeColumns);
    if (timeMillis == momentMillis && order(place, moment) < 0) {
      return true;
    }
    momentMillis = timeMillis;
    moment = place;
    return false;
  }

  /** Rows without a position are older than all others. */
  private static int order(Position one, Position other) {
    if (one == null || other == null) {
      return Boolean.compare(one != null, other != null);
    }
    int partitions = Integer.compare(one.partition(), other.partition());
    return partitions != 0 ? partitions : Long.compare(one.offset(), other.offset());
  }

  private static int compare(BinaryRowData a, BinaryRowData b) {
    int common = Math.min(a.getSizeInBytes(), b.getSizeInBytes());
    int order =
        a.getSegments()[0].compare(b.getSegments()[0], a.getOffset(), b.getOffset(), common);
    return order != 0 ? order : Integer.compare(a.getSizeInBytes(), b.getSizeInBytes());
  }

  @Override
  public BinaryRowData ask(long timeMillis) {
    return newest == null || timeMillis - newestMillis >= ttlMillis ? null : newest;
  }

  @Override
  public boolean unknown() {
    return !any;
  }

  @Override
  public boolean deleted() {
    return any && newest == null;
  }

  @Override
  public long versionMillis() {
    return newestMillis;
  }

  @Override
  public long revision() {
    return revision;
  }
}
