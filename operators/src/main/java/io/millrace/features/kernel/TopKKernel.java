package io.millrace.features.kernel;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * How often each value came. Exact up to {@value #MAX_VALUES} distinct values in a cell. When one
 * more comes, the count of the {@value #KEPT_VALUES}th plus one most frequent is subtracted from
 * all and values at or below zero are forgotten; from then on every count is at most n / {@value
 * #KEPT_VALUES} too low, n being the values that came in, and what is more frequent than that is
 * always among the kept. (Misra and Gries' summary, mergeable as shown in Agarwal et al.,
 * "Mergeable summaries", PODS 2012.)
 *
 * <p>While exact, rows and cells can be taken out again. The object is a map from values to counts.
 */
final class TopKKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  static final int MAX_VALUES = 1024;
  static final int KEPT_VALUES = 512;

  private static final int OBJECT_VERSION = 1;

  private final ValueType type;
  private final int field;

  TopKKernel(String id, ValueType type, int field) {
    super(id);
    this.type = type;
    this.field = field;
  }

  /** Counts of values, and what the greatest undercount may be. */
  static final class Counts {
    private final Map<Object, Count> byValue = new HashMap<>();
    private long undercount;

    private void add(Object value, long count) {
      Count present = byValue.get(value);
      if (present == null) {
        byValue.put(value, new Count(count));
        if (byValue.size() > MAX_VALUES) {
          shrink();
        }
      } else {
        present.count += count;
      }
    }

    private void shrink() {
      long[] counts = byValue.values().stream().mapToLong(each -> each.count).sorted().toArray();
      long taken = counts[counts.length - 1 - KEPT_VALUES];
      Iterator<Count> all = byValue.values().iterator();
      while (all.hasNext()) {
        Count each = all.next();
        each.count -= taken;
        if (each.count <= 0) {
          all.remove();
        }
      }
      undercount += taken;
    }

    private void subtract(Object value, long count) {
      Count present = byValue.get(value);
      if (present != null) {
        present.count -= count;
        if (present.count <= 0) {
          byValue.remove(value);
        }
      }
    }
  }

  /** A counter that is incremented in place. */
  private static final class Count {
    private long count;

    private Count(long count) {
      this.count = count;
    }
  }

  @Override
  int words() {
    return 0;
  }

  @Override
  boolean hasObject() {
    return true;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      counts(cells, cell).add(type.readObject(row, field), 1);
    }
  }

  @Override
  public boolean retractable() {
    return true;
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (row.isNullAt(field)) {
      return true;
    }
    Counts counts = counts(cells, cell);
    counts.subtract(type.readObject(row, field), 1);
    return settle(cells, cell, counts);
  }

  @Override
  public boolean invertible() {
    return true;
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    Counts others = (Counts) from.objects[objectAt(from, fromCell)];
    if (others != null) {
      Counts counts = counts(cells, cell);
      counts.undercount += others.undercount;
      others.byValue.forEach((value, each) -> counts.add(value, each.count));
    }
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    Counts others = (Counts) from.objects[objectAt(from, fromCell)];
    if (others == null) {
      return true;
    }
    Counts counts = counts(cells, cell);
    if (counts.undercount != 0) {
      return false;
    }
    others.byValue.forEach((value, each) -> counts.subtract(value, each.count));
    return settle(cells, cell, counts);
  }

  /** Whether the counts are exact; drops them when there are none. */
  private boolean settle(Cells cells, int cell, Counts counts) {
    if (counts.undercount != 0) {
      return false;
    }
    if (counts.byValue.isEmpty()) {
      cells.objects[objectAt(cells, cell)] = null;
    }
    return true;
  }

  private Counts counts(Cells cells, int cell) {
    int at = objectAt(cells, cell);
    Counts counts = (Counts) cells.objects[at];
    if (counts == null) {
      counts = new Counts();
      cells.objects[at] = counts;
    }
    return counts;
  }

  boolean isEmpty(Cells cells, int cell) {
    return cells.objects[objectAt(cells, cell)] == null;
  }

  /** The most frequent values, at most k, most frequent first, then ascending by value. */
  Object[] top(Cells cells, int cell, int k) {
    Map<Object, Count> byValue = counts(cells, cell).byValue;
    Comparator<Map.Entry<Object, Count>> order =
        Comparator.<Map.Entry<Object, Count>>comparingLong(each -> each.getValue().count)
            .reversed()
            .thenComparing(Map.Entry::getKey, type::compare);
    // k is small: keeping the best so far in order beats sorting them all.
    List<Map.Entry<Object, Count>> best = new ArrayList<>();
    for (Map.Entry<Object, Count> each : byValue.entrySet()) {
      int at = best.size();
      while (at > 0 && order.compare(each, best.get(at - 1)) < 0) {
        at--;
      }
      if (at < k) {
        best.add(at, each);
        if (best.size() > k) {
          best.remove(k);
        }
      }
    }
    return best.stream().map(Map.Entry::getKey).toArray();
  }

  /** Version, undercount, number of values, then value and count of each, ascending by value. */
  @Override
  void writeObject(Object object, DataOutputView out) throws IOException {
    Counts counts = (Counts) object;
    Object[] values = counts.byValue.keySet().toArray();
    Arrays.sort(values, type::compare);
    out.writeByte(OBJECT_VERSION);
    VarLong.write(counts.undercount, out);
    VarLong.write(values.length, out);
    for (Object value : values) {
      type.writeHeld(value, out);
      VarLong.write(counts.byValue.get(value).count, out);
    }
  }

  @Override
  Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    Counts counts = new Counts();
    counts.undercount = VarLong.read(in);
    long size = VarLong.read(in);
    for (long i = 0; i < size; i++) {
      counts.byValue.put(type.readHeld(in), new Count(VarLong.read(in)));
    }
    return counts;
  }

  @Override
  Object copyObject(Object object) {
    Counts counts = (Counts) object;
    Counts copy = new Counts();
    copy.undercount = counts.undercount;
    counts.byValue.forEach((value, each) -> copy.byValue.put(value, new Count(each.count)));
    return copy;
  }
}
