package io.millrace.vectors;

import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.pipeline.QdrantSpec;
import io.millrace.records.EmbeddingSchema;
import java.io.Serializable;
import java.time.Duration;

/** Where and how the neighbours of an embedding's points are looked for; travels with a job. */
public final class NeighbourSettings implements Serializable {
  private static final long serialVersionUID = 1L;

  private final QdrantAddress address;
  private final EmbeddingSchema schema;
  private final DuplicatesSpec.Neighbours neighbours;
  private final boolean chunked;
  private final int inFlight;
  private final Duration patience;

  private NeighbourSettings(
      QdrantSpec spec,
      EmbeddingSchema schema,
      DuplicatesSpec.Neighbours neighbours,
      boolean chunked) {
    this.address = QdrantAddress.of(spec);
    this.schema = schema;
    this.neighbours = neighbours;
    this.chunked = chunked;
    this.inFlight = spec.inFlight();
    this.patience = spec.patience();
  }

  /**
   * @param chunked whether rows may have several points: then the first ones are compared
   * @throws IllegalArgumentException if the address is malformed
   */
  public static NeighbourSettings of(
      QdrantSpec spec,
      EmbeddingSchema schema,
      DuplicatesSpec.Neighbours neighbours,
      boolean chunked) {
    return new NeighbourSettings(spec, schema, neighbours, chunked);
  }

  /** Connects when it is first asked. */
  public NeighbourSearch open() {
    return new NeighbourSearch(address, schema, neighbours, chunked, patience);
  }

  /** Searches of one subtask that may be under way at once. */
  public int inFlight() {
    return inFlight;
  }
}
