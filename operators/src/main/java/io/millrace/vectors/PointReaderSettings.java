package io.millrace.vectors;

import io.millrace.pipeline.QdrantSpec;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/** Where and which points are read; travels with a query. */
public final class PointReaderSettings implements Serializable {
  private static final long serialVersionUID = 1L;

  private final QdrantAddress address;
  private final String collection;
  private final Duration patience;
  private final PointRows rows;
  private final List<PointCondition> conditions;

  private PointReaderSettings(QdrantSpec spec, PointRows rows, List<PointCondition> conditions) {
    this.address = QdrantAddress.of(spec);
    this.collection = spec.collection();
    this.patience = spec.patience();
    this.rows = rows;
    this.conditions = List.copyOf(conditions);
  }

  /**
   * @param spec of which address, key, authority, collection and patience count
   * @param conditions which points there are for the reader
   * @throws IllegalArgumentException if the address is malformed, or the authority cannot be read
   */
  public static PointReaderSettings of(
      QdrantSpec spec, PointRows rows, List<PointCondition> conditions) {
    return new PointReaderSettings(spec, rows, conditions);
  }

  /** Connects with the first request. */
  public PointReader open() {
    return new PointReader(address, collection, patience, rows, conditions);
  }
}
