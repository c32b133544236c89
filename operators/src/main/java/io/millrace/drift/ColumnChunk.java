package io.millrace.drift;

import io.millrace.records.DriftControl;

/**
 * Values of one column that one subtask saw in one step of the windows: what travels from the rows
 * to the column's tally. A Flink POJO without Kryo; arrays are not changed once it is made.
 *
 * @param segment value of the segment column; empty without segments
 * @param listed whether the segment may be looked at by itself; of too many at once the rest only
 *     counts in the whole
 * @param stepStartMillis start of the step, epoch millis
 * @param rows how many rows it stands for, those that are taken back too
 * @param added numbers that came
 * @param removed numbers that are taken back
 * @param nulls rows without a value, less those that are taken back
 * @param categories names that came or are taken back, each once
 * @param counts how often each of them came, less how often it is taken back
 * @param order an order about the reference, which comes without values; otherwise null
 */
public record ColumnChunk(
    String column,
    String segment,
    boolean listed,
    long stepStartMillis,
    long rows,
    double[] added,
    double[] removed,
    long nulls,
    String[] categories,
    long[] counts,
    DriftControl order) {

  /** An order on the same way as the values, so that it reaches the column's tally. */
  static ColumnChunk ofOrder(String column, DriftControl order) {
    return new ColumnChunk(
        column,
        "",
        false,
        0,
        0,
        new double[0],
        new double[0],
        0,
        new String[0],
        new long[0],
        order);
  }
}
