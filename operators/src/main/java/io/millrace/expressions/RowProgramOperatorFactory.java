package io.millrace.expressions;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.CodeGenOperatorFactory;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.OutputTag;

/** Makes the generated operator and puts {@link RowProgramOperator} around it. */
final class RowProgramOperatorFactory extends AbstractStreamOperatorFactory<RowData>
    implements OneInputStreamOperatorFactory<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final CodeGenOperatorFactory<RowData> generated;
  private final OutputTag<RowData> rejectedRows;
  private final RowDataSerializer besideResults;

  RowProgramOperatorFactory(
      CodeGenOperatorFactory<RowData> generated, OutputTag<RowData> rejectedRows) {
    this(generated, rejectedRows, null);
  }

  private RowProgramOperatorFactory(
      CodeGenOperatorFactory<RowData> generated,
      OutputTag<RowData> rejectedRows,
      RowDataSerializer besideResults) {
    this.generated = generated;
    this.rejectedRows = rejectedRows;
    this.besideResults = besideResults;
  }

  /** An operator that emits each row beside its results, or the failure of an expression. */
  static RowProgramOperatorFactory beside(
      CodeGenOperatorFactory<RowData> generated, RowType results) {
    return new RowProgramOperatorFactory(generated, null, new RowDataSerializer(results));
  }

  @Override
  @SuppressWarnings("unchecked") // the planner's Calc takes one input; T is what Flink asks for
  public <T extends StreamOperator<RowData>> T createStreamOperator(
      StreamOperatorParameters<RowData> parameters) {
    generated.setProcessingTimeService(processingTimeService);
    RowProgramOperator.OneRow oneRow = new RowProgramOperator.OneRow(parameters.getOutput());
    OneInputStreamOperator<RowData, RowData> calc =
        (OneInputStreamOperator<RowData, RowData>)
            generated.<StreamOperator<RowData>>createStreamOperator(
                new StreamOperatorParameters<>(
                    parameters.getContainingTask(),
                    parameters.getStreamConfig(),
                    oneRow,
                    parameters::getProcessingTimeService,
                    parameters.getOperatorEventDispatcher(),
                    parameters.getMailboxExecutor()));
    return (T)
        new RowProgramOperator(calc, oneRow, parameters.getOutput(), rejectedRows, besideResults);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return RowProgramOperator.class;
  }
}
