package io.millrace.evolution;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersionJson;
import java.nio.charset.StandardCharsets;

/**
 * A contract version on its way between Kafka, the keeper and the guards. It is a Flink POJO: no
 * field falls to Kryo.
 *
 * @param source name of the pipeline's source
 * @param json as {@link ContractVersionJson} writes it
 */
public record StoredVersion(String source, String json) {

  public static StoredVersion of(ContractVersion version) {
    return new StoredVersion(
        version.source(), new String(ContractVersionJson.encode(version), StandardCharsets.UTF_8));
  }

  /**
   * @throws IllegalArgumentException if it is no contract version
   */
  public ContractVersion version() {
    return ContractVersionJson.decode(json.getBytes(StandardCharsets.UTF_8));
  }
}
