package io.millrace.sql.catalog;

import io.millrace.contract.Field;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.sql.topics.JsonRows;
import io.millrace.sql.topics.RowMask;
import io.millrace.sql.topics.RowMask.Treatment;
import io.millrace.sql.topics.TextKey;
import io.millrace.sql.topics.TopicRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.types.logical.RowType;

/** Tables of topics whose records are JSON objects that Millrace wrote, put together by name. */
final class TopicTables {

  static final String TIME = "TIMESTAMP_LTZ(3)";

  private final Pipeline pipeline;
  private final PiiPolicy policy;
  private final Map<String, PipelineTable> tables = new LinkedHashMap<>();

  TopicTables(Pipeline pipeline, PiiPolicy policy) {
    this.pipeline = pipeline;
    this.policy = policy;
  }

  /** Those that were added, in that order. */
  Map<String, PipelineTable> byName() {
    return tables;
  }

  /** Whether bytes and texts of whole records are hidden: any of them may hold personal data. */
  boolean hidesRecords() {
    return policy.masks()
        && pipeline.sources().stream()
            .anyMatch(source -> source.contract().fields().stream().anyMatch(Field::isPii));
  }

  RowMask mask(Columns columns) {
    return columns.mask(policy);
  }

  /** Only records whose field is one of some values. */
  static JsonRows.Condition only(Columns columns, String name, String... values) {
    return new JsonRows.Condition(columns.readType().getFieldIndex(name), Set.of(values));
  }

  /** A table of everything that was ever said, with its time. */
  void log(
      String name,
      String topic,
      Columns columns,
      List<JsonRows.Condition> conditions,
      String comment) {
    add(name, topic, new Columns(), columns, conditions, Optional.empty(), comment);
  }

  /**
   * A table of what was said last under each key.
   *
   * @param id what becomes of the key
   */
  void newest(
      String name,
      String topic,
      Treatment id,
      Columns columns,
      List<JsonRows.Condition> conditions,
      String comment) {
    Columns key =
        new Columns()
            .add("id", Columns.type("STRING NOT NULL"), "What tells the records apart.", id);
    add(name, topic, key, columns, conditions, Optional.of(TextKey.whole(mask(key))), comment);
  }

  /**
   * @param keyReader of the columns of the key; empty for a log of records without
   */
  void add(
      String name,
      String topic,
      Columns key,
      Columns columns,
      List<JsonRows.Condition> conditions,
      Optional<TopicRows> keyReader,
      String comment) {
    RowType json = columns.readType();
    List<JsonRows.Column> flat = new ArrayList<>();
    for (int i = 0; i < json.getFieldCount(); i++) {
      flat.add(new JsonRows.Column(List.of(i), json.getTypeAt(i)));
    }
    Columns all = new Columns();
    all.list().addAll(key.list());
    all.list().addAll(columns.list());
    Schema.Builder schema = all.schema();
    if (keyReader.isPresent()) {
      schema.primaryKey(key.list().stream().map(Columns.Column::name).toList());
    }
    if (columns.has("time")) {
      schema.watermark("time", SourceTables.behind("time", lateness()));
    }
    tables.put(
        name,
        new PipelineTable(
            schema.build(),
            comment,
            Map.of("topic", topic),
            new Reading.Topic(
                KafkaOptions.of(
                    pipeline.topics().bootstrapServers(), topic, pipeline.topics().properties()),
                keyReader,
                new JsonRows(nullable(json), flat, conditions, mask(columns)))));
  }

  /** JSON may lack any field. */
  private static RowType nullable(RowType type) {
    return new RowType(
        type.getFields().stream()
            .map(it -> new RowType.RowField(it.getName(), it.getType().copy(true)))
            .toList());
  }

  private Duration lateness() {
    return pipeline.sources().stream()
        .map(Source::eventTime)
        .map(it -> it.outOfOrderness())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
