package io.millrace.evolution;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersionJson;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.Source;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The contract file of a source as the job was built with it, and the source's policies.
 *
 * @param file JSON of revision 0
 */
public record SourceContract(String source, byte[] file, SchemaDrift policies)
    implements Serializable {

  public static SourceContract of(Source source) {
    return new SourceContract(
        source.name(),
        ContractVersionJson.encode(ContractVersion.ofFile(source.name(), source.contract(), 0)),
        source.schemaDrift());
  }

  /** The contract file, without descriptions. */
  Contract contract() {
    return fileVersion().fileFields();
  }

  ContractVersion fileVersion() {
    return ContractVersionJson.decode(file);
  }

  /**
   * The newest of what is known, on top of this file.
   *
   * @param known versions from state or topic; null where there is none
   */
  public ContractVersion newest(ContractVersion... known) {
    Contract contract = contract();
    return Stream.concat(Stream.of(fileVersion()), Arrays.stream(known).filter(Objects::nonNull))
        .map(version -> version.rebasedOn(contract))
        .reduce((one, other) -> other.revision() >= one.revision() ? other : one)
        .orElseThrow();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceContract that
        && source.equals(that.source)
        && Arrays.equals(file, that.file)
        && policies.equals(that.policies);
  }

  @Override
  public int hashCode() {
    return Objects.hash(source, Arrays.hashCode(file), policies);
  }
}
