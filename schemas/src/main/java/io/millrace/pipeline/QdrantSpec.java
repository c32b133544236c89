package io.millrace.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The collection of Qdrant that an embedding is written to.
 *
 * @param url {@code http[s]://host:port} of the gRPC interface
 * @param caFile certificates, as PEM, of who signed the server's; empty: whom Java trusts
 * @param tenant field whose value keeps points of different owners apart
 * @param payload fields of the source that points carry, in this order
 * @param indexes those of the payload that searches filter by
 * @param bulk whether the collection's vector index is built only once the job ends: for first
 *     loads
 * @param batch points per request
 * @param inFlight requests of one subtask that are under way at once
 * @param patience how long Qdrant may be away before the job fails
 * @param deletesKept how long it is known that a point was deleted, so that no older change brings
 *     it back; zero: for ever
 */
public record QdrantSpec(
    String url,
    Optional<Secret> apiKey,
    Optional<String> caFile,
    String collection,
    Optional<String> tenant,
    List<String> payload,
    List<String> indexes,
    boolean bulk,
    int batch,
    int inFlight,
    Duration patience,
    Duration deletesKept) {

  /** How long deletes are remembered where nothing is said. */
  public static final Duration DELETES_KEPT = Duration.ofDays(90);

  /** Trusting whom Java trusts, and remembering deletes for {@link #DELETES_KEPT}. */
  public QdrantSpec(
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
    this(
        url,
        apiKey,
        Optional.empty(),
        collection,
        tenant,
        payload,
        indexes,
        bulk,
        batch,
        inFlight,
        patience,
        DELETES_KEPT);
  }

  public QdrantSpec {
    payload = List.copyOf(payload);
    indexes = List.copyOf(indexes);
  }
}
