package io.millrace.sql.catalog;

import io.millrace.pipeline.Pipeline;
import io.millrace.sql.topics.RowMask.Treatment;
import io.millrace.sql.topics.TextKey;
import java.util.List;
import java.util.Optional;

/** What is told of the points of embeddings: whose they are, and which are duplicates. */
final class PointTopics {

  private final Pipeline pipeline;
  private final TopicTables tables;

  PointTopics(Pipeline pipeline, TopicTables tables) {
    this.pipeline = pipeline;
    this.tables = tables;
  }

  void links() {
    Columns key =
        new Columns()
            .add("collection", "STRING NOT NULL", "The collection of Qdrant.")
            .add("point_id", "STRING NOT NULL", "The point, a UUID.");
    Columns columns =
        new Columns()
            .add("source", "STRING", "The source of the row.")
            .add("key", Columns.type("STRING"), "The row's key, as JSON.", keys())
            .add("tenant", Columns.type("STRING"), "Its tenant; empty when there are none.", hide())
            .add("chunk", "INT", "Number of the piece of the row's text.")
            .add("model", "STRING", "The model of its vector.")
            .add("content_hash", "STRING", "Of text and model.")
            .add("event_time", TopicTables.TIME, "Of the row.");
    tables.add(
        "links",
        pipeline.topics().links(),
        key,
        columns,
        List.of(),
        Optional.of(TextKey.atLastSlash(tables.mask(key))),
        "Which row is which point of a collection.");
  }

  void duplicates() {
    Columns columns =
        new Columns()
            .add("embedding", "STRING NOT NULL", "The embedding among whose rows they are.")
            .add("source", "STRING", "The source of the rows.")
            .add("tenant", Columns.type("STRING"), "Whose rows; empty without tenants.", hide())
            .add("point_a", "STRING NOT NULL", "The smaller point id, a UUID.")
            .add("point_b", "STRING NOT NULL", "The greater one.")
            .add("key_a", Columns.type("STRING"), "Key of the row of point_a, as JSON.", keys())
            .add("key_b", Columns.type("STRING"), "Key of the row of point_b.", keys())
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
            .add("event_time", TopicTables.TIME, "Of the newer one of the two rows.");
    tables.newest(
        "duplicates",
        pipeline.topics().duplicates(),
        Treatment.KEEP,
        columns,
        List.of(),
        "Pairs of rows that are the same thing, or may be.");
  }

  void clusters() {
    Columns columns =
        new Columns()
            .add("embedding", "STRING NOT NULL", "The embedding among whose rows they are.")
            .add("source", "STRING", "The source of the rows.")
            .add("tenant", Columns.type("STRING"), "Whose rows; empty without tenants.", hide())
            .add("point", "STRING NOT NULL", "The row's point, a UUID.")
            .add("key", Columns.type("STRING"), "The row's key, as JSON.", keys())
            .add("cluster", "STRING NOT NULL", "The cluster: smallest point id of its rows.")
            .add("size", "INT", "How many rows it has.")
            .add("representative", "STRING", "Point id of its most complete row.")
            .add("representative_key", Columns.type("STRING"), "Key of that row.", keys())
            .add("limited", "BOOLEAN", "Whether more rows hang together than it may have.")
            .add("event_time", TopicTables.TIME, "Of the row.");
    tables.newest(
        "clusters",
        pipeline.topics().clusters(),
        Treatment.KEEP,
        columns,
        List.of(),
        "Which cluster of duplicates each row belongs to.");
  }

  private Treatment hide() {
    return tables.hidesRecords() ? Treatment.HIDE : Treatment.KEEP;
  }

  private Treatment keys() {
    return tables.hidesRecords() ? Treatment.PSEUDONYM : Treatment.KEEP;
  }
}
