package io.millrace.quality;

import io.millrace.ingest.JsonRowEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Single values as JSON text. */
final class JsonText {
  private static final String NAME = "v";
  private static final int AROUND = "{\"v\":".length();

  private JsonText() {}

  /** {@code null} for null. */
  static String of(Object value, LogicalType type) {
    RowType row = RowType.of(new LogicalType[] {type}, new String[] {NAME});
    byte[] json = new JsonRowEncoder(row).encode(GenericRowData.of(value));
    return new String(json, AROUND, json.length - AROUND - 1, StandardCharsets.UTF_8);
  }
}
