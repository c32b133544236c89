package io.millrace.sql.catalog;

import io.millrace.contract.Field;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.sql.topics.JsonRows;
import io.millrace.sql.topics.RowMask.Treatment;
import io.millrace.sql.topics.TextKey;
import io.millrace.sql.topics.TopicRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.types.logical.RowType;

/**
 * The topics that Millrace writes besides features, as tables: their columns are the fields of the
 * codecs in {@code io.millrace.records}.
 */
final class OwnTopics {

  private static final String TIME = "TIMESTAMP_LTZ(3)";
  private static final String DRIFTED =
      "ARRAY<ROW<`column` STRING, `statistic` STRING, `value` DOUBLE, `effect` DOUBLE,"
          + " `threshold` DOUBLE, `adjusted_p` DOUBLE>>";
  private static final String PROFILE =
      "ROW<`rows` BIGINT, `nulls` BIGINT, `nans` BIGINT, `min` DOUBLE, `max` DOUBLE,"
          + " `mean` DOUBLE, `stddev` DOUBLE, `distinct` BIGINT>";

  private final Pipeline pipeline;
  private final PiiPolicy policy;
  private final Map<String, PipelineTable> tables = new LinkedHashMap<>();

  private OwnTopics(Pipeline pipeline, PiiPolicy policy) {
    this.pipeline = pipeline;
    this.policy = policy;
  }

  /** The tables of a pipeline's topics, by name. */
  static Map<String, PipelineTable> of(Pipeline pipeline, PiiPolicy policy) {
    OwnTopics topics = new OwnTopics(pipeline, policy);
    topics.deadLetters();
    topics.schemaChanges();
    if (pipeline.sources().stream().anyMatch(it -> !it.contract().qualityRules().isEmpty())) {
      topics.quality();
    }
    if (!pipeline.driftMonitors().isEmpty()) {
      topics.drift();
      topics.driftWindows();
      topics.alerts();
      topics.retraining();
    }
    if (pipeline.embeddings().stream().anyMatch(EmbeddingSpec::links)) {
      topics.links();
    }
    if (pipeline.embeddings().stream().anyMatch(it -> it.duplicates().isPresent())) {
      topics.duplicates();
      topics.clusters();
    }
    return topics.tables;
  }

  /** Whether bytes and texts of whole records are hidden: any of them may hold personal data. */
  private boolean hidesRecords() {
    return policy.masks()
        && pipeline.sources().stream()
            .anyMatch(source -> source.contract().fields().stream().anyMatch(Field::isPii));
  }

  private void deadLetters() {
    Treatment raw = hidesRecords() ? Treatment.NOTHING : Treatment.KEEP;
    Columns columns =
        new Columns()
            .add("pipeline", "STRING", "The pipeline that refused the record.")
            .add("source", "STRING NOT NULL", "The source it came from.")
            .add("view", "STRING", "The feature view that refused it, if it was one.")
            .add("reason", "STRING NOT NULL", "Why, as a code such as WRONG_TYPE.")
            .add("field", "STRING", "Path of the offending value; empty for the record itself.")
            .add("message", "STRING", "Why, in words, and the cure.")
            .add("contract", "STRING", "The contract it was held against.")
            .add("contract_version", "STRING", "Version of the contract, and its revision.")
            .add("time", TIME + " NOT NULL", "The record's own time.")
            .add("replays", "INT", "How often it was sent back; null for never.")
            .add("topic", "STRING", "Where it was read: a topic,")
            .add("partition", "INT", "its partition")
            .add("offset", "BIGINT", "and its offset;")
            .add("table", "STRING", "or a table of a database")
            .add("lsn", "BIGINT", "and the position of the change in its log.")
            .add(
                "raw_is", "STRING", "What raw holds: null for the record, or row, columns, vector.")
            .add("raw_size", "BIGINT", "Length of the whole value in bytes.")
            .add("raw_truncated", "BOOLEAN", "Whether raw is only its beginning.")
            .add("raw_sha256", "STRING", "Of the whole value when it was cut off.")
            .add("raw_text", Columns.type("STRING"), "The value, if it is a text.", raw)
            .add("raw_base64", Columns.type("STRING"), "The value in base64.", raw)
            .add("key_text", Columns.type("STRING"), "The record's key, if it is a text.", raw)
            .add("key_base64", Columns.type("STRING"), "The record's key in base64.", raw)
            .add(
                "headers",
                Columns.type(
                    "ARRAY<ROW<`name` STRING, `value_base64` STRING, `value_text` STRING>>"),
                "The record's headers.",
                raw);
    log(
        "dead_letters",
        pipeline.topics().deadLetters(),
        columns,
        List.of(only(columns, "pipeline", pipeline.name(), "")),
        "What was refused: where it lay, why, and its bytes.");
  }

  private void schemaChanges() {
    Treatment sample = hidesRecords() ? Treatment.HIDE : Treatment.KEEP;
    Columns columns =
        new Columns()
            .add("source", "STRING NOT NULL", "The source whose records differed.")
            .add("kind", "STRING NOT NULL", "What changed, such as RENAME or NEW_FIELD.")
            .add("status", "STRING NOT NULL", "What became of it, such as SUGGESTED or APPLIED.")
            .add("field", "STRING", "The field as records have it.")
            .add("before", "STRING", "What the contract had.")
            .add("after", "STRING", "What it has now, or would have.")
            .add("confidence", "DOUBLE", "From 0 to 1.")
            .add("reasons", "ARRAY<STRING>", "What speaks for it.")
            .add("sample", Columns.type("STRING"), "A value that was seen.", sample)
            .add("records", "BIGINT", "How many records showed it.")
            .add("contract_version", "STRING", "The version after it.")
            .add("revision", "BIGINT", "Number of changes to the contract so far.")
            .add("decided_by", "STRING", "policy, or who sent the decision.")
            .add("time", TIME + " NOT NULL", "When.");
    log(
        "schema_changes",
        pipeline.topics().schemaChanges(),
        columns,
        List.of(),
        "What was noticed, suggested and decided about the schemas of sources.");
  }

  private void quality() {
    Columns columns =
        new Columns()
            .add("source", "STRING NOT NULL", "The source that was checked.")
            .add("rule", "STRING NOT NULL", "The rule of its contract.")
            .add("field", "STRING", "The field it is about; empty for whole rows.")
            .add("expected", "STRING", "What the rule asks for.")
            .add("bound", "STRING", "How many failures it allows.")
            .add("window_start", TIME + " NOT NULL", "Start of the window, inclusive.")
            .add("window_end", TIME + " NOT NULL", "End of the window, exclusive.")
            .add("checked", "BIGINT NOT NULL", "Rows that were checked.")
            .add("failed", "BIGINT NOT NULL", "Rows that broke the rule.")
            .add("pass_rate", "DOUBLE", "Share of rows that kept it.")
            .add("passed", "BOOLEAN", "Whether the bound was kept.");
    log(
        "quality",
        pipeline.topics().quality(),
        columns,
        List.of(),
        "How each quality rule fared in each window.");
  }

  private void drift() {
    // Values of a column stand in its bins and categories.
    Treatment values = showsPersonalDrift() ? Treatment.NOTHING : Treatment.KEEP;
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "column")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("segment", Columns.type("STRING"), "Of these rows; empty: all.", text())
            .add("column", "STRING NOT NULL", "The column that was watched.")
            .add("window_start", TIME + " NOT NULL", "Start of the window, inclusive.")
            .add("window_end", TIME + " NOT NULL", "End of the window, exclusive.")
            .add("outcome", "STRING NOT NULL", "BASELINE, INSUFFICIENT_DATA, STABLE or DRIFT.")
            .add("reason", Columns.type("STRING"), "Why, for people.", text())
            .add("reference", "STRING", "What the window was held against.")
            .add(
                "statistics",
                "ARRAY<ROW<`name` STRING, `value` DOUBLE, `effect` DOUBLE, `p_value` DOUBLE,"
                    + " `adjusted_p` DOUBLE, `threshold` DOUBLE, `drifted` BOOLEAN>>",
                "PSI and the others, each with its test.")
            .add("reference_profile", PROFILE, "What the reference's values are like.")
            .add("profile", PROFILE, "What the window's values are like.")
            .add(
                "bins",
                Columns.type(
                    "ARRAY<ROW<`label` STRING, `lower` DOUBLE, `upper` DOUBLE,"
                        + " `reference_count` BIGINT, `count` BIGINT>>"),
                "Counts of reference and window.",
                values)
            .add(
                "quantiles",
                "ARRAY<ROW<`q` DOUBLE, `reference` DOUBLE, `current` DOUBLE>>",
                "Of reference and window.")
            .add(
                "new_categories",
                Columns.type("ARRAY<ROW<`category` STRING, `count` BIGINT>>"),
                "Values that the reference did not have.",
                values);
    newest(
        "drift",
        pipeline.topics().drift(),
        columns,
        List.of(only(columns, "kind", "column")),
        "Each column of each window held against its reference.");
  }

  /** Of texts that may name a value of a column or segment. */
  private Treatment text() {
    return showsPersonalDrift() ? Treatment.HIDE : Treatment.KEEP;
  }

  /** Whether a monitor watches personal data, or looks at segments of them. */
  private boolean showsPersonalDrift() {
    return policy.masks() && pipeline.driftMonitors().stream().anyMatch(this::showsPersonalData);
  }

  private boolean showsPersonalData(DriftMonitorSpec monitor) {
    Set<String> personal = new HashSet<>();
    Optional<FeatureViewSpec> view = pipeline.featureView(monitor.input());
    Source source =
        pipeline
            .source(monitor.inputIsView() ? view.orElseThrow().source() : monitor.input())
            .orElseThrow();
    source.contract().fields().stream()
        .filter(Field::isPii)
        .map(Field::name)
        .forEach(personal::add);
    if (monitor.inputIsView()) {
      personal.addAll(FeatureTables.personalFeatures(view.orElseThrow(), source));
    }
    boolean watched =
        monitor.columns().isEmpty()
            ? !personal.isEmpty()
            : monitor.columns().stream().anyMatch(it -> personal.contains(it.name()));
    return watched || monitor.segments().filter(it -> personal.contains(it.by())).isPresent();
  }

  private void driftWindows() {
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "dataset")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("segment", Columns.type("STRING"), "Of these rows; empty: all.", text())
            .add("window_start", TIME + " NOT NULL", "Start of the window, inclusive.")
            .add("window_end", TIME + " NOT NULL", "End of the window, exclusive.")
            .add("outcome", "STRING NOT NULL", "BASELINE, INSUFFICIENT_DATA, STABLE or DRIFT.")
            .add("reason", Columns.type("STRING"), "Why, for people.", text())
            .add("reference", "STRING", "What the window was held against.")
            .add("rows", "BIGINT", "Rows of the window.")
            .add("late", "BIGINT", "Rows too late for any window, since the window before.")
            .add("columns", "INT", "Columns that are watched.")
            .add("compared", "INT", "Columns with enough rows and a reference.")
            .add("drifted", DRIFTED, "Columns that drifted, greatest effect first.")
            .add("alarm", "STRING", "QUIET, PENDING or OPEN after this window.")
            .add("onset", TIME, "Start of the first window of the drift.");
    newest(
        "drift_windows",
        pipeline.topics().drift(),
        columns,
        List.of(only(columns, "kind", "dataset")),
        "All columns of each window together: the decision about the data.");
  }

  private void alerts() {
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "data_drift")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("segment", Columns.type("STRING"), "Of these rows; empty: all.", text())
            .add("state", "STRING NOT NULL", "OPEN or RESOLVED.")
            .add("severity", "STRING NOT NULL", "WARNING or CRITICAL.")
            .add("onset", TIME, "Start of the first window that drifted.")
            .add("at", TIME, "End of the newest window of the alarm.")
            .add("windows", "INT", "Drifted windows since the onset.")
            .add("columns", DRIFTED, "Columns that drifted, greatest effect first.")
            .add("message", Columns.type("STRING"), "For people.", text());
    newest(
        "alerts",
        pipeline.topics().alerts(),
        columns,
        List.of(only(columns, "kind", "data_drift")),
        "Alarms about drift: one drift is one alarm.");
  }

  private void retraining() {
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "retraining")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("should_retrain", "BOOLEAN NOT NULL", "Whether to train the model anew.")
            .add("cause", "STRING", "DATA_DRIFT, PERFORMANCE, both, or RECOVERED.")
            .add("reason", Columns.type("STRING"), "For people.", text())
            .add("since", TIME, "Since when.")
            .add("at", TIME, "Event time of what led to it.")
            .add("columns", DRIFTED, "Columns that drifted, greatest effect first.");
    newest(
        "retraining",
        pipeline.topics().alerts(),
        columns,
        List.of(only(columns, "kind", "retraining")),
        "The advice that holds for each monitored model.");
  }

  private Treatment hide() {
    return hidesRecords() ? Treatment.HIDE : Treatment.KEEP;
  }

  private void links() {
    Columns key =
        new Columns()
            .add("collection", "STRING NOT NULL", "The collection of Qdrant.")
            .add("point_id", "STRING NOT NULL", "The point, a UUID.");
    Columns columns =
        new Columns()
            .add("source", "STRING", "The source of the row.")
            .add(
                "key",
                Columns.type("STRING"),
                "The row's key, as JSON.",
                hidesRecords() ? Treatment.PSEUDONYM : Treatment.KEEP)
            .add("tenant", Columns.type("STRING"), "Its tenant; empty when there are none.", hide())
            .add("chunk", "INT", "Number of the piece of the row's text.")
            .add("model", "STRING", "The model of its vector.")
            .add("content_hash", "STRING", "Of text and model.")
            .add("event_time", TIME, "Of the row.");
    add(
        "links",
        pipeline.topics().links(),
        key,
        columns,
        List.of(),
        Optional.of(TextKey.atLastSlash(key.mask(policy))),
        "Which row is which point of a collection.");
  }

  private void duplicates() {
    Treatment keys = hidesRecords() ? Treatment.PSEUDONYM : Treatment.KEEP;
    Columns columns =
        new Columns()
            .add("embedding", "STRING NOT NULL", "The embedding among whose rows they are.")
            .add("source", "STRING", "The source of the rows.")
            .add("tenant", Columns.type("STRING"), "Whose rows; empty without tenants.", hide())
            .add("point_a", "STRING NOT NULL", "The smaller point id, a UUID.")
            .add("point_b", "STRING NOT NULL", "The greater one.")
            .add("key_a", Columns.type("STRING"), "Key of the row of point_a, as JSON.", keys)
            .add("key_b", Columns.type("STRING"), "Key of the row of point_b.", keys)
            .add("decision", "STRING NOT NULL", "MATCH, or REVIEW: people should look.")
            .add("score", "DOUBLE", "Probability that both are the same thing.")
            .add("weight", "DOUBLE", "What the fields say together, in bits.")
            .add("similarity", "DOUBLE", "Cosine of the two vectors; null if not neighbours.")
            .add("found_by", "STRING", "block, neighbour, or both.")
            .add(
                "reasons",
                "ARRAY<ROW<`field` STRING, `agreement` STRING, `weight` DOUBLE, `a` STRING,"
                    + " `b` STRING>>",
                "What each field says; values of personal data are empty.")
            .add("event_time", TIME, "Of the newer one of the two rows.");
    newest(
        "duplicates",
        pipeline.topics().duplicates(),
        columns,
        List.of(),
        "Pairs of rows that are the same thing, or may be.");
  }

  private void clusters() {
    Treatment keys = hidesRecords() ? Treatment.PSEUDONYM : Treatment.KEEP;
    Columns columns =
        new Columns()
            .add("embedding", "STRING NOT NULL", "The embedding among whose rows they are.")
            .add("source", "STRING", "The source of the rows.")
            .add("tenant", Columns.type("STRING"), "Whose rows; empty without tenants.", hide())
            .add("point", "STRING NOT NULL", "The row's point, a UUID.")
            .add("key", Columns.type("STRING"), "The row's key, as JSON.", keys)
            .add("cluster", "STRING NOT NULL", "The cluster: smallest point id of its rows.")
            .add("size", "INT", "How many rows it has.")
            .add("representative", "STRING", "Point id of its most complete row.")
            .add("representative_key", Columns.type("STRING"), "Key of that row.", keys)
            .add("limited", "BOOLEAN", "Whether more rows hang together than it may have.")
            .add("event_time", TIME, "Of the row.");
    newest(
        "clusters",
        pipeline.topics().clusters(),
        columns,
        List.of(),
        "Which cluster of duplicates each row belongs to.");
  }

  private static JsonRows.Condition only(Columns columns, String name, String... values) {
    return new JsonRows.Condition(columns.readType().getFieldIndex(name), Set.of(values));
  }

  /** A table of everything that was ever said, with its time. */
  private void log(
      String name,
      String topic,
      Columns columns,
      List<JsonRows.Condition> conditions,
      String comment) {
    add(name, topic, new Columns(), columns, conditions, Optional.empty(), comment);
  }

  /** A table of what was said last under each key. */
  private void newest(
      String name,
      String topic,
      Columns columns,
      List<JsonRows.Condition> conditions,
      String comment) {
    Columns key =
        new Columns()
            .add(
                "id",
                Columns.type("STRING NOT NULL"),
                "What tells the records apart.",
                showsPersonalDrift() ? Treatment.PSEUDONYM : Treatment.KEEP);
    add(
        name,
        topic,
        key,
        columns,
        conditions,
        Optional.of(TextKey.whole(key.mask(policy))),
        comment);
  }

  private void add(
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
            new LinkedHashMap<>(Map.of("topic", topic)),
            new Reading.Topic(
                KafkaOptions.of(
                    pipeline.topics().bootstrapServers(), topic, pipeline.topics().properties()),
                keyReader,
                new JsonRows(nullable(json), flat, conditions, columns.mask(policy)))));
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
