package io.millrace.embedding;

/**
 * State of a key: what its points are like, not the points themselves. A Flink POJO.
 *
 * @param version of the last change
 * @param chunks how many points there are; zero: deleted
 * @param contentHash of the text that they show
 * @param payloadHash of what they carry
 */
public record PointState(
    long version, int chunks, String tenant, String contentHash, long payloadHash) {

  boolean isDeleted() {
    return chunks == 0;
  }
}
