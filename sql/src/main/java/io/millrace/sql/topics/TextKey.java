package io.millrace.sql.topics;

import java.nio.charset.StandardCharsets;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.Collector;

/**
 * A record's key that is a text: a row of it, or of what stands before and after its last slash.
 */
public final class TextKey implements TopicRows {
  private static final long serialVersionUID = 1L;

  private final boolean atLastSlash;
  private final RowMask mask;

  private TextKey(boolean atLastSlash, RowMask mask) {
    this.atLastSlash = atLastSlash;
    this.mask = mask;
  }

  /** The whole key as one column. */
  public static TextKey whole(RowMask mask) {
    return new TextKey(false, mask);
  }

  /** Two columns; a key without a slash is no row. */
  public static TextKey atLastSlash(RowMask mask) {
    return new TextKey(true, mask);
  }

  @Override
  public void read(byte[] bytes, Collector<RowData> out) {
    if (bytes == null) {
      return;
    }
    String key = new String(bytes, StandardCharsets.UTF_8);
    int slash = key.lastIndexOf('/');
    if (!atLastSlash) {
      out.collect(mask.apply(GenericRowData.of(StringData.fromString(key))));
    } else if (slash >= 0) {
      out.collect(
          mask.apply(
              GenericRowData.of(
                  StringData.fromString(key.substring(0, slash)),
                  StringData.fromString(key.substring(slash + 1)))));
    }
  }
}
