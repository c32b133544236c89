package io.millrace.sql.qdrant;

import io.millrace.vectors.PointRows;
import org.apache.flink.table.data.RowData;

/** Vectors that rows search by. */
final class SearchedVectors {

  /** Metric: rows whose vector is null or holds what is no number. They find nothing. */
  static final String UNSEARCHABLE = "unsearchable_rows";

  private SearchedVectors() {}

  /** The vector; null when nothing can be compared with it. */
  static float[] of(RowData query, boolean inDouble) {
    float[] vector = PointRows.vector(query, 0, inDouble);
    if (vector == null) {
      return null;
    }
    for (float number : vector) {
      if (!Float.isFinite(number)) {
        return null;
      }
    }
    return vector;
  }
}
