package io.millrace.features;

import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * The history of one entity after another, taken in in the order of event time, and what its
 * features were on the way.
 *
 * <p>NOT thread safe.
 */
interface KeyHistory {
  /** Turns to the next entity, of which nothing has come yet. */
  void begin() throws Exception;

  /** Takes in a row; not older than any row or question before it. */
  void take(RowData row, long timeMillis) throws Exception;

  /**
   * The features at a time, over the rows up to and including it; not before any row or question
   * that came. Null when the entity had none, or they had gone out of date.
   *
   * @return only valid until the next call
   */
  BinaryRowData ask(long timeMillis) throws Exception;

  /** Whether the entity had no row yet at the question that was asked last. */
  boolean unknown();

  /** Whether the entity had been deleted at the question that was asked last. */
  boolean deleted();

  /**
   * Event time of the version that the entity had at the question that was asked last, as of {@link
   * io.millrace.records.FeatureVector}; without a meaning when it is {@link #unknown}.
   */
  long versionMillis();

  /** Revision of that version. */
  long revision();
}
