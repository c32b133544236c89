package io.millrace.jobs.offline;

import io.millrace.offline.TableLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.BaseCombinedScanTask;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.flink.source.DataIterator;
import org.apache.iceberg.flink.source.RowDataFileScanTaskReader;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * Finds how far in its topic a table reaches. Files know the least and the greatest value of each
 * column, which is all there is to know of a file with rows of one partition. Of the others, two
 * columns are read, beginning with those that reach furthest, and only as long as they may reach
 * further than what is known. NOT thread safe.
 */
final class PositionScan {
  private final Table table;
  private final long snapshot;
  private final Schema schema;
  private final Types.NestedField partition;
  private final Types.NestedField offset;
  private final SortedMap<Integer, Long> next = new TreeMap<>();
  private long without;

  /**
   * @param schema of the table at the snapshot
   */
  PositionScan(Table table, long snapshot, Schema schema) {
    this.table = table;
    this.snapshot = snapshot;
    this.schema = schema;
    this.partition = schema.findField(TableLayout.PARTITION);
    this.offset = schema.findField(TableLayout.OFFSET);
  }

  HistoryPositions positions() throws IOException {
    List<FileScanTask> mixed = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot).includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        if (!known(task.file())) {
          mixed.add(task);
        }
      }
    }
    mixed.sort(Comparator.comparingLong((FileScanTask task) -> greatest(task.file())).reversed());
    for (FileScanTask task : mixed) {
      read(task);
    }
    return new HistoryPositions(next, without);
  }

  /** Takes from a file's statistics what they tell; false if its rows are to be read. */
  private boolean known(DataFile file) {
    if (partition == null || offset == null) {
      without += file.recordCount();
      return true;
    }
    Long nulls = nulls(file);
    if (nulls == null) {
      return false;
    }
    if (nulls == file.recordCount()) {
      without += nulls;
      return true;
    }
    Integer least = bound(file.lowerBounds(), partition);
    Integer most = bound(file.upperBounds(), partition);
    Long end = bound(file.upperBounds(), offset);
    if (least == null || !least.equals(most) || end == null) {
      return false;
    }
    without += nulls;
    next.merge(least, end + 1, Math::max);
    return true;
  }

  private Long nulls(DataFile file) {
    return file.nullValueCounts() == null ? null : file.nullValueCounts().get(offset.fieldId());
  }

  private long greatest(DataFile file) {
    Long end = bound(file.upperBounds(), offset);
    return end == null ? Long.MAX_VALUE : end;
  }

  private static <T> T bound(Map<Integer, ByteBuffer> bounds, Types.NestedField column) {
    ByteBuffer bound = bounds == null ? null : bounds.get(column.fieldId());
    return bound == null ? null : Conversions.fromByteBuffer(column.type(), bound);
  }

  private void read(FileScanTask task) throws IOException {
    Long nulls = nulls(task.file());
    long from = furtherFrom(task.file());
    if (nulls != null) {
      without += nulls;
      if (greatest(task.file()) < from) {
        return;
      }
    }
    List<Expression> filters =
        nulls == null || from == 0
            ? List.of()
            : List.of(Expressions.greaterThanOrEqual(TableLayout.OFFSET, from));
    Schema columns = new Schema(partition, offset);
    RowDataFileScanTaskReader reader =
        new RowDataFileScanTaskReader(schema, columns, null, true, filters);
    try (DataIterator<RowData> rows =
        new DataIterator<>(
            reader, new BaseCombinedScanTask(task), table.io(), table.encryption())) {
      while (rows.hasNext()) {
        RowData row = rows.next();
        if (!row.isNullAt(0) && !row.isNullAt(1)) {
          next.merge(row.getInt(0), row.getLong(1) + 1, Math::max);
        } else if (nulls == null) {
          without++;
        }
      }
    }
  }

  /** The least offset that would tell something new of one of a file's partitions. */
  private long furtherFrom(DataFile file) {
    Integer least = bound(file.lowerBounds(), partition);
    Integer most = bound(file.upperBounds(), partition);
    if (least == null || most == null) {
      return 0;
    }
    long from = Long.MAX_VALUE;
    for (int number = least; number <= most; number++) {
      from = Math.min(from, next.getOrDefault(number, 0L));
    }
    return from;
  }
}
