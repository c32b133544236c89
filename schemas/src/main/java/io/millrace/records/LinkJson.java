package io.millrace.records;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * Links as they stand on their topic: keyed by collection and point, so that the newest one of a
 * point stays when the topic is compacted; a deleted point's value is null.
 *
 * <pre>{@code
 * {"format":1,"record":"link","source":"planes","key":"{\"tailnum\":\"N10156\"}","tenant":"",
 *  "collection":"planes","point_id":"...","chunk":0,"model":"all-minilm-l6-v2/fp32",
 *  "content_hash":"...",
 *  "event_time":"2013-01-01T00:00:00Z","deleted":false}
 * }</pre>
 */
public final class LinkJson {
  private static final String TAG = "record";
  private static final String KIND = "link";

  private LinkJson() {}

  /** The record's key: {@code collection/point_id}. */
  public static byte[] key(LinkRecord link) {
    return (link.collection() + "/" + link.pointId()).getBytes(StandardCharsets.UTF_8);
  }

  /** The record's value; null for a deleted point. */
  public static byte[] encode(LinkRecord link) {
    return link.deleted() ? null : RecordJson.encode(TAG, KIND, link);
  }

  /**
   * @throws IllegalArgumentException if the bytes are no link
   */
  public static LinkRecord decode(byte[] value) {
    ObjectNode json = RecordJson.tree(value);
    json.remove(TAG);
    return RecordJson.decode(json, LinkRecord.class);
  }
}
