package io.millrace.duplicates;

import io.millrace.records.ClusterMember;

/**
 * What was told of a row's cluster. A Flink POJO.
 *
 * @param key of the row, which may be gone by now
 * @param version of the row
 */
public record ToldMember(
    String key,
    long version,
    String cluster,
    int size,
    String representative,
    String representativeKey,
    boolean limited) {

  ClusterMember record(DuplicatesPlan plan, String tenant, String id, boolean withdrawn) {
    return new ClusterMember(
        plan.schema().embedding(),
        plan.schema().source(),
        tenant,
        id,
        key,
        cluster,
        size,
        representative,
        representativeKey,
        limited,
        Math.floorDiv(version, 1000L),
        withdrawn);
  }
}
