package io.millrace.sql.onnx;

import io.millrace.sql.batches.RowBatches;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Runs a model on batches of rows, on a thread beside each task. */
public final class OnnxAsyncPredictFunction extends AsyncPredictFunction {
  private static final long serialVersionUID = 1L;

  private final RowModel.Opener opener;
  private final InputColumns columns;
  private final Predictions predictions;
  private final int most;
  private final Duration linger;
  private transient RowBatches<Object[], RowModel.Prediction> batches;

  OnnxAsyncPredictFunction(
      RowModel.Opener opener,
      InputColumns columns,
      Predictions predictions,
      int most,
      Duration linger) {
    this.opener = opener;
    this.columns = columns;
    this.predictions = predictions;
    this.most = most;
    this.linger = linger;
  }

  @Override
  public void open(FunctionContext context) {
    RowModel model = predictions.open(opener, context);
    batches = new RowBatches<>("onnx model", most, linger, List.of(new ModelWorker(model)));
  }

  private record ModelWorker(RowModel model)
      implements RowBatches.Worker<Object[], RowModel.Prediction> {
    @Override
    public List<RowModel.Prediction> answer(List<Object[]> rows) throws InterruptedException {
      return model.predict(rows);
    }

    @Override
    public void close() {
      model.close();
    }
  }

  @Override
  public CompletableFuture<Collection<RowData>> asyncPredict(RowData input) {
    return batches.ask(columns.read(input)).thenApply(predictions::rows);
  }

  @Override
  public void close() throws InterruptedException {
    if (batches != null) {
      batches.close();
    }
  }
}
