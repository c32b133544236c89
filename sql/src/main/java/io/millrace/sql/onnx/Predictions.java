package io.millrace.sql.onnx;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What both functions do with the model's answers. A row that the model refuses gets nulls and is
 * counted by the metric {@value #REFUSED}, or fails the job where the model says {@code
 * 'refused-rows'='fail'}.
 */
final class Predictions implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(Predictions.class);

  static final String REFUSED = "refused_rows";

  private final String model;
  private final int columns;
  private final boolean failing;
  private transient Counter refused;

  /**
   * @param model as the statement calls it
   * @param columns of the output
   * @param failing whether a refused row fails the job
   */
  Predictions(String model, int columns, boolean failing) {
    this.model = model;
    this.columns = columns;
    this.failing = failing;
  }

  /** Opens the model; what is wrong with it is not mended by restarting the job. */
  RowModel open(RowModel.Opener opener, FunctionContext context) {
    refused = context.getMetricGroup().counter(REFUSED);
    try {
      return opener.open();
    } catch (IllegalArgumentException wrong) {
      throw new SuppressRestartsException(
          new IllegalArgumentException("model " + model + ": " + wrong.getMessage(), wrong));
    }
  }

  Collection<RowData> rows(RowModel.Prediction prediction) {
    if (prediction.refusal() == null) {
      return List.of(prediction.row());
    }
    if (failing) {
      throw new IllegalArgumentException(
          "model %s refused a row: %s. Leave such rows out, or set 'refused-rows' = 'null'"
              .formatted(model, prediction.refusal()));
    }
    synchronized (this) {
      if (refused.getCount() == 0) {
        LOG.warn("model {} refused a row, which gets nulls: {}", model, prediction.refusal());
      }
      refused.inc();
    }
    return List.of(new GenericRowData(columns));
  }
}
