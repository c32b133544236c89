package io.millrace.jobs;

/**
 * The uids of every operator, in one place. State in savepoints is found by them: display names may
 * change, these may not. Names of sources and views are part of them, so that adding one leaves the
 * others as they are.
 */
public final class Uids {
  private Uids() {}

  /** Prefix of the operators that turn a source's records into rows. */
  public static String source(String source) {
    return "source-" + source;
  }

  /** The source's rows without their positions, where its history keeps them with. */
  public static String plainRows(String source) {
    return source(source) + "-plain";
  }

  public static String replayPlain(String source) {
    return source(source) + "-replay-plain";
  }

  /**
   * An operator that holds the source's rows against quality rules.
   *
   * @param operator {@code quality-counts}, {@code quality-windows}, {@code rule-<name>} or {@code
   *     rule-<name>-condition}
   */
  public static String quality(String source, String operator) {
    return source(source) + "-" + operator;
  }

  public static String qualityTopic() {
    return "quality-topic";
  }

  /** The one place where contract versions are made. */
  public static String contractKeeper() {
    return "contract-keeper";
  }

  public static String contractVersionsRead() {
    return "contract-versions-read";
  }

  public static String contractVersionsTopic() {
    return "contract-versions-topic";
  }

  public static String contractControlRead() {
    return "contract-control-read";
  }

  public static String schemaChangesTopic() {
    return "schema-changes-topic";
  }

  public static String deadLetterTopic() {
    return "dead-letters-topic";
  }

  /** The view's condition and projections. */
  public static String viewInput(String view) {
    return "view-" + view + "-input";
  }

  public static String viewRejectedRows(String view) {
    return "view-" + view + "-rejected-rows";
  }

  public static String viewLateRows(String view) {
    return "view-" + view + "-late-rows";
  }

  /** The engine: windows, totals, newest rows. */
  public static String viewFeatures(String view) {
    return "view-" + view + "-features";
  }

  public static String viewRedis(String view) {
    return "view-" + view + "-redis";
  }

  public static String viewTopic(String view) {
    return "view-" + view + "-topic";
  }

  public static String registryWatch(String source) {
    return source(source) + "-registry";
  }

  public static String replayRead() {
    return "replay-read";
  }

  public static String replayOnce() {
    return "replay-once";
  }

  public static String replayRecords(String source) {
    return source(source) + "-replay-records";
  }

  /** Decides about replayed records by the newest version of the contract. */
  public static String replayGuard(String source) {
    return source(source) + "-replay-guard";
  }

  public static String replaySplit(String source) {
    return source(source) + "-replay-split";
  }

  public static String replayRows(String view) {
    return "view-" + view + "-replay-rows";
  }

  /** The view's condition and projections over records that its source takes by now. */
  public static String replayInput(String view) {
    return "view-" + view + "-replay-input";
  }

  /** The view's condition and projections over rows that only the view had refused. */
  public static String replayRowsInput(String view) {
    return "view-" + view + "-replay-rows-input";
  }

  public static String replayRejectedRows(String view) {
    return "view-" + view + "-replay-rejected-rows";
  }

  public static String replayVectors(String view) {
    return "view-" + view + "-replay-vectors";
  }

  public static String replayRedis(String view) {
    return "view-" + view + "-replay-redis";
  }

  /** Rows to points. */
  public static String embedding(String embedding) {
    return "embedding-" + embedding;
  }

  /** The embedding's points in Qdrant. */
  public static String embeddingQdrant(String embedding) {
    return embedding(embedding) + "-qdrant";
  }

  public static String embeddingLinks(String embedding) {
    return embedding(embedding) + "-links";
  }

  /** A part of an embedding's search for duplicates. */
  public static String embeddingDuplicates(String embedding, String part) {
    return embedding(embedding) + "-duplicates-" + part;
  }

  /** A view's vectors as the rows of a drift monitor. */
  public static String driftInput(String monitor) {
    return "drift-" + monitor + "-input";
  }

  /** Prefix of the operators of a drift monitor. */
  public static String drift(String monitor) {
    return "drift-" + monitor;
  }

  public static String driftTopic() {
    return "drift-topic";
  }

  public static String alertsTopic() {
    return "alerts-topic";
  }

  public static String driftControl() {
    return "drift-control-read";
  }

  public static String driftFeedback() {
    return "drift-feedback-read";
  }

  /** Rows and vectors in the form of a history table. */
  public static String offlineRows(String table) {
    return "offline-" + table + "-rows";
  }

  /** Prefix of the operators that write all history tables. */
  public static String offline() {
    return "offline";
  }
}
