package io.millrace.evolution;

import io.millrace.records.ControlMessage;

/**
 * What travels between guards, people and the keeper: one of the three, the others null. One type,
 * so that the streams can be united without an operator. It is a Flink POJO: no field falls to
 * Kryo.
 *
 * @param source name of the pipeline's source, the key
 * @param version from the topic that the keeper writes
 */
public record ContractMessage(
    String source, Observation observation, ControlMessage control, StoredVersion version) {

  public static ContractMessage of(Observation observation) {
    return new ContractMessage(observation.source(), observation, null, null);
  }

  public static ContractMessage of(ControlMessage control) {
    return new ContractMessage(control.source(), null, control, null);
  }

  public static ContractMessage of(StoredVersion version) {
    return new ContractMessage(version.source(), null, null, version);
  }
}
