package io.millrace.duplicates;

import java.util.List;

/**
 * A row as it is compared. A Flink POJO.
 *
 * @param id of its point, a UUID as text
 * @param key as a JSON object
 * @param tenant empty when there are none
 * @param version see {@link io.millrace.records.EmbeddedRow#version}
 * @param contentHash of its text and model: rows of the same hash have the same vector
 * @param completeness how many of its fields have a value
 * @param values of the compared fields in plain form; null where there is none
 * @param shown what reasons may show of them, shortened; empty for fields classified pii
 */
public record CandidateRow(
    String id,
    String key,
    String tenant,
    long version,
    String contentHash,
    int completeness,
    List<String> values,
    List<String> shown) {

  long eventTimeMillis() {
    return Math.floorDiv(version, 1000L);
  }
}
