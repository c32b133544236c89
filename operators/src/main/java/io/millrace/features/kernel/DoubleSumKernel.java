package io.millrace.features.kernel;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.math.BigInteger;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * Sum of floating-point values as a double-double, that is to about 106 bits, whatever the order.
 *
 * <p>NaN and infinities are not added but counted, so that they leave without a trace. After n
 * additions, merges and removals the sum is off by at most n 2<sup>-104</sup> times the largest sum
 * of magnitudes that the cell ever held. {@code remove} and {@code subtract} ask for a rebuild when
 * that largest sum is more than 2<sup>20</sup> times the present one: then what a giant left behind
 * could be seen in the last bits of the small values that remain. A sum beyond the range of DOUBLE
 * is an infinity and is rebuilt whenever something leaves.
 *
 * <p>Five words: count of all values, high, low, sum of magnitudes, largest sum of magnitudes. The
 * object, null as a rule, is the counts of NaN, +infinity and -infinity.
 */
final class DoubleSumKernel extends SumKernel {
  private static final long serialVersionUID = 1L;

  private static final int HIGH = 1;
  private static final int LOW = 2;
  private static final int MAGNITUDE = 3;
  private static final int PEAK = 4;
  private static final int OBJECT_VERSION = 1;

  private final ValueType type;
  private final int field;

  DoubleSumKernel(String id, ValueType type, int field) {
    super(id);
    this.type = type;
    this.field = field;
  }

  @Override
  int words() {
    return 5;
  }

  @Override
  boolean isDouble(int word) {
    return word > 0;
  }

  @Override
  boolean hasObject() {
    return true;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      double value = type.readFloating(row, field);
      int at = wordAt(cells, cell);
      cells.words[at]++;
      if (Math.abs(value) <= Double.MAX_VALUE) {
        addFinite(cells.words, at, value, 0, Math.abs(value));
      } else {
        countSpecial(cells, cell, value, 1);
      }
    }
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (row.isNullAt(field)) {
      return true;
    }
    double value = type.readFloating(row, field);
    int at = wordAt(cells, cell);
    cells.words[at]--;
    if (Math.abs(value) <= Double.MAX_VALUE) {
      addFinite(cells.words, at, -value, 0, -Math.abs(value));
    } else {
      countSpecial(cells, cell, value, -1);
    }
    return settle(cells, cell);
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    long[] others = from.words;
    cells.words[at] += others[fromAt];
    addFinite(
        cells.words,
        at,
        Double.longBitsToDouble(others[fromAt + HIGH]),
        Double.longBitsToDouble(others[fromAt + LOW]),
        Double.longBitsToDouble(others[fromAt + MAGNITUDE]));
    addSpecials(cells, cell, from, fromCell, 1);
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    long[] others = from.words;
    cells.words[at] -= others[fromAt];
    addFinite(
        cells.words,
        at,
        -Double.longBitsToDouble(others[fromAt + HIGH]),
        -Double.longBitsToDouble(others[fromAt + LOW]),
        -Double.longBitsToDouble(others[fromAt + MAGNITUDE]));
    addSpecials(cells, cell, from, fromCell, -1);
    return settle(cells, cell);
  }

  private static void addFinite(long[] words, int at, double high, double low, double magnitude) {
    DoubleDouble.add(words, at + HIGH, high, low);
    double total = Double.longBitsToDouble(words[at + MAGNITUDE]) + magnitude;
    words[at + MAGNITUDE] = Double.doubleToRawLongBits(total);
    if (total > Double.longBitsToDouble(words[at + PEAK])) {
      words[at + PEAK] = Double.doubleToRawLongBits(total);
    }
  }

  /** After something left: an exact zero when no number remains, else whether the rest is sound. */
  private boolean settle(Cells cells, int cell) {
    long[] words = cells.words;
    int at = wordAt(cells, cell);
    long[] specials = (long[]) cells.objects[objectAt(cells, cell)];
    long finite =
        specials == null ? words[at] : words[at] - specials[0] - specials[1] - specials[2];
    if (finite == 0) {
      words[at + HIGH] = 0;
      words[at + LOW] = 0;
      words[at + MAGNITUDE] = 0;
      words[at + PEAK] = 0;
      return true;
    }
    return DoubleDouble.isSound(
        Double.longBitsToDouble(words[at + MAGNITUDE]), Double.longBitsToDouble(words[at + PEAK]));
  }

  private void countSpecial(Cells cells, int cell, double value, int change) {
    int at = objectAt(cells, cell);
    long[] counts = (long[]) cells.objects[at];
    if (counts == null) {
      counts = new long[3];
      cells.objects[at] = counts;
    }
    counts[Double.isNaN(value) ? 0 : value > 0 ? 1 : 2] += change;
    dropIfZero(cells, at, counts);
  }

  private void addSpecials(Cells cells, int cell, Cells from, int fromCell, int sign) {
    long[] others = (long[]) from.objects[objectAt(from, fromCell)];
    if (others != null) {
      int at = objectAt(cells, cell);
      long[] counts = (long[]) cells.objects[at];
      if (counts == null) {
        counts = new long[3];
        cells.objects[at] = counts;
      }
      for (int i = 0; i < counts.length; i++) {
        counts[i] += sign * others[i];
      }
      dropIfZero(cells, at, counts);
    }
  }

  private static void dropIfZero(Cells cells, int at, long[] counts) {
    if ((counts[0] | counts[1] | counts[2]) == 0) {
      cells.objects[at] = null;
    }
  }

  /** NaN or an infinity when such values are in the cell, else 0. */
  double special(Cells cells, int cell) {
    long[] counts = (long[]) cells.objects[objectAt(cells, cell)];
    if (counts == null) {
      return 0;
    }
    if (counts[0] != 0 || (counts[1] != 0 && counts[2] != 0)) {
      return Double.NaN;
    }
    return counts[1] != 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  /** Largest sum of magnitudes since the cell was empty: the measure of rounding. */
  double peak(Cells cells, int cell) {
    return Double.longBitsToDouble(cells.words[wordAt(cells, cell) + PEAK]);
  }

  double high(Cells cells, int cell) {
    return Double.longBitsToDouble(cells.words[wordAt(cells, cell) + HIGH]);
  }

  double low(Cells cells, int cell) {
    return Double.longBitsToDouble(cells.words[wordAt(cells, cell) + LOW]);
  }

  @Override
  double toDouble(Cells cells, int cell) {
    double special = special(cells, cell);
    return special != 0 ? special : high(cells, cell);
  }

  @Override
  double mean(Cells cells, int cell) {
    double special = special(cells, cell);
    double high = high(cells, cell);
    if (special != 0 || Math.abs(high) > Double.MAX_VALUE) {
      return special != 0 ? special : high;
    }
    double count = count(cells, cell);
    double quotient = high / count;
    double rest = Math.fma(-quotient, count, high) + low(cells, cell);
    return quotient + rest / count;
  }

  @Override
  BigInteger unscaled(Cells cells, int cell) {
    throw new IllegalStateException(id() + " is not exact");
  }

  @Override
  boolean fitsLong(Cells cells, int cell) {
    return false;
  }

  @Override
  long longValue(Cells cells, int cell) {
    throw new IllegalStateException(id() + " is not exact");
  }

  @Override
  void writeObject(Object object, DataOutputView out) throws IOException {
    out.writeByte(OBJECT_VERSION);
    for (long count : (long[]) object) {
      VarLong.writeSigned(count, out);
    }
  }

  @Override
  Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    return new long[] {VarLong.readSigned(in), VarLong.readSigned(in), VarLong.readSigned(in)};
  }

  @Override
  Object copyObject(Object object) {
    return ((long[]) object).clone();
  }
}
