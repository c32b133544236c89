package io.millrace.features.kernel;

import org.apache.flink.table.data.RowData;

/**
 * Counts per bucket. Bucket 0 holds values below the first edge, bucket i those in {@code
 * [edges[i-1], edges[i])}, the last one those from the last edge on and NaN. Values are compared as
 * doubles. One word per bucket.
 */
final class HistogramKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private final ValueType type;
  private final int field;
  private final double[] edges;

  HistogramKernel(String id, ValueType type, int field, double[] edges) {
    super(id);
    for (int i = 0; i < edges.length; i++) {
      if (Double.isNaN(edges[i]) || (i > 0 && edges[i] <= edges[i - 1])) {
        throw new IllegalArgumentException("histogram edges ascend strictly: " + id);
      }
    }
    this.type = type;
    this.field = field;
    this.edges = edges;
  }

  @Override
  int words() {
    return edges.length + 1;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      cells.words[wordAt(cells, cell) + bucket(type.readNumber(row, field))]++;
    }
  }

  @Override
  public boolean retractable() {
    return true;
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      cells.words[wordAt(cells, cell) + bucket(type.readNumber(row, field))]--;
    }
    return true;
  }

  @Override
  public boolean invertible() {
    return true;
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    for (int i = 0; i <= edges.length; i++) {
      cells.words[at + i] += from.words[fromAt + i];
    }
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    for (int i = 0; i <= edges.length; i++) {
      cells.words[at + i] -= from.words[fromAt + i];
    }
    return true;
  }

  /** Number of edges that are not above the value; NaN is above all. */
  private int bucket(double value) {
    int low = 0;
    int high = edges.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (value < edges[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  long[] counts(Cells cells, int cell) {
    long[] counts = new long[edges.length + 1];
    System.arraycopy(cells.words, wordAt(cells, cell), counts, 0, counts.length);
    return counts;
  }
}
