package io.millrace.sql.catalog;

import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.sql.topics.RowMask.Treatment;
import java.util.List;
import java.util.Map;

/**
 * The topics that Millrace writes besides features, as tables: their columns are the fields of the
 * codecs in {@code io.millrace.records}. Here are those of every pipeline.
 */
final class OwnTopics {

  private final Pipeline pipeline;
  private final TopicTables tables;

  private OwnTopics(Pipeline pipeline, TopicTables tables) {
    this.pipeline = pipeline;
    this.tables = tables;
  }

  /** The tables of a pipeline's topics, by name. */
  static Map<String, PipelineTable> of(Pipeline pipeline, PiiPolicy policy) {
    TopicTables tables = new TopicTables(pipeline, policy);
    OwnTopics topics = new OwnTopics(pipeline, tables);
    topics.deadLetters();
    topics.schemaChanges();
    if (pipeline.sources().stream().anyMatch(it -> !it.contract().qualityRules().isEmpty())) {
      topics.quality();
    }
    if (!pipeline.featureViews().isEmpty()) {
      topics.consistency();
    }
    if (!pipeline.driftMonitors().isEmpty()) {
      new DriftTopics(pipeline, policy, tables).add();
    }
    PointTopics points = new PointTopics(pipeline, tables);
    if (pipeline.embeddings().stream().anyMatch(EmbeddingSpec::links)) {
      points.links();
    }
    if (pipeline.embeddings().stream().anyMatch(it -> it.duplicates().isPresent())) {
      points.duplicates();
      points.clusters();
    }
    return tables.byName();
  }

  private void deadLetters() {
    Treatment raw = tables.hidesRecords() ? Treatment.NOTHING : Treatment.KEEP;
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
            .add("time", TopicTables.TIME + " NOT NULL", "The record's own time.")
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
    tables.log(
        "dead_letters",
        pipeline.topics().deadLetters(),
        columns,
        List.of(TopicTables.only(columns, "pipeline", pipeline.name(), "")),
        "What was refused: where it lay, why, and its bytes.");
  }

  private void schemaChanges() {
    Treatment sample = tables.hidesRecords() ? Treatment.HIDE : Treatment.KEEP;
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
            .add("time", TopicTables.TIME + " NOT NULL", "When.");
    tables.log(
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
            .add("window_start", TopicTables.TIME + " NOT NULL", "Start of the window, inclusive.")
            .add("window_end", TopicTables.TIME + " NOT NULL", "End of the window, exclusive.")
            .add("checked", "BIGINT NOT NULL", "Rows that were checked.")
            .add("failed", "BIGINT NOT NULL", "Rows that broke the rule.")
            .add("pass_rate", "DOUBLE", "Share of rows that kept it.")
            .add("passed", "BOOLEAN", "Whether the bound was kept.");
    tables.log(
        "quality",
        pipeline.topics().quality(),
        columns,
        List.of(),
        "How each quality rule fared in each window.");
  }

  private void consistency() {
    Columns columns =
        new Columns()
            .add("pipeline", "STRING NOT NULL", "The pipeline of the view.")
            .add("view", "STRING NOT NULL", "The view that was compared.")
            .add("outcome", "STRING NOT NULL", "EQUAL, SKEWED or FAILED.")
            .add("at", TopicTables.TIME + " NOT NULL", "When the round began.")
            .add("duration_seconds", "DOUBLE", "How long it took.")
            .add("entities", "BIGINT", "Entities that the online store had.")
            .add("compared", "BIGINT", "Entities that were recomputed and compared.")
            .add("equal", "BIGINT", "Entities that were what the history says.")
            .add("different", "BIGINT", "Entities with features that the history does not say.")
            .add("missing", "BIGINT", "Entities of which the history knew nothing.")
            .add("not_yet_in_history", "BIGINT", "Entities newer than the history; not compared.")
            .add("changed_meanwhile", "BIGINT", "Entities written again meanwhile; not compared.")
            .add("values", "BIGINT", "Features that were compared.")
            .add("histories", "ARRAY<STRING>", "What was recomputed from.")
            .add("failure", "STRING", "Why the round could not be finished.");
    tables.log(
        "consistency",
        pipeline.topics().consistency(),
        columns,
        List.of(TopicTables.only(columns, "pipeline", pipeline.name())),
        "How rounds of comparing the online store with history went.");
  }
}
