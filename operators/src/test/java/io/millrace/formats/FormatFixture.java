package io.millrace.formats;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** Orders in some format, held against one contract. */
final class FormatFixture {

  static final String AT = "2013-01-01T10:15:00.123Z";
  static final long RECORD_TIME = Instant.parse("2013-01-01T10:16:00Z").toEpochMilli();
  private static final long NOW = Instant.parse("2013-06-01T00:00:00Z").toEpochMilli();

  static final Contract ORDERS =
      new Contract(
          "orders",
          "1.0.0",
          "",
          List.of(
              required("order_id", DataTypes.STRING()),
              required("amount", DataTypes.INT()),
              optional("price", DataTypes.DECIMAL(10, 2)),
              optional("paid", DataTypes.BOOLEAN()),
              optional("at", DataTypes.TIMESTAMP_LTZ(3))));

  private FormatFixture() {}

  private static Field required(String name, DataType type) {
    return new Field(name, type.getLogicalType().copy(false), true, false, Optional.empty(), "");
  }

  private static Field optional(String name, DataType type) {
    return new Field(name, type.getLogicalType(), false, false, Optional.empty(), "");
  }

  static Source orders(KafkaOrigin.Format format, FormatOptions options) {
    return new Source(
        "orders",
        new KafkaOrigin(
            "orders",
            "localhost:9092",
            format,
            options,
            "group",
            KafkaOrigin.StartFrom.EARLIEST,
            Map.of()),
        ORDERS,
        new EventTime(Optional.empty(), Duration.ZERO, Optional.empty(), false));
  }

  /** Reads records of one task. */
  static Guard guard(Source source) {
    return RecordFormats.of(source).guard(Guard.Settings.of(source), () -> NOW);
  }

  static Ingested admit(Guard guard, byte[] record) {
    return guard.settle(guard.admit(record, RECORD_TIME, FormatFixture::coordinates));
  }

  static DeadLetter.Coordinates coordinates() {
    return DeadLetter.Coordinates.kafka("orders", 0, 42, null);
  }

  static Guard.Settings settings(Source source) {
    return Guard.Settings.of(source);
  }

  static long now() {
    return NOW;
  }

  /** The columns that are not null, by name, and what travels beside them. */
  static Map<String, Object> values(RowData row) {
    RowType type = orders(KafkaOrigin.Format.JSON, FormatOptions.NONE).rowType();
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      Object value = RowData.createFieldGetter(type.getTypeAt(i), i).getFieldOrNull(row);
      if (value instanceof MapData map) {
        for (int entry = 0; entry < map.size(); entry++) {
          StringData name = map.keyArray().getString(entry);
          values.put("+" + name, map.valueArray().getString(entry).toString());
        }
      } else if (value != null) {
        values.put(type.getFieldNames().get(i), value.toString());
      }
    }
    return values;
  }
}
