package io.millrace.features.kernel;

import java.io.Serializable;
import org.apache.flink.table.data.writer.BinaryRowWriter;

/**
 * Computes one feature from a cell's kernels and writes it to a column, without boxing where the
 * type allows it. Cells are not changed.
 */
public abstract class FeatureResult implements Serializable {
  private static final long serialVersionUID = 1L;

  FeatureResult() {}

  /** Whether the feature of this cell is null, as it is for most when no value is in. */
  abstract boolean isNull(Cells cells, int cell);

  /** A numeric feature that is not null as a double. */
  double toDouble(Cells cells, int cell) {
    throw new IllegalStateException("not a number: " + this);
  }

  /**
   * Writes the feature, or null.
   *
   * @return false when the value lies outside its column's type, in which case null was written
   */
  public abstract boolean write(Cells cells, int cell, BinaryRowWriter row, int column);
}
