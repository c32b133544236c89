package io.millrace.records;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * Pairs and clusters as they stand on their topics. Both are upsert logs: a record replaces the
 * earlier one of its key, and a null value takes it back.
 *
 * <p>Pairs are keyed by {@code embedding/point_a/point_b}:
 *
 * <pre>{@code
 * {"format":1,"record":"duplicate_pair","embedding":"plane_vectors","source":"planes","tenant":"",
 *  "point_a":"...","point_b":"...","key_a":"{\"id\":1}","key_b":"{\"id\":7}",
 *  "decision":"MATCH","score":0.98,"weight":5.6,"similarity":0.93,"found_by":"block+neighbour",
 *  "reasons":[{"field":"model","agreement":"exact","weight":6.1,"a":"A320-232","b":"A320-232"}],
 *  "event_time":"2013-01-01T00:00:00Z","withdrawn":false}
 * }</pre>
 *
 * <p>Clusters have a record per row, so that rows can be joined with them, keyed by {@code
 * embedding/point}:
 *
 * <pre>{@code
 * {"format":1,"record":"cluster_member","embedding":"plane_vectors","source":"planes","tenant":"",
 *  "point":"...","key":"{\"id\":7}","cluster":"...","size":2,"representative":"...",
 *  "representative_key":"{\"id\":1}","limited":false,"event_time":"2013-01-01T00:00:00Z","withdrawn":false}
 * }</pre>
 */
public final class DuplicateJson {
  private static final String TAG = "record";

  private DuplicateJson() {}

  public static byte[] key(DuplicatePair pair) {
    return bytes(pair.embedding() + "/" + pair.pointA() + "/" + pair.pointB());
  }

  public static byte[] key(ClusterMember member) {
    return bytes(member.embedding() + "/" + member.point());
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  /** The record's value; null for a pair that is withdrawn. */
  public static byte[] encode(DuplicatePair pair) {
    return pair.withdrawn() ? null : RecordJson.encode(TAG, "duplicate_pair", pair);
  }

  /** The record's value; null for a row that is in no cluster any more. */
  public static byte[] encode(ClusterMember member) {
    return member.withdrawn() ? null : RecordJson.encode(TAG, "cluster_member", member);
  }

  /**
   * @throws IllegalArgumentException if the bytes are no pair
   */
  public static DuplicatePair pair(byte[] value) {
    return decode(value, DuplicatePair.class);
  }

  /**
   * @throws IllegalArgumentException if the bytes are no member of a cluster
   */
  public static ClusterMember member(byte[] value) {
    return decode(value, ClusterMember.class);
  }

  private static <T> T decode(byte[] value, Class<T> type) {
    ObjectNode json = RecordJson.tree(value);
    json.remove(TAG);
    return RecordJson.decode(json, type);
  }
}
