package io.millrace.drift;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.sketch.Hash64;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;

/** Values of one column on their way into a {@link ColumnChunk}. NOT thread safe. */
final class ColumnBuffer {

  /** Longer names are cut and told apart by a hash of the whole. */
  static final int MAX_NAME_BYTES = 256;

  private static final double[] NO_NUMBERS = {};
  private static final String[] NO_NAMES = {};
  private static final long[] NO_COUNTS = {};
  private static final int FIRST_ROOM = 32;

  private final WatchedColumn column;
  private final int position;
  private final ColumnValues.NumberReader numbers;
  private final ColumnValues.CategoryReader categories;

  private double[] added = NO_NUMBERS;
  private int addedSize;
  private double[] removed = NO_NUMBERS;
  private int removedSize;
  private long nulls;
  private final Map<StringData, Count> names = new HashMap<>();

  private static final class Count {
    long times;
  }

  ColumnBuffer(WatchedColumn column) {
    this.column = column;
    this.position = column.position();
    boolean number = column.kind() == ColumnKind.NUMBER;
    this.numbers = number ? ColumnValues.number(column.type(), position) : null;
    this.categories = number ? null : ColumnValues.category(column.type(), position).orElseThrow();
  }

  void add(RowData row, boolean retract) {
    if (row.isNullAt(position)) {
      nulls += retract ? -1 : 1;
    } else if (numbers == null) {
      addName(categories.read(row), retract ? -1 : 1);
    } else if (retract) {
      removed = roomFor(removed, removedSize);
      removed[removedSize++] = numbers.read(row);
    } else {
      added = roomFor(added, addedSize);
      added[addedSize++] = numbers.read(row);
    }
  }

  private static double[] roomFor(double[] values, int size) {
    return size < values.length ? values : Arrays.copyOf(values, Math.max(FIRST_ROOM, 2 * size));
  }

  private void addName(StringData name, int times) {
    Count count = names.get(name);
    if (count == null) {
      count = new Count();
      // The name may point into a row that is used again.
      names.put(((BinaryStringData) name).copy(), count);
    }
    count.times += times;
  }

  /** Takes out what is in the buffer. */
  ColumnChunk drain(String segment, boolean listed, long stepStartMillis, long rows) {
    String[] texts = names.isEmpty() ? NO_NAMES : new String[names.size()];
    long[] counts = names.isEmpty() ? NO_COUNTS : new long[names.size()];
    int at = 0;
    for (Map.Entry<StringData, Count> entry : names.entrySet()) {
      texts[at] = shortened((BinaryStringData) entry.getKey());
      counts[at++] = entry.getValue().times;
    }
    ColumnChunk chunk =
        new ColumnChunk(
            column.name(),
            segment,
            listed,
            stepStartMillis,
            rows,
            Arrays.copyOf(added, addedSize),
            Arrays.copyOf(removed, removedSize),
            nulls,
            texts,
            counts,
            null);
    addedSize = 0;
    removedSize = 0;
    nulls = 0;
    names.clear();
    return chunk;
  }

  static String shortened(BinaryStringData name) {
    if (name.getSizeInBytes() <= MAX_NAME_BYTES) {
      return name.toString();
    }
    String whole = name.toString();
    int kept = Math.min(whole.length(), MAX_NAME_BYTES / 4);
    kept -= Character.isHighSurrogate(whole.charAt(kept - 1)) ? 1 : 0;
    return whole.substring(0, kept) + "... #" + Long.toHexString(Hash64.of(name.toBytes()));
  }
}
