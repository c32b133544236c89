package io.millrace.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An embedding as written: rows of one source become vectors, and points of a collection.
 *
 * @param key fields of the source that tell its rows apart; a later row with the same key replaces
 *     the earlier one
 * @param text what is embedded
 * @param allowedPii fields classified {@code pii} that are shown all the same, in the text and in
 *     the payload
 * @param chunks how a long text becomes several points; without it, it is cut off
 * @param patience how long the encoder may be out of reach before the job fails
 * @param links whether each point is also told on the topic of links
 * @param duplicates empty when duplicates are not looked for
 */
public record EmbeddingSpec(
    String name,
    String source,
    List<String> key,
    TextTemplate text,
    EmbeddingModelSpec model,
    Set<String> allowedPii,
    Optional<Chunks> chunks,
    Batching batching,
    Cache cache,
    Duration patience,
    QdrantSpec qdrant,
    boolean links,
    Optional<DuplicatesSpec> duplicates) {

  public EmbeddingSpec {
    key = List.copyOf(key);
    allowedPii = Set.copyOf(allowedPii);
  }

  /**
   * @param tokens most tokens of a chunk
   * @param overlap how many tokens of the end of a chunk the next one begins with, at most half
   */
  public record Chunks(int tokens, int overlap) {}

  /**
   * @param texts most texts that are encoded together
   * @param patience how long a text waits for others while the encoder is idle
   * @param inFlight batches of one subtask that are encoded at once
   */
  public record Batching(int texts, Duration patience, int inFlight) {}

  /**
   * @param entries vectors kept in memory by each TaskManager; zero: none
   * @param redis a second cache that all TaskManagers share
   * @param ttl how long a vector stays there after it was written
   */
  public record Cache(int entries, Optional<Secret> redis, Duration ttl) {}
}
