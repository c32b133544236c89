package io.millrace.jobs.cli;

import java.util.List;

/** What a pipeline would run. The components' names are those of {@code plan --json}. */
record PipelinePlan(
    String pipeline,
    List<PlannedSource> sources,
    List<PlannedView> views,
    List<PlannedGroup> onDemand,
    List<PlannedEmbedding> embeddings,
    List<PlannedMonitor> drift,
    List<PlannedTopic> topics,
    PlannedStore onlineStore,
    List<PlannedTable> history,
    List<PlannedOperator> operators) {

  /**
   * @param from where records come from, without secrets
   * @param views and embeddings and monitors that are computed from it; a source without any is not
   *     read
   */
  record PlannedSource(
      String name, String from, String contract, String eventTime, List<String> views) {}

  /**
   * @param redisKey the key of one entity, with its fields in braces
   * @param statePerKey in bytes
   */
  record PlannedView(
      String name,
      List<String> entity,
      String source,
      String where,
      String hop,
      List<PlannedFeature> features,
      String redisKey,
      String timeToLive,
      String topic,
      PlannedState statePerKey) {}

  /**
   * On-demand features; their definitions are their expressions.
   *
   * @param request what the caller brings beside the entities
   * @param entity fields that name the entities of the views
   * @param views that features are taken from
   */
  record PlannedGroup(
      String name,
      List<PlannedField> request,
      List<String> entity,
      List<String> views,
      List<PlannedFeature> features) {}

  /**
   * @param key fields that tell rows apart
   * @param text template of what is embedded
   * @param model its name
   * @param collection with the address of its Qdrant
   * @param tenant empty where all points belong to everybody
   * @param payload each field with its type, and whether searches have an index of it
   * @param duplicates null when they are not looked for
   */
  record PlannedEmbedding(
      String name,
      String source,
      List<String> key,
      String text,
      String model,
      String collection,
      String tenant,
      List<PlannedField> payload,
      PlannedDuplicates duplicates) {}

  /**
   * @param compare fields, each with its comparison; empty: the similarity is the score
   * @param blocks rules by which pairs are found
   * @param neighbours how they are found by their vectors; empty when they are not
   */
  record PlannedDuplicates(
      double threshold,
      double review,
      List<String> compare,
      List<String> blocks,
      String neighbours,
      boolean writeBack) {}

  record PlannedField(String name, String type, boolean indexed) {}

  /**
   * @param watches the source or view
   * @param columns each with the statistics that decide
   * @param segments empty without them
   */
  record PlannedMonitor(
      String name,
      String watches,
      String window,
      String reference,
      List<PlannedColumn> columns,
      String segments,
      String alarm) {}

  record PlannedColumn(String name, List<String> statistics) {}

  record PlannedFeature(String name, String type, String definition) {}

  /**
   * @param tiles of the widest window
   * @param quietBytes of a key with a single row
   * @param busyBytes of a key with a row in every tile of the widest window
   */
  record PlannedState(long tiles, long quietBytes, long busyBytes) {}

  record PlannedTopic(String name, String holds, String delivery) {}

  record PlannedStore(String address, boolean cluster, String patience) {}

  /**
   * @param name as Flink's web UI shows it
   */
  record PlannedOperator(String uid, String name) {}

  /**
   * A history table.
   *
   * @param name with its namespace
   * @param holds in words
   * @param parted by what its files are parted; empty: not at all
   */
  record PlannedTable(String name, String holds, String parted, int columns) {}
}
