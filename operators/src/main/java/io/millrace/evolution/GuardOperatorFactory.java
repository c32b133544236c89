package io.millrace.evolution;

import io.millrace.ingest.Ingested;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link GuardOperator}s. */
final class GuardOperatorFactory extends AbstractStreamOperatorFactory<Ingested> {
  private static final long serialVersionUID = 1L;

  private final GuardSettings settings;

  GuardOperatorFactory(GuardSettings settings, ChainingStrategy chaining) {
    this.settings = settings;
    this.chainingStrategy = chaining;
  }

  @Override
  @SuppressWarnings("unchecked") // Flink asks for any operator of this output
  public <T extends StreamOperator<Ingested>> T createStreamOperator(
      StreamOperatorParameters<Ingested> parameters) {
    return (T) new GuardOperator(parameters, settings);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return GuardOperator.class;
  }
}
