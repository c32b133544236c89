package io.millrace.vectors;

import io.millrace.pipeline.QdrantSpec;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How points are written: the part of a {@link QdrantSpec} that travels with the job.
 *
 * @param indexes payload fields that get an index
 * @param bulk whether the vector index is built only at the end of the input
 * @param batch points per request
 * @param inFlight requests of one subtask that are under way at once
 * @param patience how long Qdrant may be away
 * @param deletesKept how long a delete is remembered; zero: for ever
 */
record QdrantSettings(
    List<String> indexes,
    boolean bulk,
    int batch,
    int inFlight,
    Duration patience,
    Duration deletesKept)
    implements Serializable {

  static QdrantSettings of(QdrantSpec spec) {
    return new QdrantSettings(
        spec.indexes(),
        spec.bulk(),
        spec.batch(),
        spec.inFlight(),
        spec.patience(),
        spec.deletesKept());
  }
}
