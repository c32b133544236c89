package io.millrace.jobs.batch;

import java.util.Map;

/**
 * What a job has done.
 *
 * @param counts its accumulators by name
 * @param millis from its building to its end
 */
public record BatchResult(Map<String, Object> counts, long millis) {
  /** A counter's value; 0 where nothing was counted. */
  public static long count(Map<String, Object> counts, String name) {
    return counts.get(name) instanceof Long count ? count : 0;
  }
}
