package io.millrace.sql.qdrant;

import io.millrace.pipeline.QdrantSpec;
import io.millrace.pipeline.Secret;
import io.millrace.vectors.PointCondition;
import io.millrace.vectors.PointRows;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * A table's settings, checked. A column is the payload field of its name; {@code _id} is the
 * point's id, one column its vector, and what Millrace adds to payloads is there under its names.
 *
 * @param name of the table, for messages
 * @param type of all physical columns
 * @param key the primary key's columns; may be empty for reading
 * @param vector column of the vector; empty for none
 * @param tenant column that names the tenant; empty for none
 * @param version column of the version; empty for the time of writing
 * @param source a part of the points' ids
 * @param model id of the vectors' model; may be empty for reading
 * @param always what all points of the table fulfil
 */
record QdrantTable(
    String name,
    RowType type,
    List<String> key,
    String vector,
    String tenant,
    String version,
    String source,
    String model,
    List<PointCondition> always,
    ReadableConfig options) {

  static final String TEXT = "_text";
  static final String CHUNK = "_chunk";
  static final String VERSION = "_version";

  /** Columns whose values follow from others: they are read, and not written. */
  static final List<String> COMPUTED =
      List.of(PointRows.ID, "_key", "_source", "_model", "_content_hash");

  private static final int MOST = 10_000;

  /**
   * @throws ValidationException with everything that is wrong
   */
  static QdrantTable of(String name, RowType type, List<String> key, ReadableConfig options) {
    List<String> problems = new ArrayList<>();
    checkUrl(options.get(QdrantOptions.URL), problems);
    if (options.get(QdrantOptions.COLLECTION).isBlank()) {
      problems.add("'collection' is empty; name one");
    }
    for (ConfigOption<Integer> each :
        List.of(QdrantOptions.BATCH, QdrantOptions.IN_FLIGHT, QdrantOptions.SCAN_PAGE)) {
      options
          .getOptional(each)
          .filter(value -> value < 1 || value > MOST)
          .ifPresent(
              value ->
                  problems.add(
                      "'%s' is %d; expected a number from 1 to %,d"
                          .formatted(each.key(), value, MOST)));
    }
    String tenant = column(QdrantOptions.TENANT, type, options, problems);
    if (tenant.isEmpty() && options.getOptional(QdrantOptions.TENANT_VALUE).isPresent()) {
      problems.add("'tenant.value' is given but not 'tenant', the column that it is a value of");
    }
    String version = column(QdrantOptions.VERSION_COLUMN, type, options, problems);
    if (version.isEmpty() && type.getFieldIndex(VERSION) >= 0) {
      version = VERSION;
    }
    if (!version.isEmpty() && !isVersion(type.getTypeAt(type.getFieldIndex(version)))) {
      problems.add(
          "'version-column' is %s, which is %s; expected BIGINT (microseconds since 1970), TIMESTAMP or TIMESTAMP_LTZ"
              .formatted(version, type.getTypeAt(type.getFieldIndex(version)).asSummaryString()));
    }
    checkReserved(type, problems);
    String vector = vector(type, options, problems);
    try {
      new PointRows(type, problems.isEmpty() ? vector : "");
    } catch (IllegalArgumentException unreadable) {
      problems.add("a column is " + unreadable.getMessage());
    }
    for (String index : options.get(QdrantOptions.INDEXES)) {
      if (type.getFieldIndex(index) < 0) {
        problems.add(
            "'indexes' names %s, which is no column; there are %s"
                .formatted(index, String.join(", ", type.getFieldNames())));
      }
    }
    List<PointCondition> always = always(tenant, type, options, problems);
    if (!problems.isEmpty()) {
      throw wrong(name, problems);
    }
    return new QdrantTable(
        name,
        type,
        key,
        vector,
        tenant,
        version,
        options.getOptional(QdrantOptions.SOURCE).orElse(options.get(QdrantOptions.COLLECTION)),
        options.getOptional(QdrantOptions.MODEL).orElse(""),
        always,
        options);
  }

  static ValidationException wrong(String name, List<String> problems) {
    return new ValidationException(
        "table %s cannot be used:%n  - %s"
            .formatted(name, String.join(System.lineSeparator() + "  - ", problems)));
  }

  private static List<PointCondition> always(
      String tenant, RowType type, ReadableConfig options, List<String> problems) {
    List<PointCondition> always = new ArrayList<>();
    if (!tenant.isEmpty()) {
      options
          .getOptional(QdrantOptions.TENANT_VALUE)
          .ifPresent(value -> always.add(new PointCondition.Equal(tenant, value)));
    }
    options
        .get(QdrantOptions.FILTER)
        .forEach(
            (column, value) -> {
              int position = type.getFieldIndex(column);
              if (position < 0) {
                problems.add(
                    "'filter.%s' is of no column; there are %s"
                        .formatted(column, String.join(", ", type.getFieldNames())));
                return;
              }
              Serializable constant = constant(type.getTypeAt(position), value);
              if (constant == null || column.equals(PointRows.ID)) {
                problems.add(
                    "'filter.%s' is '%s', but the column is %s; expected a value of STRING, of BOOLEAN (true or false), or a whole number for a column of these"
                        .formatted(column, value, type.getTypeAt(position).asSummaryString()));
                return;
              }
              always.add(
                  new PointCondition.Equal(column, column.equals(tenant) ? value : constant));
            });
    return always;
  }

  /** A text as a value of a type that Qdrant compares exactly; null when it is none. */
  private static Serializable constant(LogicalType type, String text) {
    return switch (type.getTypeRoot()) {
      case VARCHAR -> text;
      case BOOLEAN ->
          text.equals("true") || text.equals("false") ? (Serializable) text.equals("true") : null;
      case TINYINT, SMALLINT, INTEGER, BIGINT ->
          text.matches("-?[0-9]{1,18}") ? (Serializable) Long.valueOf(text) : null;
      default -> null;
    };
  }

  private static void checkUrl(String url, List<String> problems) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null
          && ("http".equalsIgnoreCase(uri.getScheme())
              || "https".equalsIgnoreCase(uri.getScheme()))) {
        return;
      }
    } catch (IllegalArgumentException malformed) {
      // Said below.
    }
    problems.add(
        "'url' is '%s'; expected http[s]://host:port of Qdrant's gRPC interface, port 6334 by default"
            .formatted(url));
  }

  private static String column(
      ConfigOption<String> option, RowType type, ReadableConfig options, List<String> problems) {
    Optional<String> column = options.getOptional(option);
    if (column.isPresent() && type.getFieldIndex(column.get()) < 0) {
      problems.add(
          "'%s' is '%s', which is no column; there are %s"
              .formatted(option.key(), column.get(), String.join(", ", type.getFieldNames())));
      return "";
    }
    return column.orElse("");
  }

  private static String vector(RowType type, ReadableConfig options, List<String> problems) {
    List<String> arrays = new ArrayList<>();
    type.getFields().stream()
        .filter(field -> isVector(field.getType()))
        .forEach(field -> arrays.add(field.getName()));
    String named = column(QdrantOptions.VECTOR_COLUMN, type, options, problems);
    if (named.isEmpty() && arrays.size() > 1) {
      problems.add(
          "the columns %s could be the vector: say which one in 'vector-column'"
              .formatted(String.join(", ", arrays)));
      return "";
    }
    if (!named.isEmpty() && !arrays.contains(named)) {
      problems.add(
          "'vector-column' is %s, which is %s; expected ARRAY<FLOAT> or ARRAY<DOUBLE>"
              .formatted(named, type.getTypeAt(type.getFieldIndex(named)).asSummaryString()));
      return "";
    }
    return named.isEmpty() && !arrays.isEmpty() ? arrays.get(0) : named;
  }

  private static boolean isVector(LogicalType type) {
    return type instanceof ArrayType array
        && array.getElementType().isAnyOf(LogicalTypeRoot.FLOAT, LogicalTypeRoot.DOUBLE);
  }

  private static boolean isVersion(LogicalType type) {
    return type.isAnyOf(
        LogicalTypeRoot.BIGINT,
        LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
        LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
  }

  private static void checkReserved(RowType type, List<String> problems) {
    for (RowType.RowField field : type.getFields()) {
      LogicalTypeRoot expected =
          COMPUTED.contains(field.getName()) || field.getName().equals(TEXT)
              ? LogicalTypeRoot.VARCHAR
              : field.getName().equals(CHUNK) ? LogicalTypeRoot.INTEGER : null;
      if (expected != null && !field.getType().is(expected)) {
        problems.add(
            "column %s is %s; it is %s"
                .formatted(
                    field.getName(),
                    field.getType().asSummaryString(),
                    expected == LogicalTypeRoot.VARCHAR ? "STRING" : "INT"));
      }
    }
  }

  boolean vectorInDouble() {
    return ((ArrayType) type.getTypeAt(type.getFieldIndex(vector)))
        .getElementType()
        .is(LogicalTypeRoot.DOUBLE);
  }

  int batch() {
    return options.getOptional(QdrantOptions.BATCH).orElse(64);
  }

  int inFlight() {
    return options.getOptional(QdrantOptions.IN_FLIGHT).orElse(2);
  }

  Duration linger() {
    return options.get(QdrantOptions.LINGER);
  }

  boolean searchVectors() {
    return options.get(QdrantOptions.SEARCH_VECTORS);
  }

  int scanPage() {
    return options.get(QdrantOptions.SCAN_PAGE);
  }

  boolean failing() {
    return options.get(QdrantOptions.REFUSED_ROWS) == QdrantOptions.RefusedRows.FAIL;
  }

  /** For reading. */
  QdrantSpec reading() {
    return spec(List.of(), batch(), inFlight(), Duration.ofSeconds(30));
  }

  /** For writing points with these payload columns. */
  QdrantSpec writing(List<String> payload) {
    return spec(
        payload,
        options.getOptional(QdrantOptions.BATCH).orElse(128),
        options.getOptional(QdrantOptions.IN_FLIGHT).orElse(4),
        Duration.ofMinutes(2));
  }

  private QdrantSpec spec(List<String> payload, int batch, int inFlight, Duration patience) {
    return new QdrantSpec(
        options.get(QdrantOptions.URL),
        options.getOptional(QdrantOptions.API_KEY).filter(key -> !key.isEmpty()).map(Secret::new),
        options.getOptional(QdrantOptions.CA_FILE),
        options.get(QdrantOptions.COLLECTION),
        tenant.isEmpty() ? Optional.empty() : Optional.of(tenant),
        payload,
        options.get(QdrantOptions.INDEXES),
        false,
        batch,
        inFlight,
        options.getOptional(QdrantOptions.PATIENCE).orElse(patience),
        QdrantSpec.DELETES_KEPT);
  }
}
