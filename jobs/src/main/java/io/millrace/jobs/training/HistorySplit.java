package io.millrace.jobs.training;

/**
 * A part of a file of history that one task reads.
 *
 * @param file path
 * @param number of the file among those of its history
 * @param from bytes of text, row groups of Parquet; the first to read
 * @param end before which to stop; {@link Long#MAX_VALUE}: the end of the file
 */
public record HistorySplit(String file, int number, long from, long end) {}
