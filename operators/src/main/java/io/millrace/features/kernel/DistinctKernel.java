package io.millrace.features.kernel;

import java.io.IOException;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * Approximate number of distinct values: a HyperLogLog sketch of Apache DataSketches. Up to about
 * 380 values (for lgK 12) it holds their hashes, and the count is exact but for collisions in 26
 * bits; beyond that the relative standard error is 1.04 / sqrt(2<sup>lgK</sup>), 1.6% for lgK 12,
 * in 4 KB. The estimate used is the composite one, which depends on the set of values only and not
 * on the order of additions and merges.
 */
final class DistinctKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private static final int OBJECT_VERSION = 1;

  private final ValueType type;
  private final int field;
  private final int lgK;

  DistinctKernel(String id, ValueType type, int field, int lgK) {
    super(id);
    this.type = type;
    this.field = field;
    this.lgK = lgK;
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
      sketch(cells, cell)
          .update(
              type.isLong() ? type.readLong(row, field) : type.hash(type.readObject(row, field)));
    }
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    Union other = (Union) from.objects[objectAt(from, fromCell)];
    if (other != null) {
      sketch(cells, cell).update(other.getResult(TgtHllType.HLL_8));
    }
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    return from.objects[objectAt(from, fromCell)] == null;
  }

  private Union sketch(Cells cells, int cell) {
    int at = objectAt(cells, cell);
    Union sketch = (Union) cells.objects[at];
    if (sketch == null) {
      sketch = new Union(lgK);
      cells.objects[at] = sketch;
    }
    return sketch;
  }

  long estimate(Cells cells, int cell) {
    Union sketch = (Union) cells.objects[objectAt(cells, cell)];
    return sketch == null ? 0 : Math.round(sketch.getCompositeEstimate());
  }

  /** Version, length, and the sketch in DataSketches' own compact form, which is versioned too. */
  @Override
  void writeObject(Object object, DataOutputView out) throws IOException {
    byte[] bytes = ((Union) object).toCompactByteArray();
    out.writeByte(OBJECT_VERSION);
    VarLong.write(bytes.length, out);
    out.write(bytes);
  }

  @Override
  Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    byte[] bytes = new byte[(int) VarLong.read(in)];
    in.readFully(bytes);
    return Union.heapify(bytes);
  }

  @Override
  Object copyObject(Object object) {
    Union copy = new Union(lgK);
    HllSketch content = ((Union) object).getResult(TgtHllType.HLL_8);
    copy.update(content);
    return copy;
  }
}
