package io.millrace.sql.catalog;

import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.sql.topics.GuardedRows;
import io.millrace.sql.topics.RowMask.Treatment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.table.utils.EncodingUtils;

/** Sources as tables: the rows that a job takes in, with their place in the topic. */
final class SourceTables {

  private static final String EVENT_TIME = "event_time";
  static final String HIDDEN = "Personal data, masked. ";

  private SourceTables() {}

  /** The columns of a source's rows. */
  static Columns columns(Source source, PiiPolicy policy) {
    return columns(source, source.rowType(), policy);
  }

  /**
   * Some of them.
   *
   * @param rows their types
   */
  static Columns columns(Source source, RowType rows, PiiPolicy policy) {
    Columns columns = new Columns();
    boolean hidesEvolved =
        policy.masks() && source.contract().fields().stream().anyMatch(Field::isPii);
    for (RowType.RowField row : rows.getFields()) {
      if (hidesEvolved && row.getName().equals(Source.EVOLVED_COLUMN)) {
        // Values of another type than their field's are carried there, also those of personal data.
        columns.add(row.getName(), row.getType(), HIDDEN, Treatment.NOTHING);
        continue;
      }
      Optional<Field> field = source.contract().field(row.getName());
      boolean hidden = policy.masks() && field.map(Field::isPii).orElse(false);
      boolean keyed = hidden && field.get().primaryKey();
      Treatment treatment =
          keyed
              ? Treatment.PSEUDONYM
              : hidden
                  ? Treatment.HIDE
                  : isEventTime(source, row.getName()) && isFinerThanMillis(row.getType())
                      ? Treatment.TO_MILLIS
                      : Treatment.KEEP;
      columns.add(
          row.getName(),
          row.getType(),
          (hidden ? HIDDEN : "") + field.map(Field::description).orElse(evolved(row.getName())),
          treatment);
    }
    return columns;
  }

  private static String evolved(String name) {
    return name.equals(Source.EVOLVED_COLUMN)
        ? "Fields and values that the contract has no column for, by name, each as JSON."
        : "";
  }

  private static boolean isEventTime(Source source, String field) {
    return source.eventTime().field().filter(field::equals).isPresent();
  }

  private static boolean isFinerThanMillis(LogicalType type) {
    return isTimestamp(type) && LogicalTypeChecks.getPrecision(type) > 3;
  }

  private static boolean isTimestamp(LogicalType type) {
    return type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE)
        || type.is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
  }

  /** A source that is a topic. */
  static PipelineTable topic(Source source, KafkaOrigin origin, PiiPolicy policy) {
    boolean debezium = origin.format() == KafkaOrigin.Format.DEBEZIUM_JSON;
    Columns columns = columns(source, policy);
    Schema.Builder schema = columns.schema();
    metadata(schema, columns, "_partition", "partition", DataTypes.INT().notNull());
    metadata(schema, columns, "_offset", "offset", DataTypes.BIGINT().notNull());
    String timestamp =
        metadata(schema, columns, "_timestamp", "timestamp", DataTypes.TIMESTAMP_LTZ(3).notNull());
    if (debezium && !source.contract().primaryKey().isEmpty()) {
      schema.primaryKey(source.contract().primaryKey());
    }
    watermark(schema, source.eventTime(), columns, timestamp);

    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("topic", origin.topic());
    source
        .eventTime()
        .idleAfter()
        .ifPresent(it -> shown.put("scan.watermark.idle-timeout", it.toMillis() + " ms"));
    return new PipelineTable(
        schema.build(),
        comment(source),
        shown,
        new Reading.Topic(
            KafkaOptions.of(origin.bootstrapServers(), origin.topic(), origin.properties()),
            Optional.empty(),
            new GuardedRows(source, debezium, columns.mask(policy))));
  }

  static String comment(Source source) {
    String key = String.join(", ", source.contract().primaryKey());
    return "Source "
        + source.name()
        + ", contract "
        + source.contract().name()
        + " "
        + source.contract().version()
        + (key.isEmpty() ? "" : ", key " + key)
        + (source.contract().description().isBlank()
            ? ""
            : ". " + source.contract().description().strip());
  }

  private static String metadata(
      Schema.Builder schema,
      Columns columns,
      String wished,
      String key,
      org.apache.flink.table.types.DataType type) {
    String name = columns.free(wished);
    schema
        .columnByMetadata(name, type, key, true)
        .withComment("The record's " + key + " in its topic.");
    return name;
  }

  private static void watermark(
      Schema.Builder schema, EventTime eventTime, Columns columns, String recordTime) {
    String column = recordTime;
    if (eventTime.field().isPresent()) {
      String field = eventTime.field().get();
      LogicalType type =
          columns.list().stream()
              .filter(it -> it.name().equals(field))
              .findFirst()
              .orElseThrow()
              .shownType();
      if (isTimestamp(type)) {
        column = field;
      } else {
        column = columns.free(EVENT_TIME);
        schema.columnByExpression(
            column, "TO_TIMESTAMP_LTZ(" + EncodingUtils.escapeIdentifier(field) + ", 3)");
      }
    }
    schema.watermark(column, behind(column, eventTime.outOfOrderness()));
  }

  /** SQL of a watermark that stays behind a column. */
  static String behind(String column, Duration outOfOrderness) {
    return EncodingUtils.escapeIdentifier(column) + " - " + interval(outOfOrderness);
  }

  /** In the largest unit that it is a whole number of; what is below a millisecond is left out. */
  private static String interval(Duration time) {
    long seconds = time.toSeconds();
    if (time.toMillisPart() > 0) {
      return "INTERVAL '%d.%03d' SECOND(6, 3)".formatted(seconds, time.toMillisPart());
    }
    String unit =
        seconds % 86_400 == 0 && seconds > 0
            ? "DAY"
            : seconds % 3600 == 0 && seconds > 0
                ? "HOUR"
                : seconds % 60 == 0 && seconds > 0 ? "MINUTE" : "SECOND";
    long number =
        switch (unit) {
          case "DAY" -> seconds / 86_400;
          case "HOUR" -> seconds / 3600;
          case "MINUTE" -> seconds / 60;
          default -> seconds;
        };
    return "INTERVAL '" + number + "' " + unit + (number > 99 ? "(6)" : "");
  }
}
