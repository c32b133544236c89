package io.millrace.jobs.offline;

import io.millrace.ingest.Position;
import org.apache.flink.table.data.RowData;

/**
 * A row of a source as it came.
 *
 * @param row of the source's row type, with its kind
 * @param eventTimeMillis {@link Long#MIN_VALUE} when the row has none
 * @param sequence of two rows that came through one reader, the later one has the greater number
 * @param position where its record lay in the source's topic; null when it is not known
 */
public record HistoricRow(RowData row, long eventTimeMillis, long sequence, Position position) {}
