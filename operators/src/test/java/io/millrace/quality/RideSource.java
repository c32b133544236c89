package io.millrace.quality;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.contract.QualityBound;
import io.millrace.contract.QualityRule;
import io.millrace.document.Place;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.QualitySettings;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Source;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;

/** Taxi rides: an id, a zone, a fare that may be unknown, the driver's e-mail address, tags. */
final class RideSource {
  static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
  static final long MINUTE = 60_000;
  static final long WINDOW = 5 * MINUTE;

  private RideSource() {}

  static Source with(Map<Kind, Policy> policies, QualityRule... rules) {
    return with(
        new SchemaDrift(
            policies,
            SchemaDrift.DEFAULT_RENAME_THRESHOLD,
            java.util.Set.of(),
            false,
            false,
            Map.of()),
        rules);
  }

  static Source with(SchemaDrift drift, QualityRule... rules) {
    return new Source(
        "rides",
        new KafkaOrigin(
            "rides",
            "localhost:9092",
            KafkaOrigin.Format.JSON,
            "g",
            KafkaOrigin.StartFrom.EARLIEST,
            Map.of()),
        new Contract(
            "rides",
            "1.0.0",
            "",
            List.of(
                field("id", text(false), true, ""),
                field("zone", text(true), false, ""),
                field("fare", new IntType(), false, ""),
                field("driver", text(true), false, "pii"),
                field("tags", new ArrayType(text(true)), false, "")),
            List.of(rules)),
        new EventTime(Optional.empty(), Duration.ofSeconds(5), Optional.empty(), false),
        drift,
        new QualitySettings(Duration.ofMillis(WINDOW)));
  }

  static QualityRule rule(String name, String field, QualityRule.Check check) {
    return rule(name, field, check, QualityBound.NONE_BROKEN);
  }

  static QualityRule rule(String name, String field, QualityRule.Check check, QualityBound bound) {
    return new QualityRule(name, field, check, bound, new Place("rides.yaml", 1, "quality"));
  }

  static QualityBound lessThanPercent(int percent) {
    return new QualityBound(
        QualityBound.Unit.PERCENT,
        List.of(
            new QualityBound.Condition(QualityBound.Operator.LESS, BigDecimal.valueOf(percent))));
  }

  /** A ride; the fare has the slot of a BIGINT where types may grow. */
  static RowData ride(Source source, String id, String zone, Integer fare) {
    return ride(source, id, zone, fare, "ada@example.org", "card");
  }

  static RowData ride(
      Source source, String id, String zone, Integer fare, String driver, String... tags) {
    GenericRowData row = new GenericRowData(source.rowType().getFieldCount());
    row.setField(0, StringData.fromString(id));
    row.setField(1, zone == null ? null : StringData.fromString(zone));
    boolean wide = source.rowType().getTypeAt(2).asSummaryString().equals("BIGINT");
    row.setField(2, fare == null ? null : wide ? (Object) fare.longValue() : fare);
    row.setField(3, StringData.fromString(driver));
    Object[] texts = new Object[tags.length];
    for (int i = 0; i < tags.length; i++) {
      texts[i] = tags[i] == null ? null : StringData.fromString(tags[i]);
    }
    row.setField(4, new GenericArrayData(texts));
    return row;
  }

  private static LogicalType text(boolean nullable) {
    return new VarCharType(nullable, VarCharType.MAX_LENGTH);
  }

  private static Field field(
      String name, LogicalType type, boolean required, String classification) {
    return new Field(
        name, type, required, 0, Optional.of(classification).filter(it -> !it.isEmpty()), "");
  }
}
