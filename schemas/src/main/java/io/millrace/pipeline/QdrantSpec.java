package io.millrace.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The collection of Qdrant that an embedding is written to.
 *
 * @param url {@code http[s]://host:port} of the gRPC interface
 * @param tenant field whose value keeps points of different owners apart
 * @param payload fields of the source that points carry, in this order
 * @param indexes those of the payload that searches filter by
 * @param bulk whether the collection's vector index is built only once the job ends: for first
 *     loads
 * @param batch points per request
 * @param inFlight requests of one subtask that are under way at once
 * @param patience how long Qdrant may be away before the job fails
 */
public record QdrantSpec(
    String url,
    Optional<Secret> apiKey,
    String collection,
    Optional<String> tenant,
    List<String> payload,
    List<String> indexes,
    boolean bulk,
    int batch,
    int inFlight,
    Duration patience) {

  public QdrantSpec {
    payload = List.copyOf(payload);
    indexes = List.copyOf(indexes);
  }
}
