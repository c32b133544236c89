package io.millrace.jobs.training;

/**
 * Which rows of a history are wanted, and how.
 *
 * @param fromMillis the first event time; {@link Long#MIN_VALUE}: all, and rows without a time
 * @param untilMillis the one after the last; {@link Long#MAX_VALUE}: to the last
 * @param placed whether the rows are to be {@link io.millrace.ingest.PositionedRows} that say in
 *     which order they came, in the end by partition, then by offset: of a topic its own, of a
 *     table the sequence of its rows, of files the place in them
 */
public record HistoryRequest(long fromMillis, long untilMillis, boolean placed) {

  /** All rows, as their source has them. */
  public static final HistoryRequest ALL =
      new HistoryRequest(Long.MIN_VALUE, Long.MAX_VALUE, false);
}
