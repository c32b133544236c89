package io.millrace.offline;

import io.millrace.evolution.ContractLog;
import io.millrace.evolution.ContractMessage;
import io.millrace.evolution.SourceContract;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Rows and vectors in the form of history tables, as functions from streams to streams. */
public final class OfflineTopology {
  private OfflineTopology() {}

  /**
   * Rows for a table, of a source whose contract stays as it is.
   *
   * @param rows as the source has them, or {@link io.millrace.ingest.PositionedRows}
   * @param rowType of the rows
   * @param table position among {@code tables}
   */
  public static SingleOutputStreamOperator<StoredRow> rows(
      DataStream<RowData> rows, RowType rowType, int table, StoredRowTypeInfo tables) {
    return rows.process(new KeepRows(table, tables.tables().get(table), rowType))
        .returns(tables)
        .setParallelism(rows.getParallelism());
  }

  /**
   * Rows for a table that follows the source's contract.
   *
   * @param rows as the source has them, or {@link io.millrace.ingest.PositionedRows}
   * @param rowType of the rows
   * @param versions of all sources
   * @param log where the newest version is read at the start
   */
  public static SingleOutputStreamOperator<StoredRow> evolvingRows(
      DataStream<RowData> rows,
      RowType rowType,
      DataStream<ContractMessage> versions,
      SourceContract contract,
      ContractLog log,
      int table,
      StoredRowTypeInfo tables) {
    return rows.connect(versions.broadcast())
        .process(new KeepEvolvingRows(table, tables.tables().get(table), rowType, contract, log))
        .returns(tables)
        .setParallelism(rows.getParallelism());
  }

  /** Vectors for the table of their view. */
  public static SingleOutputStreamOperator<StoredRow> vectors(
      DataStream<FeatureVector> vectors,
      FeatureSchema schema,
      int table,
      StoredRowTypeInfo tables) {
    return vectors
        .map(new KeepVectors(table, tables.tables().get(table), schema))
        .returns(tables)
        .setParallelism(vectors.getParallelism());
  }
}
