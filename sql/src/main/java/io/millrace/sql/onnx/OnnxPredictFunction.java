package io.millrace.sql.onnx;

import java.util.Collection;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.PredictFunction;

/** Runs a model row by row, on the task's thread. */
public final class OnnxPredictFunction extends PredictFunction {
  private static final long serialVersionUID = 1L;

  private final RowModel.Opener opener;
  private final InputColumns columns;
  private final Predictions predictions;
  private transient RowModel model;

  OnnxPredictFunction(RowModel.Opener opener, InputColumns columns, Predictions predictions) {
    this.opener = opener;
    this.columns = columns;
    this.predictions = predictions;
  }

  @Override
  public void open(FunctionContext context) {
    model = predictions.open(opener, context);
  }

  @Override
  public Collection<RowData> predict(RowData input) {
    List<Object[]> rows = List.<Object[]>of(columns.read(input));
    try {
      return predictions.rows(model.predict(rows).get(0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a model ran", e);
    }
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
  }
}
