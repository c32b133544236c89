package io.millrace.jobs.offline;

import org.apache.flink.table.data.RowData;

/**
 * A row of a source as it came.
 *
 * @param row of the source's row type, with its kind
 * @param eventTimeMillis {@link Long#MIN_VALUE} when the row has none
 * @param sequence of two rows that came through one reader, the later one has the greater number
 */
public record HistoricRow(RowData row, long eventTimeMillis, long sequence) {}
