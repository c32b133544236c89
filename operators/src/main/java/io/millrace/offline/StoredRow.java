package io.millrace.offline;

import org.apache.flink.table.data.RowData;

/**
 * A row on its way into a history table.
 *
 * @param table position of the table among those of the stream, see {@link StoredRowTypeInfo}
 * @param evolved columns that the contract's newest version has beyond those of its file, as {@link
 *     EvolvedColumns} writes them; empty: none
 * @param route rows of equal table and route keep their order
 * @param row of the table's {@link TableLayout#columns}; the kind matters for state tables only
 */
public record StoredRow(int table, String evolved, int route, RowData row) {}
