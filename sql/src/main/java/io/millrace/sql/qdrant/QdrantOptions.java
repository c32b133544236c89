package io.millrace.sql.qdrant;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of {@code 'connector' = 'qdrant'}; docs/sql-connectors.md lists them. */
final class QdrantOptions {

  /** What becomes of a row that the sink, or Qdrant, refuses. */
  enum RefusedRows {
    SKIP,
    FAIL
  }

  static final ConfigOption<String> URL =
      ConfigOptions.key("url")
          .stringType()
          .noDefaultValue()
          .withDescription("http[s]://host:port of Qdrant's gRPC interface.");

  static final ConfigOption<String> COLLECTION =
      ConfigOptions.key("collection")
          .stringType()
          .noDefaultValue()
          .withDescription("The collection.");

  static final ConfigOption<String> API_KEY =
      ConfigOptions.key("api-key").stringType().noDefaultValue().withDescription("None if absent.");

  static final ConfigOption<String> CA_FILE =
      ConfigOptions.key("ca-file")
          .stringType()
          .noDefaultValue()
          .withDescription("With https: PEM file of who signed the server's certificate.");

  static final ConfigOption<String> TENANT =
      ConfigOptions.key("tenant")
          .stringType()
          .noDefaultValue()
          .withDescription("Column that keeps points of different owners apart.");

  static final ConfigOption<String> TENANT_VALUE =
      ConfigOptions.key("tenant.value")
          .stringType()
          .noDefaultValue()
          .withDescription("The tenant whose points this table has.");

  static final ConfigOption<Map<String, String>> FILTER =
      ConfigOptions.key("filter")
          .mapType()
          .defaultValue(Map.of())
          .withDescription("filter.<column>: the table has only points with this value there.");

  static final ConfigOption<String> VECTOR_COLUMN =
      ConfigOptions.key("vector-column")
          .stringType()
          .noDefaultValue()
          .withDescription("Column of the vector, where several are arrays of FLOAT or DOUBLE.");

  static final ConfigOption<String> VERSION_COLUMN =
      ConfigOptions.key("version-column")
          .stringType()
          .noDefaultValue()
          .withDescription("Column that orders the changes of a key.");

  static final ConfigOption<String> MODEL =
      ConfigOptions.key("model")
          .stringType()
          .noDefaultValue()
          .withDescription("Id of the model that makes the vectors that are written.");

  static final ConfigOption<String> SOURCE =
      ConfigOptions.key("source")
          .stringType()
          .noDefaultValue()
          .withDescription("Where rows come from, a part of their points' ids.");

  static final ConfigOption<List<String>> INDEXES =
      ConfigOptions.key("indexes")
          .stringType()
          .asList()
          .defaultValues()
          .withDescription("Payload columns that get an index when they are first written.");

  static final ConfigOption<RefusedRows> REFUSED_ROWS =
      ConfigOptions.key("refused-rows")
          .enumType(RefusedRows.class)
          .defaultValue(RefusedRows.SKIP)
          .withDescription("What becomes of a row that cannot be written.");

  static final ConfigOption<Duration> PATIENCE =
      ConfigOptions.key("patience")
          .durationType()
          .noDefaultValue()
          .withDescription("How long Qdrant may be away.");

  static final ConfigOption<Integer> BATCH =
      ConfigOptions.key("batch")
          .intType()
          .noDefaultValue()
          .withDescription("Most points of a write, searches or lookups of a request.");

  static final ConfigOption<Integer> IN_FLIGHT =
      ConfigOptions.key("in-flight")
          .intType()
          .noDefaultValue()
          .withDescription("Requests of a subtask that are under way at once.");

  static final ConfigOption<Duration> LINGER =
      ConfigOptions.key("linger")
          .durationType()
          .defaultValue(Duration.ofMillis(2))
          .withDescription("How long a search or a lookup may wait for others.");

  static final ConfigOption<Boolean> SEARCH_VECTORS =
      ConfigOptions.key("search.vectors")
          .booleanType()
          .defaultValue(true)
          .withDescription("Whether VECTOR_SEARCH fills the vector's column; null if not.");

  static final ConfigOption<Integer> SCAN_PAGE =
      ConfigOptions.key("scan.page")
          .intType()
          .defaultValue(500)
          .withDescription("Points that a scan asks for at once.");

  private QdrantOptions() {}

  static Set<ConfigOption<?>> required() {
    return Set.of(URL, COLLECTION);
  }

  static Set<ConfigOption<?>> optional() {
    return Set.of(
        API_KEY,
        CA_FILE,
        TENANT,
        TENANT_VALUE,
        FILTER,
        VECTOR_COLUMN,
        VERSION_COLUMN,
        MODEL,
        SOURCE,
        INDEXES,
        REFUSED_ROWS,
        PATIENCE,
        BATCH,
        IN_FLIGHT,
        LINGER,
        SEARCH_VECTORS,
        SCAN_PAGE);
  }
}
