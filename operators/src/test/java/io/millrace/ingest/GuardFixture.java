package io.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Coercion;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** A guarded source, built up field by field and policy by policy. */
final class GuardFixture {

  static final long NOW = Instant.parse("2013-06-01T00:00:00Z").toEpochMilli();
  static final long RECORD_TIME = NOW - 1_000;

  private final List<Field> fields;
  private SchemaDrift drift = SchemaDrift.DEFAULT;
  private RowRules rules = RowRules.NONE;
  private FieldScreen screen = FieldScreen.OPEN;
  private Optional<String> eventTime = Optional.empty();

  private GuardFixture(List<Field> fields) {
    this.fields = fields;
  }

  static GuardFixture of(Field... fields) {
    return new GuardFixture(List.of(fields));
  }

  static Field required(String name, LogicalType type) {
    return new Field(name, type.copy(false), true, false, Optional.empty(), "");
  }

  static Field optional(String name, LogicalType type, String... aliases) {
    return new Field(name, type.copy(true), false, 0, Optional.empty(), "", List.of(aliases));
  }

  static Field pii(String name, LogicalType type) {
    return new Field(name, type.copy(true), false, false, Optional.of("pii"), "");
  }

  GuardFixture with(Kind kind, Policy policy) {
    Map<Kind, Policy> policies = new LinkedHashMap<>(drift.policies());
    policies.put(kind, policy);
    drift =
        new SchemaDrift(
            policies,
            drift.renameThreshold(),
            drift.coercions(),
            drift.variants(),
            drift.dryRun(),
            drift.fields());
    return this;
  }

  GuardFixture with(String field, Kind kind, Policy policy) {
    Map<String, Map<Kind, Policy>> own = new LinkedHashMap<>(drift.fields());
    own.put(field, Map.of(kind, policy));
    drift =
        new SchemaDrift(
            drift.policies(),
            drift.renameThreshold(),
            drift.coercions(),
            drift.variants(),
            drift.dryRun(),
            own);
    return this;
  }

  GuardFixture coercing(Coercion... coercions) {
    drift =
        new SchemaDrift(
            drift.policies(),
            drift.renameThreshold(),
            Set.of(coercions),
            drift.variants(),
            drift.dryRun(),
            drift.fields());
    return this;
  }

  GuardFixture withVariants() {
    drift =
        new SchemaDrift(
            drift.policies(),
            drift.renameThreshold(),
            drift.coercions(),
            true,
            drift.dryRun(),
            drift.fields());
    return this;
  }

  GuardFixture dryRun() {
    drift =
        new SchemaDrift(
            drift.policies(),
            drift.renameThreshold(),
            drift.coercions(),
            drift.variants(),
            true,
            drift.fields());
    return this;
  }

  GuardFixture withRules(RowRules other) {
    rules = other;
    return this;
  }

  GuardFixture withScreen(FieldScreen other) {
    screen = other;
    return this;
  }

  GuardFixture timedBy(String field) {
    eventTime = Optional.of(field);
    return this;
  }

  Source source() {
    return new Source(
        "flights",
        new KafkaOrigin(
            "flights",
            "localhost:9092",
            KafkaOrigin.Format.JSON,
            "group",
            KafkaOrigin.StartFrom.EARLIEST,
            Map.of()),
        contract(),
        new EventTime(eventTime, Duration.ofSeconds(5), Optional.empty(), false),
        drift);
  }

  Contract contract() {
    return new Contract("flights", "1.0.0", "", fields);
  }

  RowType rowType() {
    return source().rowType();
  }

  Guard.Settings settings() {
    return Guard.Settings.of(source()).withRules(rules).withScreen(screen);
  }

  Guard guard() {
    return new Guard(settings(), () -> NOW);
  }

  /** What the guard decides by the contract file. */
  Ingested admit(String json) {
    return admit(guard(), json);
  }

  static Ingested admit(Guard guard, String json) {
    return guard.admit(json.getBytes(UTF_8), RECORD_TIME, GuardFixture::coordinates);
  }

  /** What becomes of the record in the end. */
  Ingested settle(String json) {
    Guard guard = guard();
    return guard.settle(admit(guard, json));
  }

  static DeadLetter.Coordinates coordinates() {
    return DeadLetter.Coordinates.kafka("flights", 3, 42, null);
  }

  /** A field's value as Flink holds it. */
  Object value(Ingested ingested, String field) {
    int position = rowType().getFieldIndex(field);
    return RowData.createFieldGetter(rowType().getTypeAt(position), position)
        .getFieldOrNull(ingested.row());
  }

  /** What the row carries beside the contract. */
  Map<String, String> evolved(Ingested ingested) {
    MapData map = (MapData) value(ingested, Source.EVOLVED_COLUMN);
    Map<String, String> evolved = new LinkedHashMap<>();
    if (map != null) {
      ArrayData names = map.keyArray();
      ArrayData values = map.valueArray();
      for (int i = 0; i < map.size(); i++) {
        evolved.put(names.getString(i).toString(), values.getString(i).toString());
      }
    }
    return evolved;
  }
}
