package io.millrace.sql.onnx;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.data.RowData;

/** A model that turns rows into rows. Thread-safe. */
interface RowModel extends AutoCloseable {

  /** How a TaskManager comes by a model. */
  interface Opener extends Serializable {

    /**
     * @throws IllegalArgumentException when the model is not there or does not fit the statement
     */
    RowModel open();
  }

  /**
   * Outcome for one row.
   *
   * @param row of the output's columns; null when the row was refused
   * @param refusal why; null when it was not
   */
  record Prediction(RowData row, String refusal) {
    static Prediction of(RowData row) {
      return new Prediction(row, null);
    }

    static Prediction refused(String why) {
      return new Prediction(null, why);
    }
  }

  /**
   * The predictions for rows, in their order.
   *
   * @param rows the input's columns as {@link InputColumns} reads them
   */
  List<Prediction> predict(List<Object[]> rows) throws InterruptedException;

  @Override
  void close();
}
