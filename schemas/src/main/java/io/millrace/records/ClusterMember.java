package io.millrace.records;

/**
 * Which cluster of duplicates a row belongs to: written to the topic of clusters whenever it
 * changes. A Flink POJO: no field falls to Kryo.
 *
 * @param tenant whose row it is; empty when there are none
 * @param point id of the row's point, a UUID as text
 * @param key the row's key as a JSON object
 * @param cluster smallest point id of the cluster's rows
 * @param size how many rows the cluster has, at least 2
 * @param representative point id of the most complete row of the cluster
 * @param representativeKey its key
 * @param limited whether more rows hang together than a cluster may have, so that its weakest pairs
 *     were left out
 * @param eventTimeMillis of the row
 * @param withdrawn whether the row is in no cluster any more
 */
public record ClusterMember(
    String embedding,
    String source,
    String tenant,
    String point,
    String key,
    String cluster,
    int size,
    String representative,
    String representativeKey,
    boolean limited,
    long eventTimeMillis,
    boolean withdrawn) {

  /** Whether another row stands for this one. */
  public boolean representedByAnother() {
    return !withdrawn && !point.equals(representative);
  }
}
