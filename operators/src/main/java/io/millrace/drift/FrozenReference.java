package io.millrace.drift;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Grid;
import io.millrace.drift.statistics.WindowCounts;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A reference that stays: the bins and what it counts on them.
 *
 * <pre>
 *   byte    format version, 1
 *   grid, counts
 *   long    distinct values, -1 unknown
 *   UTF     label
 * </pre>
 *
 * @param label for people
 */
record FrozenReference(Grid grid, WindowCounts counts, long distinct, String label) {
  private static final int VERSION = 1;

  static FrozenReference of(ColumnTally tally, String label) {
    Grid grid = tally.grid();
    return new FrozenReference(grid, tally.countOn(grid), tally.distinct(), label);
  }

  void write(DataOutputView out) throws IOException {
    out.writeByte(VERSION);
    grid.write(out);
    counts.write(out);
    out.writeLong(distinct);
    out.writeUTF(label);
  }

  static FrozenReference read(DataInputView in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException(
          "reference of format "
              + version
              + ", this release reads "
              + VERSION
              + "; use the newer one");
    }
    Grid grid = Grid.read(in);
    WindowCounts counts = WindowCounts.read(grid, in);
    return new FrozenReference(grid, counts, in.readLong(), in.readUTF());
  }
}
