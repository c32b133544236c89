package io.millrace.evolution;

import io.millrace.ingest.Ingested;
import io.millrace.records.SchemaChange;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.MultipleConnectedStreams;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.transformations.MultipleInputTransformation;

/**
 * Guards and the keeper, as functions from streams to streams. The way from the keeper back to the
 * guards is not part of the job graph: versions go through their topic, so that they outlive the
 * job and the graph has no loop.
 */
public final class EvolutionTopology {
  private EvolutionTopology() {}

  /**
   * Settles every record of a source by the newest version of its contract. Keeps the order and the
   * event time of the records, and takes their parallelism.
   *
   * @param versions of all sources
   */
  public static SingleOutputStreamOperator<Ingested> settled(
      DataStream<Ingested> records, DataStream<ContractMessage> versions, GuardSettings settings) {
    ChainingStrategy chaining = ChainingStrategy.ALWAYS;
    MultipleInputTransformation<Ingested> guard =
        new MultipleInputTransformation<>(
            settings.contract().source() + ": guard",
            new GuardOperatorFactory(settings, chaining),
            records.getType(),
            records.getParallelism());
    guard.addInput(records.forward().getTransformation());
    guard.addInput(versions.broadcast().getTransformation());
    guard.setChainingStrategy(chaining);
    return new MultipleConnectedStreams(records.getExecutionEnvironment()).transform(guard);
  }

  /** What a guard noticed, from {@link #settled}. */
  public static DataStream<ContractMessage> observations(
      SingleOutputStreamOperator<Ingested> settled) {
    return settled.getSideOutput(GuardOperator.OBSERVATIONS);
  }

  /**
   * The keeper of all contracts of a pipeline; its side output {@link ContractKeeper#VERSIONS} goes
   * to the topic that versions come from.
   *
   * @param messages observations of all guards, control messages, and versions
   */
  public static SingleOutputStreamOperator<SchemaChange> schemaChanges(
      DataStream<ContractMessage> messages, List<SourceContract> contracts, ContractLog log) {
    return messages
        .keyBy(ContractMessage::source, Types.STRING)
        .process(new ContractKeeper(contracts, log))
        .returns(TypeInformation.of(SchemaChange.class))
        .setParallelism(1);
  }
}
