package io.millrace.embedding;

import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.OutputTag;

/** Hands an {@link EmbeddingOperator} the mailbox of its task. */
final class EmbeddingOperatorFactory extends AbstractStreamOperatorFactory<EmbeddedRow>
    implements OneInputStreamOperatorFactory<RowData, EmbeddedRow> {
  private static final long serialVersionUID = 1L;

  private final EmbeddingPlan plan;
  private final EncoderFactory encoders;
  private final OutputTag<DeadLetter> deadLetters;

  EmbeddingOperatorFactory(
      EmbeddingPlan plan, EncoderFactory encoders, OutputTag<DeadLetter> deadLetters) {
    this.plan = plan;
    this.encoders = encoders;
    this.deadLetters = deadLetters;
  }

  @Override
  @SuppressWarnings("unchecked") // T is what Flink asks for
  public <T extends StreamOperator<EmbeddedRow>> T createStreamOperator(
      StreamOperatorParameters<EmbeddedRow> parameters) {
    return (T)
        new EmbeddingOperator(
            parameters, plan, encoders, deadLetters, parameters.getMailboxExecutor());
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared there
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return EmbeddingOperator.class;
  }
}
