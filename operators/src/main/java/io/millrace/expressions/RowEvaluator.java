package io.millrace.expressions;

import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;

/**
 * Evaluates a {@link RowProgram} row by row, by the class that a job runs. Costs what the
 * expressions cost, less than a microsecond for a few sums. Not thread safe: one for each thread.
 */
public final class RowEvaluator implements AutoCloseable {
  private final OneInputStreamOperator<RowData, RowData> calc;
  private final RowProgramOperator.OneRow output;
  private final StreamRecord<RowData> record = new StreamRecord<>(null);

  RowEvaluator(OneInputStreamOperator<RowData, RowData> calc, RowProgramOperator.OneRow output) {
    this.calc = calc;
    this.output = output;
  }

  /**
   * The results for a row.
   *
   * @param row of the program's input type
   * @return of its output type, valid until the next call; null where its condition does not hold
   * @throws FailedRowException if an expression fails on the row, such as a division by zero
   */
  public RowData evaluate(RowData row) throws FailedRowException {
    if (calc == null) {
      return row;
    }
    try {
      calc.processElement(record.replace(row));
    } catch (Exception failure) {
      output.take();
      throw new FailedRowException(Expressions.readable(failure), failure);
    }
    StreamRecord<RowData> produced = output.take();
    return produced == null ? null : produced.getValue();
  }

  @Override
  public void close() {
    if (calc == null) {
      return;
    }
    try {
      calc.close();
    } catch (Exception failure) {
      throw new IllegalStateException("an expression cannot be closed", failure);
    }
  }

  /** An expression failed on a row. The message says why, in the words of Flink. */
  public static final class FailedRowException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedRowException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
